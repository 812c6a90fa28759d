package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * What polling a session has shown so far.
 *
 * @param observed the last poll that Wawp answered with a state
 * @param failureStreak present while the latest poll failed
 */
public record Observation(Optional<ObservedState> observed, Optional<FailureStreak> failureStreak) {

    /** Nobody has polled yet. */
    public static final Observation NONE = new Observation(Optional.empty(), Optional.empty());

    /**
     * A poll that succeeded.
     *
     * @param begun when the poll was sent
     * @param since when the session was first seen in this state without a break
     */
    public record ObservedState(SessionInfo info, Instant begun, Instant since) {
        public SessionState state() {
            return info.state();
        }
    }

    /**
     * Polls that failed one after the other. Where a refusal that a person must cure turns into a failure that time may cure, the row begins
     * anew: Wawp answered until then, though not with a state.
     *
     * @param failure that of the latest
     * @param polls how many in a row
     * @param begun when the latest was due to be sent
     * @param since when the first of the row was
     * @param sameSince when the first of those was that failed as the latest did
     * @param refusedAt when the last poll since the last good one was that ended in a refusal which a person must cure
     */
    public record FailureStreak(
            Failure failure, int polls, Instant begun, Instant since, Instant sameSince, Optional<Instant> refusedAt) {

        private static FailureStreak first(Failure failure, Instant at, Optional<Instant> refusedAt) {
            return new FailureStreak(
                    failure, 1, at, at, at, failure.kind().isTransient() ? refusedAt : Optional.of(at));
        }

        private FailureStreak next(Failure next, Instant at) {
            if (!failure.kind().isTransient() && next.kind().isTransient()) {
                return first(next, at, refusedAt);
            }
            return new FailureStreak(
                    next,
                    polls + 1,
                    at,
                    since,
                    failure.kind() == next.kind() ? sameSince : at,
                    next.kind().isTransient() ? refusedAt : Optional.of(at));
        }
    }

    /** Since when the last truth goes without a good poll, or a refusal in place of one. Empty while polls succeed. */
    public Optional<Instant> unconfirmedSince() {
        return failureStreak.map(streak -> observed.map(ObservedState::begun)
                .filter(lastGood -> streak.refusedAt().isEmpty())
                .orElse(streak.since()));
    }

    /** This observation after a poll that began at {@code begun} and was answered. */
    public Observation seen(SessionInfo info, Instant begun) {
        Instant since = observed.filter(last -> last.state() == info.state())
                .map(ObservedState::since)
                .orElse(begun);
        return new Observation(Optional.of(new ObservedState(info, begun, since)), Optional.empty());
    }

    /** This observation after a poll that began at {@code begun} and failed. */
    public Observation failed(Failure failure, Instant begun) {
        FailureStreak next = failureStreak
                .map(row -> row.next(failure, begun))
                .orElseGet(() -> FailureStreak.first(failure, begun, Optional.empty()));
        return new Observation(observed, Optional.of(next));
    }
}
