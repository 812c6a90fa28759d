package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.policy.SessionPolicy;

/**
 * When the routine poll of each session is due. Confined to the event loop.
 *
 * <p>A session has its turn at the same place in every interval, which follows from its UID: sessions are spread evenly, also right after a
 * restart. The table has at most one turn for each session, so a late poll replaces those that it made late.
 */
final class PollTimetable {

    /** The shortest interval while a token is refused: its gate answers, so this is how soon a cure by itself is noticed. */
    private static final Duration REFUSED_INTERVAL = Duration.ofSeconds(60);

    /** How soon a requested poll that the circuit breaker held back is repeated. */
    private static final Duration HELD_BACK_PAUSE = Duration.ofSeconds(5);

    /** Requested polls that were held back together come back over this time. A rate limit gives each a time of its own. */
    private static final long RETURN_MILLIS = 10_000;

    /**
     * The end of an outage is found out so late at most. Who had its turn between the end and that moment would be seen a whole interval
     * later than the rest.
     */
    private static final Duration FOUND_OUT_AFTER = Duration.ofSeconds(5);

    /** Turns that were missed are made up for over this part of an interval: the shorter it is, the higher the peak (1.2 times the mean
     * rate, at 10,000 sessions and 30 s).
     */
    private static final double MAKING_UP = 0.85;

    /** Of a session that is polled fast now, nobody knows here how often it is polled at rest. */
    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(60);

    private static final long MOST_JITTER_MILLIS = 500;
    private static final int JITTER_SHARE = 50;

    private final DueQueue turns = new DueQueue();
    /** The earliest time of the next routine poll, where an answer named or implied one. */
    private final Map<PolledSession, Instant> holds = new HashMap<>();
    /** Whose turn was held back by the circuit breaker lately, the oldest first. */
    private final Map<PolledSession, Instant> missed = new LinkedHashMap<>();

    private final RandomGenerator random;
    private double normalLoad;

    PollTimetable(RandomGenerator random) {
        this.random = random;
    }

    /** Gives the session its next turn after {@code now}; none while it is paused. */
    void plan(PolledSession session, Instant now) {
        Optional<Duration> interval = session.interval();
        normalLoad +=
                session.changeNormalLoad(interval.map(PollTimetable::normalLoad).orElse(0.0));
        if (interval.isEmpty()) {
            turns.remove(session);
            return;
        }
        Instant turn = turnAfter(now, interval.get(), session.place());
        Instant hold = holds.getOrDefault(session, Instant.MIN);
        Instant due = hold.isAfter(turn) ? hold : turn;
        turns.put(session, due.plus(upTo(Math.min(interval.get().toMillis() / JITTER_SHARE, MOST_JITTER_MILLIS))));
    }

    /** Gives the session its next turn after a poll, which also served for a turn that came meanwhile. */
    void pollEnded(PolledSession session, Optional<Failure> failure, Instant now) {
        Optional<Instant> hold = failure.flatMap(failed -> hold(failed, now));
        hold.ifPresentOrElse(until -> holds.put(session, until), () -> holds.remove(session));
        plan(session, now);
        if (hold.isPresent() && isRateLimited(failure.get()) && session.isPolled()) {
            turns.put(session, hold.get());
        }
    }

    /** The session's turn came while Wawp was out. */
    void missed(PolledSession session, Instant now) {
        missed.remove(session);
        missed.put(session, now);
        forgetMissedBefore(now.minus(FOUND_OUT_AFTER));
    }

    /** Wawp is back: gives those another turn who had theirs so late that it may have been back by then. */
    void makeUpForMissed(Instant now) {
        forgetMissedBefore(now.minus(FOUND_OUT_AFTER));
        missed.keySet().forEach(session -> session.interval().ifPresent(interval -> {
            Instant due = now.plus(upTo((long) (interval.toMillis() * MAKING_UP)));
            if (turns.due(session).filter(due::isBefore).isPresent()) {
                turns.put(session, due);
            }
        }));
        missed.clear();
    }

    private void forgetMissedBefore(Instant oldest) {
        Iterator<Instant> times = missed.values().iterator();
        while (times.hasNext() && times.next().isBefore(oldest)) {
            times.remove();
        }
    }

    /** When to repeat a requested poll that was held back. */
    Instant retryAt(Failure failure, Instant now) {
        Instant from = hold(failure, now).orElse(now.plus(HELD_BACK_PAUSE));
        return isRateLimited(failure) ? from : from.plus(upTo(RETURN_MILLIS));
    }

    /** Whether the turn of a session has come. */
    boolean isDue(Instant now) {
        return turns.isDue(now);
    }

    /** Takes the session whose turn has come, the one that waits longest first. */
    Optional<PolledSession> takeDue(Instant now) {
        return turns.takeDue(now);
    }

    /** The session whose turn comes first, now or later. */
    Optional<PolledSession> first() {
        return turns.first();
    }

    /** How many polls a second all sessions need when they are at rest. */
    double normalLoad() {
        return normalLoad;
    }

    void remove(PolledSession session) {
        normalLoad += session.changeNormalLoad(0);
        turns.remove(session);
        holds.remove(session);
        missed.remove(session);
    }

    private static double normalLoad(Duration interval) {
        Duration atRest = interval.compareTo(SessionPolicy.FAST) > 0 ? interval : USUAL_INTERVAL;
        return 1e9 / atRest.toNanos();
    }

    private static boolean isRateLimited(Failure failure) {
        return failure.kind() == Failure.Kind.RateLimited;
    }

    private static Optional<Instant> hold(Failure failure, Instant now) {
        return switch (failure.kind()) {
            case RateLimited -> failure.notBefore();
            case Unauthorized -> Optional.of(now.plus(REFUSED_INTERVAL));
            case RequestRejected, QuotaExceeded, InstanceNotFound ->
                Optional.of(now.plus(SessionPolicy.TERMINAL_RETRY));
            case GatewayUnavailable -> Optional.empty();
        };
    }

    private static Instant turnAfter(Instant now, Duration interval, double place) {
        long millis = interval.toMillis();
        long offset = (long) (place * millis);
        long intervalsBegun = Math.floorDiv(now.toEpochMilli() - offset, millis);
        return Instant.ofEpochMilli((intervalsBegun + 1) * millis + offset);
    }

    private Duration upTo(long millis) {
        return Duration.ofMillis(random.nextLong(millis + 1));
    }
}
