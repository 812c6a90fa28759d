package net.wawp.operator.leaderelection;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import net.wawp.operator.management.Health;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one term at a time, in order, on a thread of its own: neither a slow start nor a slow end holds up the election. */
public final class LeaderTaskRunner implements LeaderElection.Listener {

    private static final Logger log = LoggerFactory.getLogger(LeaderTaskRunner.class);

    /** What a term may need to end beyond its drain. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private static final Health STANDING_BY = Health.good("standing by");

    private final LeaderTask.Factory factory;
    private final Runnable resign;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "terms"));
    private volatile Optional<BooleanSupplier> tenure = Optional.empty();
    private volatile Optional<LeaderTask> current = Optional.empty();
    private volatile Health readiness = STANDING_BY;
    private boolean isClosed;

    /** @param resign gives the lead up, so that another process, or this one later, tries again */
    public LeaderTaskRunner(LeaderTask.Factory factory, Runnable resign) {
        this.factory = factory;
        this.resign = resign;
    }

    @Override
    public void onLead(BooleanSupplier mayAct) {
        tenure = Optional.of(mayAct);
        thread.execute(() -> begin(mayAct));
    }

    @Override
    public void onLost() {
        tenure = Optional.empty();
        thread.execute(() -> end(Duration.ZERO));
    }

    /** Bad when the current term has come to a standstill. */
    public Health liveness() {
        return current.map(LeaderTask::liveness).orElse(STANDING_BY);
    }

    /** Bad while a term begins: not every resource is known yet. */
    public Health readiness() {
        return readiness;
    }

    /** Ends the current term and begins none any more. Returns when it has ended, at the latest 3 s after the drain. */
    public void close(Duration drain) {
        Future<?> ended = thread.submit(() -> {
            isClosed = true;
            end(drain);
        });
        try {
            ended.get(drain.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("What runs while leading did not end in time; stopping without it");
        } catch (ExecutionException e) {
            log.warn("What runs while leading did not end well", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(BooleanSupplier mayAct) {
        if (isClosed) {
            return;
        }
        readiness = Health.bad("leading, but not every resource is known yet");
        try {
            LeaderTask term = factory.create(mayAct, () -> thread.execute(() -> giveUp(mayAct)));
            current = Optional.of(term);
            term.start();
            readiness = Health.good("leading");
        } catch (RuntimeException e) {
            log.error("The work of the leader cannot begin", e);
            giveUp(mayAct);
        }
    }

    private void giveUp(BooleanSupplier mayAct) {
        boolean stillLeads = tenure.filter(mayAct::equals).isPresent();
        if (stillLeads && !isClosed) {
            log.error("Giving the lead up for a while: the work of the leader cannot go on here");
            end(Duration.ZERO);
            resign.run();
        }
    }

    private void end(Duration drain) {
        Optional<LeaderTask> ended = current;
        current = Optional.empty();
        readiness = STANDING_BY;
        ended.ifPresent(term -> term.stop(drain));
    }
}
