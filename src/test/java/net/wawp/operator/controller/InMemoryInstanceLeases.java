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
            String instanceId, Claimant resource, Set<Claimant> younger) {
        claimed.add(instanceId + " for " + resource.namespace() + "/" + resource.name());
        return answer;
    }

    @Override
    public synchronized CompletionStage<Optional<Claimant>> other(
            String instanceId, Claimant resource, Set<Claimant> younger) {
        return answer;
    }

    @Override
    public void close() {}
}
