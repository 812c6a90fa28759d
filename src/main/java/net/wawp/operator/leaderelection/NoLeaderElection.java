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
    private final AtomicReference<RevocableFence> fence = new AtomicReference<>();
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "leader-election"));

    public NoLeaderElection(Listener listener) {
        this.listener = listener;
    }

    @Override
    public void start() {
        scheduler.execute(this::lead);
    }

    @Override
    public void resign() {
        scheduler.execute(this::end);
        scheduler.schedule(this::lead, PAUSE_AFTER_RESIGNING.toMillis(), TimeUnit.MILLISECONDS);
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
    public void close() {
        scheduler.shutdownNow();
        end();
    }

    private void lead() {
        RevocableFence begun = new RevocableFence(() -> true);
        fence.set(begun);
        listener.onLead(begun);
    }

    private void end() {
        RevocableFence ended = fence.getAndSet(null);
        if (ended != null) {
            ended.revoke();
            listener.onLost();
        }
    }
}
