package net.wawp.operator.controller;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** Which resource acts on an instance, known to all operators of a cluster. Never blocks. */
public interface InstanceLeases extends AutoCloseable {

    /** A resource that claims an instance. */
    record Claimant(String namespace, String name) {}

    /**
     * Claims an instance for a resource.
     *
     * @param competing the resources that leave the instance to this one, if they have it
     * @param isWanted asked when the claim's turn comes: one that nobody wants any more is not made, and completes exceptionally
     * @return empty when the resource has it now; else which one has it. Completes exceptionally when that is not known.
     */
    CompletionStage<Optional<Claimant>> claim(
            String instanceId, Claimant resource, Set<Claimant> competing, BooleanSupplier isWanted);

    /** Which other resource has the instance; claims nothing. Completes exceptionally when that is not known. */
    CompletionStage<Optional<Claimant>> other(String instanceId, Claimant resource, Set<Claimant> competing);

    @Override
    void close();
}
