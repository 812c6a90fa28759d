package net.wawp.operator.controller;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import net.wawp.operator.session.LastAction;

/**
 * The calls of this process whose outcome does not stand in a status yet. A process that stops waits for them, so that its successor learns
 * what came of them. Thread-safe.
 */
final class UnwrittenOutcomes {

    private final Map<String, String> uidById = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> allWritten = new CompletableFuture<>();
    private volatile boolean isStopping;

    void sent(LastAction intent, String uid) {
        uidById.put(intent.id(), uid);
    }

    /**
     * The status holds this action now.
     *
     * @param isAnswered whether its answer is known: where the action is open all the same, nobody here will know more
     */
    void written(LastAction action, boolean isAnswered) {
        if (isAnswered || !action.isOpen()) {
            uidById.remove(action.id());
            completeIfEmpty();
        }
    }

    /** The resource is gone, and its status with it. */
    void forget(String uid) {
        uidById.values().removeIf(uid::equals);
        completeIfEmpty();
    }

    /**
     * No call is sent any more.
     *
     * @param wake given the UID of each resource whose status lacks an outcome
     * @return completes when none is lacking
     */
    CompletableFuture<Void> allWritten(Consumer<String> wake) {
        isStopping = true;
        completeIfEmpty();
        Set.copyOf(uidById.values()).forEach(wake);
        return allWritten;
    }

    private void completeIfEmpty() {
        if (isStopping && uidById.isEmpty()) {
            allWritten.complete(null);
        }
    }
}
