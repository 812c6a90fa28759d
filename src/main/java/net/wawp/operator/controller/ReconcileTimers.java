package net.wawp.operator.controller;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import net.wawp.operator.poller.EventLoop;

/**
 * Reconciliations that are due at a time although nothing happens, at most one for each resource. Thread-safe, where each resource is
 * reconciled by one thread at a time.
 *
 * <p>The framework's own timer keeps a cancelled task until its time comes, and every reconciliation would leave one there.
 */
final class ReconcileTimers implements AutoCloseable {

    private final EventLoop loop;
    private final Consumer<ResourceID> wake;
    private final Map<ResourceID, Runnable> cancellations = new ConcurrentHashMap<>();

    /** @param wake asks for a reconciliation */
    ReconcileTimers(EventLoop loop, Consumer<ResourceID> wake) {
        this.loop = loop;
        this.wake = wake;
    }

    /**
     * Replaces what was due for the resource.
     *
     * @param delay in real time; empty: nothing is due any more
     */
    void set(ResourceID name, Optional<Duration> delay) {
        Runnable cancellation = cancellations.remove(name);
        if (cancellation != null) {
            cancellation.run();
        }
        delay.ifPresent(time -> cancellations.put(name, loop.after(time, () -> wake.accept(name))));
    }

    /** For how many resources something is due, or was until a moment ago. */
    int size() {
        return cancellations.size();
    }

    /** Nothing is due any more. */
    @Override
    public void close() {
        cancellations.keySet().forEach(name -> set(name, Optional.empty()));
    }
}
