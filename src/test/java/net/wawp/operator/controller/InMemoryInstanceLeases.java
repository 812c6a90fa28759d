package net.wawp.operator.controller;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** Claims without an API server: every one is granted, until the test says otherwise. */
final class InMemoryInstanceLeases implements InstanceLeases {

    private final List<String> claimed = new ArrayList<>();
    private Set<Claimant> competing = Set.of();
    private BooleanSupplier isWanted = () -> false;
    private boolean isClosed;
    private CompletableFuture<Optional<Claimant>> answer = CompletableFuture.completedFuture(Optional.empty());

    /** From now on this resource of another operator has the instance. */
    synchronized void heldBy(String namespace, String name) {
        answer = CompletableFuture.completedFuture(Optional.of(new Claimant(namespace, name)));
    }

    /** From now on nobody knows. */
    synchronized void fail() {
        answer = CompletableFuture.failedFuture(new IllegalStateException("The API server was not reached"));
    }

    /** What was claimed, and for which resource, in order. */
    synchronized List<String> claimed() {
        return List.copyOf(claimed);
    }

    @Override
    public synchronized CompletionStage<Optional<Claimant>> claim(
            String instanceId, Claimant resource, Set<Claimant> competing, BooleanSupplier isWanted) {
        this.competing = competing;
        this.isWanted = isWanted;
        claimed.add(instanceId + " for " + resource.namespace() + "/" + resource.name());
        return answer;
    }

    @Override
    public synchronized CompletionStage<Optional<Claimant>> other(
            String instanceId, Claimant resource, Set<Claimant> competing) {
        return answer;
    }

    /** The resources that compete with the one of the last claim. */
    synchronized Set<Claimant> competing() {
        return competing;
    }

    /** Whether the last claim would still be made, had it waited for its turn until now. */
    synchronized boolean isWanted() {
        return isWanted.getAsBoolean();
    }

    synchronized boolean isClosed() {
        return isClosed;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
    }
}
