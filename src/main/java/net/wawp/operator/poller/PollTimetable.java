package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.policy.SessionPolicy;

/**
 * When the routine poll each session is due. Of the loop alone.
 *
 * <p>A session has its turn at the same place in every interval, which follows from its UID: sessions are spread evenly, also right after a
 * restart. There is one turn at most in the table for each, so that a late poll takes the place of those it made late.
 */
final class PollTimetable {

    /** The least pace while a token is refused: its gate answers, so this is how soon a cure by itself is noticed. */
    private static final Duration REFUSED_PACE = Duration.ofSeconds(60);

    /** Sessions held back together come back over this time, or their own interval where that is shorter. */
    private static final Duration RETURN = Duration.ofSeconds(10);

    private static final Duration MOST_JITTER = Duration.ofMillis(500);
    private static final int JITTER_SHARE = 50;

    private final DueQueue turns = new DueQueue();
    private final RandomGenerator random;

    PollTimetable(RandomGenerator random) {
        this.random = random;
    }

    /** Gives the session its next turn after {@code now}; none while it is not watched. */
    void plan(PolledSession session, Instant now) {
        Optional<Duration> pace = session.pace();
        if (pace.isEmpty()) {
            turns.remove(session);
            return;
        }
        Instant turn = turnAfter(now, pace.get(), session.place());
        Instant due = session.hold != null && session.hold.isAfter(turn) ? session.hold : turn;
        turns.put(session, due.plus(upTo(shorter(pace.get().dividedBy(JITTER_SHARE), MOST_JITTER))));
    }

    /** Gives the session its next turn after a poll, which has served for a turn that came meanwhile. */
    void pollEnded(PolledSession session, Optional<Failure> failure, Instant now) {
        session.hold = failure.flatMap(failed -> hold(failed, now)).orElse(null);
        plan(session, now);
        if (session.hold != null && failure.get().kind() == Failure.Kind.RateLimited) {
            session.pace().ifPresent(pace -> turns.put(session, session.hold.plus(upTo(shorter(pace, RETURN)))));
        }
    }

    /** Takes out the session whose turn has come, the one that waits the longest first. */
    Optional<PolledSession> takeDue(Instant now) {
        return turns.takeDue(now);
    }

    /** The session whose turn comes first, now or later. */
    Optional<PolledSession> first() {
        return turns.first();
    }

    void remove(PolledSession session) {
        turns.remove(session);
    }

    private static Optional<Instant> hold(Failure failure, Instant now) {
        return switch (failure.kind()) {
            case RateLimited -> failure.notBefore();
            case Unauthorized -> Optional.of(now.plus(REFUSED_PACE));
            case RequestRejected, QuotaExceeded, InstanceNotFound ->
                Optional.of(now.plus(SessionPolicy.TERMINAL_RETRY));
            case GatewayUnavailable -> Optional.empty();
        };
    }

    private static Instant turnAfter(Instant now, Duration pace, double place) {
        long interval = pace.toMillis();
        long offset = (long) (place * interval);
        long begun = Math.floorDiv(now.toEpochMilli() - offset, interval);
        return Instant.ofEpochMilli((begun + 1) * interval + offset);
    }

    private Duration upTo(Duration most) {
        return Duration.ofMillis(random.nextLong(most.toMillis() + 1));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
