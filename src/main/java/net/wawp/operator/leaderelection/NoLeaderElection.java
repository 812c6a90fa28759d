package net.wawp.operator.leaderelection;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import net.wawp.operator.management.Health;

/** A process that runs alone leads from start to end. */
public final class NoLeaderElection implements LeaderElection {

    private static final Duration PAUSE_AFTER_RESIGNING = Duration.ofSeconds(10);

    private final Listener listener;
    private final Duration pause;
    private final AtomicReference<RevocableFence> fence = new AtomicReference<>();
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "leader-election"));

    public NoLeaderElection(Listener listener) {
        this(listener, PAUSE_AFTER_RESIGNING);
    }

    /** @param pause how long it does not lead after it has resigned */
    NoLeaderElection(Listener listener, Duration pause) {
        this.listener = listener;
        this.pause = pause;
    }

    @Override
    public void start() {
        scheduler.execute(this::lead);
    }

    @Override
    public synchronized void resign() {
        // at once: whoever resigns again meanwhile must find that nothing is left to end
        if (end()) {
            scheduler.schedule(this::lead, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public boolean isLeading() {
        return fence.get() != null;
    }

    @Override
    public Health liveness() {
        return Health.good("alone");
    }

    @Override
    public Health readiness() {
        return Health.good("alone");
    }

    @Override
    public synchronized void close() {
        scheduler.shutdownNow();
        end();
    }

    private synchronized void lead() {
        RevocableFence begun = new RevocableFence(() -> true);
        if (!scheduler.isShutdown() && fence.compareAndSet(null, begun)) {
            listener.onLead(begun);
        }
    }

    private boolean end() {
        RevocableFence ended = fence.getAndSet(null);
        if (ended == null) {
            return false;
        }
        ended.revoke();
        listener.onLost();
        return true;
    }
}
