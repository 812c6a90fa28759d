package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpResponse;

/**
 * What a poll has brought.
 *
 * @param failure present when the poll failed
 * @param before what was known of the session until then
 * @param after what is known now
 */
record PollResult(Optional<Failure> failure, Observation before, Observation after) {

    /** For how many of its intervals in a row a session may be held back by the operator's own limits before that counts as a failure. */
    private static final int PATIENCE = 3;

    static PollResult of(Poll poll, WawpResponse reply, Instant now) {
        Observation before = poll.session().observation();
        if (reply instanceof WawpResponse.Success success) {
            return new PollResult(Optional.empty(), before, before.seen(success.info(), poll.begun()));
        }
        Failure failure = ((WawpResponse.Refused) reply).failure();
        Observation after = isSkipped(poll, failure, before, now) ? before : before.failed(failure, poll.begun());
        return new PollResult(Optional.of(failure), before, after);
    }

    /** Whether the controller has to know although it did not ask. */
    boolean isNews() {
        boolean pollsDifferent = !before.observed()
                .map(ObservedState::info)
                .equals(after.observed().map(ObservedState::info));
        boolean failsDifferently = !kindOfFailure(before).equals(kindOfFailure(after));
        return pollsDifferent || failsDifferently || (failedOften(after) && !failedOften(before));
    }

    /** When polls have just begun to fail: the time from which the last good one is too old to be relied upon. */
    Optional<Instant> turnsStaleAt() {
        if (before.failureStreak().isPresent()) {
            return Optional.empty();
        }
        return after.failureStreak()
                .map(row -> after.observed().map(ObservedState::begun).orElse(row.since()))
                .map(lastGood -> lastGood.plus(SessionPolicy.STALE_AFTER));
    }

    /** A routine poll that a limit of this operator held back says nothing of Wawp, unless that goes on for long. */
    private static boolean isSkipped(Poll poll, Failure failure, Observation before, Instant now) {
        boolean heldBack = poll.urgency() == Priority.Routine
                && failure.kind() == Failure.Kind.RateLimited
                && failure.delivery() == Failure.Delivery.Withheld;
        if (!heldBack || kindOfFailure(before).filter(failure.kind()::equals).isPresent()) {
            return false;
        }
        Duration patience = poll.session()
                .pace()
                .map(pace -> pace.multipliedBy(PATIENCE))
                .filter(several -> several.compareTo(SessionPolicy.STALE_AFTER) > 0)
                .orElse(SessionPolicy.STALE_AFTER);
        return before.observed()
                .filter(seen -> now.isBefore(seen.begun().plus(patience)))
                .isPresent();
    }

    private static boolean failedOften(Observation observation) {
        return observation
                .failureStreak()
                .filter(row -> row.polls() >= SessionPolicy.STALE_AFTER_POLLS)
                .isPresent();
    }

    private static Optional<Failure.Kind> kindOfFailure(Observation observation) {
        return observation.failureStreak().map(FailureStreak::failure).map(Failure::kind);
    }
}
