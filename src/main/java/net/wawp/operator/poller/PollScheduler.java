package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpResponse;

/** What the poller does when: on each tick, and when a poll or a command has ended. Of the loop alone, but for {@link #lastTick}. */
final class PollScheduler {

    private static final Duration TICK = Duration.ofMillis(50);

    /** The least time between two polls that are made only to find out whether Wawp is back. */
    private static final Duration PROBE_PAUSE = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final InstantSource clock;
    private final Supplier<Optional<Instant>> nextProbe;
    private final Consumer<PolledSession> wake;
    private final PollDispatcher polls;
    private final PollTimetable timetable;
    private final DueQueue pollsAsked = new DueQueue();
    private final DueQueue pollerEvents = new DueQueue();
    private final DueQueue staleness = new DueQueue();
    private Instant probedAt = Instant.MIN;
    private Runnable stopTicking = () -> {};
    private volatile Instant lastTick;

    PollScheduler(
            EventLoop loop,
            WawpClient client,
            InstantSource clock,
            RandomGenerator random,
            int concurrentPolls,
            Supplier<Optional<Instant>> nextProbe,
            Consumer<PolledSession> wake) {
        this.loop = loop;
        this.clock = clock;
        this.nextProbe = nextProbe;
        this.wake = wake;
        this.polls = new PollDispatcher(client, clock, loop, concurrentPolls, this::pollEnded);
        this.timetable = new PollTimetable(random);
        this.lastTick = clock.instant();
    }

    void start() {
        stopTicking = loop.every(TICK, this::tick);
    }

    /** Begins no poll any more; still ticks and wakes. */
    void closePolls() {
        polls.close();
    }

    void stop() {
        stopTicking.run();
    }

    Instant lastTick() {
        return lastTick;
    }

    /** Polls a session that is watched with new credentials, at once and then at its pace. */
    void watch(PolledSession session) {
        polls.drop(session);
        session.hold = null;
        replan(session);
        pollNow(session, Priority.Prompt);
    }

    void unwatch(PolledSession session) {
        polls.drop(session);
        timetable.remove(session);
        pollsAsked.remove(session);
        staleness.remove(session);
    }

    void forget(PolledSession session) {
        unwatch(session);
        pollerEvents.remove(session);
    }

    /** Follows a change of its pace. */
    void replan(PolledSession session) {
        timetable.plan(session, clock.instant());
    }

    void pollNow(PolledSession session, Priority urgency) {
        polls.ask(session, urgency);
    }

    void pollAt(PolledSession session, Instant at) {
        if (session.credentials().isPresent()) {
            pollsAsked.put(session, at);
        }
    }

    void wakeAt(PolledSession session, Instant at) {
        pollerEvents.put(session, at);
    }

    private void tick() {
        Instant now = clock.instant();
        lastTick = now;
        keep(pollsAsked, now, session -> pollNow(session, Priority.Prompt));
        keep(pollerEvents, now, wake);
        keep(staleness, now, wake);
        while (polls.hasRoomForRoutine()) {
            Optional<PolledSession> due = timetable.takeDue(now);
            if (due.isEmpty()) {
                break;
            }
            takeTurn(due.get(), now);
        }
        loop.guard(() -> probe(now));
    }

    /** The controller learns of a command together with the poll that followed it. */
    void commandEnded(PolledSession session) {
        if (!polls.ask(session, Priority.Prompt)) {
            wake.accept(session);
        }
    }

    private void pollEnded(Poll poll, WawpResponse reply) {
        PolledSession session = poll.session();
        Instant now = clock.instant();
        PollResult result = PollResult.of(poll, reply, now);
        if (!session.observe(result.after(), poll.credentials())) {
            return;
        }
        timetable.pollEnded(session, result.failure(), now);
        if (result.after().failureStreak().isEmpty()) {
            staleness.remove(session);
        }
        result.turnsStaleAt().filter(now::isBefore).ifPresent(at -> staleness.put(session, at));
        if (poll.awaited() || result.isNews()) {
            wake.accept(session);
        }
    }

    private void keep(DueQueue schedule, Instant now, Consumer<PolledSession> what) {
        for (Optional<PolledSession> due = schedule.takeDue(now); due.isPresent(); due = schedule.takeDue(now)) {
            PolledSession session = due.get();
            loop.guard(() -> what.accept(session));
        }
    }

    private void takeTurn(PolledSession session, Instant now) {
        loop.guard(() -> {
            // first, so that whatever happens now the session has a next turn
            timetable.plan(session, now);
            polls.takeTurn(session);
        });
    }

    /** However slow all paces are: when the circuit breaker lets a poll through, one is made. */
    private void probe(Instant now) {
        boolean due = nextProbe.get().filter(at -> !at.isAfter(now)).isPresent();
        if (due && !now.isBefore(probedAt.plus(PROBE_PAUSE))) {
            probedAt = now;
            timetable.first().ifPresent(session -> takeTurn(session, now));
        }
    }
}
