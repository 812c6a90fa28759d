package net.wawp.operator.leaderelection;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import net.wawp.operator.logging.FailureLog;
import net.wawp.operator.management.Health;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one task at a time, in order, on a thread of its own: neither a slow start nor a slow stop delays the election. */
public final class LeaderTaskRunner implements LeaderElection.Listener {

    private static final Logger log = LoggerFactory.getLogger(LeaderTaskRunner.class);

    /** The time that a task may take to stop, beyond its drain. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    /** Together with the drain, far longer than any stop that ends by itself. */
    private static final Duration STANDSTILL = Duration.ofMinutes(1);

    private static final Health STANDING_BY = Health.good("standing by");
    private static final Health STARTING = Health.bad("leading, but not every resource is known yet");

    private final LeaderTask.Factory factory;
    private final Runnable resign;
    private final LongSupplier nanoTime;
    private final FailureLog failures = new FailureLog(log);
    /** Once closed it takes nothing more: the election, which closes later, still reports to it. */
    private final ExecutorService thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> new Thread(task, "leader-task"),
            new ThreadPoolExecutor.DiscardPolicy());

    /** Null while this process does not lead, or once it has given the lead up. */
    private final AtomicReference<LeadershipFence> fence = new AtomicReference<>();

    private volatile Optional<LeaderTask> current = Optional.empty();
    /** The fence of the current task; confined to the thread. */
    private Optional<RevocableFence> taskFence = Optional.empty();

    private volatile boolean hasStarted;
    /** When the task that stops should have stopped; empty while none does. */
    private volatile OptionalLong stopDeadline = OptionalLong.empty();

    private volatile Optional<Health> setback = Optional.empty();
    private boolean isClosed;

    /** @param resign stops leading, so that another process tries, or this one later */
    public LeaderTaskRunner(LeaderTask.Factory factory, Runnable resign) {
        this(factory, resign, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime} */
    LeaderTaskRunner(LeaderTask.Factory factory, Runnable resign, LongSupplier nanoTime) {
        this.factory = factory;
        this.resign = resign;
        this.nanoTime = nanoTime;
    }

    @Override
    public void onLead(LeadershipFence begun) {
        fence.set(begun);
        thread.execute(() -> begin(begun));
    }

    @Override
    public void onLost() {
        fence.set(null);
        thread.execute(() -> end(Duration.ZERO));
    }

    @Override
    public void onOtherLeads() {
        setback = Optional.empty();
    }

    /** Replaces the task that runs, if one does, by a new one. Returns at once. */
    public void restart(Duration drain) {
        thread.execute(() -> {
            if (current.isPresent()) {
                end(drain);
                begin(fence.get());
            }
        });
    }

    /** Bad when the current task hangs, or the one that stops: until it has stopped, no other starts here. */
    public Health liveness() {
        OptionalLong deadline = stopDeadline;
        if (deadline.isPresent() && nanoTime.getAsLong() - deadline.getAsLong() > 0) {
            return Health.bad("the work of the leader does not stop");
        }
        return current.map(LeaderTask::liveness).orElse(STANDING_BY);
    }

    /** Bad while a task starts, after one that could not start, and while the current one can do nothing. */
    public Health readiness() {
        return current.map(task -> hasStarted ? task.readiness() : STARTING)
                .orElseGet(() -> setback.orElse(STANDING_BY));
    }

    /** Stops the current task and starts no other. Returns once it has stopped, or 3 s after the drain. */
    public void close(Duration drain) {
        thread.execute(() -> {
            isClosed = true;
            end(drain);
        });
        thread.shutdown();
        try {
            if (!thread.awaitTermination(drain.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("The work of the leader did not stop in time; the process stops without it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(LeadershipFence begun) {
        boolean stillLeads = begun != null && fence.get() == begun;
        if (isClosed || !stillLeads) {
            return;
        }
        // two tasks at once could make a call twice, whatever the election reports
        end(Duration.ZERO);
        RevocableFence own = new RevocableFence(begun);
        taskFence = Optional.of(own);
        try {
            LeaderTask task = factory.create(
                    own,
                    () -> thread.execute(() -> {
                        // one that was replaced gives nothing up
                        if (taskFence.filter(own::equals).isPresent()) {
                            giveUp(begun, "cannot go on");
                        }
                    }));
            current = Optional.of(task);
            task.start();
            hasStarted = true;
            setback = Optional.empty();
            failures.ended("The work of the leader has started now");
        } catch (RuntimeException | Error e) {
            // an Error too: this thread is the only one that would try again
            failures.failing("The work of the leader cannot start: " + e, e);
            giveUp(begun, "could not start");
        }
    }

    private void giveUp(LeadershipFence begun, String why) {
        if (!isClosed && fence.compareAndSet(begun, null)) {
            log.info("Resigning for a while: the work of the leader {} here", why);
            end(Duration.ZERO);
            setback = Optional.of(Health.bad("the work of the leader " + why + " here; this process tries again"));
            resign.run();
        }
    }

    private void end(Duration drain) {
        Optional<LeaderTask> ended = current;
        current = Optional.empty();
        hasStarted = false;
        stopDeadline =
                OptionalLong.of(nanoTime.getAsLong() + drain.plus(STANDSTILL).toNanos());
        try {
            ended.ifPresent(task -> task.stop(drain));
        } catch (RuntimeException | Error e) {
            log.error("The work of the leader did not stop cleanly", e);
        } finally {
            // only now: what the stop still writes must pass. A request that hangs goes on after the stop, and must not
            taskFence.ifPresent(RevocableFence::revoke);
            stopDeadline = OptionalLong.empty();
        }
    }
}
