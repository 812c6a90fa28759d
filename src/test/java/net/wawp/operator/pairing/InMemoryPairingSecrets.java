package net.wawp.operator.pairing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Secrets without an API server: what the test lets be written is written. */
public final class InMemoryPairingSecrets implements PairingSecrets {

    private final Map<String, Held> held = new HashMap<>();
    private final List<String> requests = new ArrayList<>();
    private Outcome outcome = Outcome.Done;
    private boolean isClosed;

    /** @param uid of the resource that it was written for */
    private record Held(String uid, PairingMaterial material) {}

    /** From now on every request has this outcome, and only {@code Done} changes anything. */
    public synchronized void answer(Outcome next) {
        outcome = next;
    }

    /** What the Secret of this resource holds. */
    public synchronized Optional<PairingMaterial> of(String name) {
        return Optional.ofNullable(held.get(name)).map(Held::material);
    }

    /** What was asked of it, in order. */
    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public synchronized CompletionStage<Outcome> write(PairingOwner owner, String token, PairingMaterial material) {
        requests.add("write " + token);
        if (outcome == Outcome.Done) {
            held.put(owner.name(), new Held(owner.uid(), material));
        }
        return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public synchronized CompletionStage<Outcome> delete(PairingOwner owner) {
        requests.add("delete");
        if (outcome == Outcome.Done) {
            held.computeIfPresent(owner.name(), (name, found) -> found.uid().equals(owner.uid()) ? null : found);
        }
        return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public synchronized void close() {
        isClosed = true;
    }

    public synchronized boolean isClosed() {
        return isClosed;
    }
}
