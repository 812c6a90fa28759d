package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpResponse;

/** Decides what the poller does on each tick and after each poll. Confined to the event loop, except where a method says otherwise. */
final class PollScheduler {

    private static final Duration TICK = Duration.ofMillis(50);

    /** The shortest time between two polls that only find out whether Wawp is back. */
    private static final Duration PROBE_PAUSE = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final InstantSource clock;
    private final Supplier<Optional<Instant>> nextProbe;
    private final OutageListener outages;
    private final Consumer<PolledSession> wake;
    private final PollDispatcher polls;
    private final PollTimetable timetable;
    private final FleetPace pace;
    private final Map<Priority, DueQueue> scheduled = new EnumMap<>(Priority.class);
    private final DueQueue retries = new DueQueue();
    private final DueQueue staleness = new DueQueue();
    private Instant probedAt = Instant.MIN;
    private boolean isOut;
    private Runnable stopTicking = () -> {};
    private volatile Instant lastTick;

    /** @param wake must not throw */
    PollScheduler(
            EventLoop loop,
            WawpClient client,
            InstantSource clock,
            RandomGenerator random,
            BooleanSupplier fence,
            int concurrentPolls,
            Supplier<Optional<Instant>> nextProbe,
            OutageListener outages,
            Consumer<PolledSession> wake) {
        this.loop = loop;
        this.clock = clock;
        this.nextProbe = nextProbe;
        this.outages = outages;
        this.wake = wake;
        this.polls = new PollDispatcher(client, clock, loop, fence, concurrentPolls, this::pollEnded);
        this.timetable = new PollTimetable(random);
        this.pace = new FleetPace(clock.instant());
        this.lastTick = clock.instant();
    }

    void start() {
        stopTicking = loop.every(TICK, this::tick);
    }

    void stop() {
        stopTicking.run();
        polls.close().forEach(wake);
    }

    /** May be called by any thread. */
    Instant lastTick() {
        return lastTick;
    }

    /** Polls a session that has new credentials, at once and then in its interval. */
    void poll(PolledSession session) {
        boolean promised = polls.drop(session);
        // without what held back the polls with the old credentials
        timetable.remove(session);
        replan(session);
        boolean isPolled = polls.request(session, new PollRequest(Priority.Prompt, promised));
        if (promised && !isPolled) {
            wake.accept(session);
        }
    }

    void pause(PolledSession session) {
        if (drop(session)) {
            wake.accept(session);
        }
    }

    void forget(PolledSession session) {
        drop(session);
        staleness.remove(session);
    }

    /** Follows a change of the session's interval. */
    void replan(PolledSession session) {
        timetable.plan(session, clock.instant());
    }

    /** May be called by any thread: whether such a request would add nothing to one that was held back and is repeated later. */
    boolean isHeldBack(PolledSession session, Priority priority) {
        return polls.isHeldBack(session, priority);
    }

    /** Cancels the poll at a given time. */
    void unschedule(PolledSession session) {
        scheduled.values().forEach(queue -> queue.remove(session));
    }

    /** Makes the poll that the controller was promised. If it cannot be made any more, the controller is woken at once. */
    void pollNow(PolledSession session, Priority priority) {
        pace.requested();
        if (!polls.request(session, new PollRequest(priority, true))) {
            wake.accept(session);
        }
    }

    void pollAt(PolledSession session, Instant at, Priority priority) {
        unschedule(session);
        if (session.isPolled()) {
            scheduled.computeIfAbsent(priority, unused -> new DueQueue()).put(session, at);
        }
    }

    private void tick() {
        Instant now = clock.instant();
        lastTick = now;
        scheduled.forEach((priority, queue) ->
                takeAllDue(queue, now, session -> polls.request(session, new PollRequest(priority, false))));
        takeAllDue(retries, now, polls::retry);
        polls.beginWaiting();
        takeAllDue(staleness, now, wake);
        loop.guard(() -> followOutage(now));
        while (polls.hasRoomForRoutine() && timetable.isDue(now) && pace.takesTurn(timetable.normalLoad(), now)) {
            timetable.takeDue(now).ifPresent(session -> takeTurn(session, now));
        }
        loop.guard(() -> probe(now));
    }

    private void pollEnded(Poll poll, WawpResponse response) {
        PolledSession session = poll.session();
        Instant now = clock.instant();
        PollResult result = PollResult.of(poll, response);
        if (!session.observe(result.after(), poll.credentials())) {
            // it was paused or has new credentials, which the loop does not know yet
            if (poll.isPromised()) {
                wake.accept(session);
            }
            return;
        }
        timetable.pollEnded(session, result.failure(), now);
        if (result.wasHeldBack() && isOut) {
            timetable.missed(session, now);
        }
        if (result.after().failureStreak().isEmpty()) {
            staleness.remove(session);
        }
        result.turnsStaleAt(session.place()).ifPresent(at -> staleness.put(session, at));
        if (result.wasHeldBack()) {
            poll.request()
                    .ifPresentOrElse(
                            request -> keep(session, request, result.failure().get(), now), pace::turnCalledNothing);
        }
        if (isAwaited(poll, result) || result.isNews()) {
            wake.accept(session);
        }
    }

    /**
     * A requested poll that was held back is repeated until it comes through: only then is the request served. The exception is a refused
     * token, which a new poll would not cure, unless a person requested to test it.
     */
    private void keep(PolledSession session, PollRequest request, Failure failure, Instant now) {
        if (failure.kind().isTransient() || request.priority() == Priority.Requested) {
            polls.keep(session, request);
            retries.put(session, timetable.retryAt(failure, now));
        }
    }

    /** The controller learns once that its poll is held back, so that it can go on without, and again when the poll came through. */
    private static boolean isAwaited(Poll poll, PollResult result) {
        return poll.request()
                .filter(request -> !(result.wasHeldBack() && request.heldBack()))
                .isPresent();
    }

    private boolean drop(PolledSession session) {
        timetable.remove(session);
        unschedule(session);
        retries.remove(session);
        return polls.drop(session);
    }

    private void takeAllDue(DueQueue queue, Instant now, Consumer<PolledSession> action) {
        for (Optional<PolledSession> due = queue.takeDue(now); due.isPresent(); due = queue.takeDue(now)) {
            PolledSession session = due.get();
            loop.guard(() -> action.accept(session));
        }
    }

    private void takeTurn(PolledSession session, Instant now) {
        loop.guard(() -> {
            // first, so that the session has a next turn whatever happens now
            timetable.plan(session, now);
            if (!polls.takeTurn(session)) {
                pace.turnCalledNothing();
            }
        });
    }

    private void followOutage(Instant now) {
        boolean wasOut = isOut;
        isOut = nextProbe.get().isPresent();
        if (wasOut && !isOut) {
            timetable.makeUpForMissed(now);
        }
        if (wasOut != isOut) {
            outages.changed(isOut);
        }
    }

    /** When the circuit breaker lets a poll through, one is made, however long all intervals are. */
    private void probe(Instant now) {
        boolean due = nextProbe.get().filter(at -> !at.isAfter(now)).isPresent();
        if (due && !now.isBefore(probedAt.plus(PROBE_PAUSE))) {
            probedAt = now;
            timetable.first().ifPresent(session -> takeTurn(session, now));
        }
    }
}
