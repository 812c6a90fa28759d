package net.wawp.operator.observer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import net.wawp.operator.wawp.Reply;
import net.wawp.operator.wawp.Urgency;
import net.wawp.operator.wawp.WawpClient;

/** What the observer does when: on each tick, and when a look or a command has ended. Of the loop alone, but for {@link #lastTick}. */
final class Rounds {

    private static final Duration TICK = Duration.ofMillis(50);

    /** The least time between two looks that are made only to find out whether Wawp is back. */
    private static final Duration PROBE_PAUSE = Duration.ofSeconds(1);

    private final Loop loop;
    private final InstantSource clock;
    private final Supplier<Optional<Instant>> nextProbe;
    private final Consumer<WatchedSession> wake;
    private final LookLane looks;
    private final Timetable timetable;
    private final Schedule looksAsked = new Schedule();
    private final Schedule wakeUps = new Schedule();
    private final Schedule blindness = new Schedule();
    private Instant probedAt = Instant.MIN;
    private Runnable stopTicking = () -> {};
    private volatile Instant lastTick;

    Rounds(
            Loop loop,
            WawpClient client,
            InstantSource clock,
            RandomGenerator random,
            int looksInFlight,
            Supplier<Optional<Instant>> nextProbe,
            Consumer<WatchedSession> wake) {
        this.loop = loop;
        this.clock = clock;
        this.nextProbe = nextProbe;
        this.wake = wake;
        this.looks = new LookLane(client, clock, loop, looksInFlight, this::lookEnded);
        this.timetable = new Timetable(random);
        this.lastTick = clock.instant();
    }

    void start() {
        stopTicking = loop.every(TICK, this::tick);
    }

    /** Begins no look any more; still ticks and wakes. */
    void closeLooks() {
        looks.close();
    }

    void stop() {
        stopTicking.run();
    }

    Instant lastTick() {
        return lastTick;
    }

    /** Looks at a session that is watched with new credentials, at once and then at its pace. */
    void watch(WatchedSession session) {
        looks.drop(session);
        session.hold = null;
        replan(session);
        lookNow(session, Urgency.Prompt);
    }

    void unwatch(WatchedSession session) {
        looks.drop(session);
        timetable.remove(session);
        looksAsked.remove(session);
        blindness.remove(session);
    }

    void forget(WatchedSession session) {
        unwatch(session);
        wakeUps.remove(session);
    }

    /** Follows a change of its pace. */
    void replan(WatchedSession session) {
        timetable.plan(session, clock.instant());
    }

    void lookNow(WatchedSession session, Urgency urgency) {
        looks.ask(session, urgency);
    }

    void lookAt(WatchedSession session, Instant at) {
        if (session.credentials().isPresent()) {
            looksAsked.put(session, at);
        }
    }

    void wakeAt(WatchedSession session, Instant at) {
        wakeUps.put(session, at);
    }

    private void tick() {
        Instant now = clock.instant();
        lastTick = now;
        keep(looksAsked, now, session -> lookNow(session, Urgency.Prompt));
        keep(wakeUps, now, wake);
        keep(blindness, now, wake);
        while (looks.hasRoomForRoutine()) {
            Optional<WatchedSession> due = timetable.takeDue(now);
            if (due.isEmpty()) {
                break;
            }
            takeTurn(due.get(), now);
        }
        loop.guard(() -> probe(now));
    }

    /** The controller learns of a command together with the look that followed it. */
    void commandEnded(WatchedSession session) {
        if (!looks.ask(session, Urgency.Prompt)) {
            wake.accept(session);
        }
    }

    private void lookEnded(Look look, Reply reply) {
        WatchedSession session = look.session();
        Instant now = clock.instant();
        Sight sight = Sight.of(look, reply, now);
        if (!session.observe(sight.after(), look.credentials())) {
            return;
        }
        timetable.lookEnded(session, sight.failure(), now);
        if (sight.after().trouble().isEmpty()) {
            blindness.remove(session);
        }
        sight.turnsBlindAt().filter(now::isBefore).ifPresent(at -> blindness.put(session, at));
        if (look.awaited() || sight.isNews()) {
            wake.accept(session);
        }
    }

    private void keep(Schedule schedule, Instant now, Consumer<WatchedSession> what) {
        for (Optional<WatchedSession> due = schedule.takeDue(now); due.isPresent(); due = schedule.takeDue(now)) {
            WatchedSession session = due.get();
            loop.guard(() -> what.accept(session));
        }
    }

    private void takeTurn(WatchedSession session, Instant now) {
        loop.guard(() -> {
            // first, so that whatever happens now the session has a next turn
            timetable.plan(session, now);
            looks.takeTurn(session);
        });
    }

    /** However slow all paces are: when the circuit breaker lets a look through, one is made. */
    private void probe(Instant now) {
        boolean due = nextProbe.get().filter(at -> !at.isAfter(now)).isPresent();
        if (due && !now.isBefore(probedAt.plus(PROBE_PAUSE))) {
            probedAt = now;
            timetable.first().ifPresent(session -> takeTurn(session, now));
        }
    }
}
