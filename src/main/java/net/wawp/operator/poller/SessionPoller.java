package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;

/**
 * Polls each session in its own interval, keeps the last observation, and wakes the controller when something has changed. The key of a
 * session is the UID of its resource.
 *
 * <p>Any thread may call any method, and none of them waits: the work is done on the event loop. {@link #observation} is at least as new
 * as the latest wake-up.
 *
 * <p>In an outage a session turns stale after three failed polls in a row and {@link SessionPolicy#STALE_AFTER} without a good one; then the
 * controller is woken once, within a further minute, so that the writes which follow are spread. What the operator's own limits held back is
 * no failed poll: with the circuit breaker open, sessions whose polls never reach Wawp keep the last truth. {@link #oldestObservationAge}
 * makes such an outage visible.
 */
public final class SessionPoller {

    private final InstantSource clock;
    private final Consumer<String> wake;
    private final EventLoop loop;
    private final PollScheduler scheduler;
    private final Map<String, PolledSession> sessions = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /**
     * @param clock decides what is due; the loop itself ticks in real time
     * @param fence whether this process may still poll: asked in the moment before a poll goes out
     * @param concurrentPolls how many routine polls may be in flight together, and as many requested ones at most
     * @param nextProbe while the client's circuit breaker is open, when it lets the next poll through
     * @param outages receives when the breaker opens and closes
     * @param wake receives the UID of a session to decide on; it is called on the loop, so it must not block
     */
    public SessionPoller(
            EventLoop loop,
            WawpClient client,
            InstantSource clock,
            RandomGenerator random,
            BooleanSupplier fence,
            int concurrentPolls,
            Supplier<Optional<Instant>> nextProbe,
            OutageListener outages,
            Consumer<String> wake) {
        this.loop = loop;
        this.clock = clock;
        this.wake = wake;
        this.scheduler =
                new PollScheduler(loop, client, clock, random, fence, concurrentPolls, nextProbe, outages, this::wake);
    }

    /** Begins to make routine polls and those of {@link #pollAt}. */
    public void start() {
        loop.run(scheduler::start);
    }

    /** Sends no poll any more and drops the answers to those in flight, for good. Completes when that is so. */
    public CompletionStage<Void> stop() {
        stopped = true;
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.run(() -> {
            scheduler.stop();
            done.complete(null);
        });
        return done;
    }

    /**
     * Polls the session with these credentials from now on. If they are new, or it was not polled before, it is polled at once, and answers
     * to other ones are dropped.
     *
     * @return whether it is polled at once
     */
    public boolean poll(String uid, Credentials credentials) {
        PolledSession session = sessions.computeIfAbsent(uid, PolledSession::new);
        boolean isNew = session.poll(credentials, clock.instant());
        if (isNew) {
            loop.run(() -> scheduler.poll(session));
        }
        return isNew;
    }

    /** Polls the session no more, until {@link #poll}. Its observation is kept. */
    public void pause(String uid) {
        find(uid).filter(PolledSession::isPolled).ifPresent(session -> {
            session.pause();
            loop.run(() -> scheduler.pause(session));
        });
    }

    /** Polls the session no more and forgets everything about it. */
    public void forget(String uid) {
        Optional.ofNullable(sessions.remove(uid)).ifPresent(session -> {
            session.pause();
            loop.run(() -> scheduler.forget(session));
        });
    }

    /** Sets how often the session is polled, at least 1 ms; {@link SessionPolicy#FAST} until this is called. */
    public void setInterval(String uid, Duration interval) {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("The poll interval must be at least 1 ms, but is " + interval);
        }
        find(uid)
                .filter(session -> session.setInterval(interval))
                .ifPresent(session -> loop.run(() -> scheduler.replan(session)));
    }

    /**
     * Polls the session once, out of turn. The poll begins after this call, even if another is in flight.
     *
     * <p>A poll that the operator's own limits hold back ends at once, without a new observation, and is repeated until it comes through:
     * then the controller is woken again.
     *
     * @return true when the controller will be woken as soon as the poll has ended, whether something changed or not; also if the session is
     *     paused or the poller is stopped before that. False when there will be no poll, or none soon, because an earlier request was held
     *     back: whoever has news for the controller wakes it then.
     */
    public boolean pollNow(String uid, Priority priority) {
        Optional<PolledSession> session =
                find(uid).filter(polled -> !stopped && polled.isPolled() && !scheduler.isHeldBack(polled, priority));
        session.ifPresent(polled -> loop.run(() -> scheduler.pollNow(polled, priority)));
        return session.isPresent();
    }

    /** Polls the session once at that time, and wakes the controller then. Replaces the time given before. */
    public void pollAt(String uid, Instant at, Priority priority) {
        find(uid).ifPresent(session -> loop.run(() -> scheduler.pollAt(session, at, priority)));
    }

    /** Cancels the poll that {@link #pollAt} planned, if it was not made yet. */
    public void cancelPollAt(String uid) {
        find(uid).ifPresent(session -> loop.run(() -> scheduler.unschedule(session)));
    }

    /** The last observation; {@link Observation#NONE} before the first. */
    public Observation observation(String uid) {
        return find(uid).map(PolledSession::observation).orElse(Observation.NONE);
    }

    /** When the event loop last made its round: shows that it is alive. */
    public Instant lastTick() {
        return scheduler.lastTick();
    }

    /** The age of the oldest observation of any polled session. A refusal that a person has to cure counts as an observation. */
    public Duration oldestObservationAge() {
        Instant now = clock.instant();
        return sessions.values().stream()
                .flatMap(session -> session.lastHeardAt().stream())
                .min(Instant::compareTo)
                .map(oldest -> Duration.between(oldest, now))
                .orElse(Duration.ZERO);
    }

    private void wake(PolledSession session) {
        if (sessions.get(session.uid()) == session) {
            loop.guard(() -> wake.accept(session.uid()));
        }
    }

    private Optional<PolledSession> find(String uid) {
        return Optional.ofNullable(sessions.get(uid));
    }
}
