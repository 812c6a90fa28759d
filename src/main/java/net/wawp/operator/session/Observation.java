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
     * Polls that failed one after the other.
     *
     * @param failure that of the latest
     * @param polls how many in a row
     * @param begun when the latest was due to be sent
     * @param since when the first of the row was
     * @param sameSince when the first of those was that failed as the latest did
     */
    public record FailureStreak(Failure failure, int polls, Instant begun, Instant since, Instant sameSince) {

        private FailureStreak next(Failure next, Instant at) {
            return new FailureStreak(next, polls + 1, at, since, failure.kind() == next.kind() ? sameSince : at);
        }
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
                .orElseGet(() -> new FailureStreak(failure, 1, begun, begun, begun));
        return new Observation(observed, Optional.of(next));
    }
}
