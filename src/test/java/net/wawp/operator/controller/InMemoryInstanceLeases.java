package net.wawp.operator.controller;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Claims without an API server: every one is granted, until the test says otherwise. */
final class InMemoryInstanceLeases implements InstanceLeases {

    private final List<String> claimed = new ArrayList<>();
    private Set<Claimant> competing = Set.of();
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
            String instanceId, Claimant resource, Set<Claimant> competing) {
        this.competing = competing;
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

    synchronized boolean isClosed() {
        return isClosed;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
    }
}
