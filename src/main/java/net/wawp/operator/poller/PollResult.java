package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.wawp.WawpResponse;

/**
 * What a poll changed.
 *
 * <p>A poll that the operator's own limits held back because Wawp is away or busy, or that a process without the lead
 * did not send, says nothing about the session: it is no failed poll and
 * leaves the observation as it was, whatever its priority. In an outage the circuit breaker soon lets one poll of all through at a time, so
 * most sessions never have three failed polls in a row and their status keeps the last truth. The outage itself shows in the age of the
 * oldest observation.
 *
 * @param failure present when the poll failed or was held back
 * @param before the observation until now
 * @param after the observation from now on
 */
record PollResult(Optional<Failure> failure, Observation before, Observation after) {

    /** Sessions that turn stale together are told to the controller over this time. */
    private static final Duration STALE_SPREAD = Duration.ofMinutes(1);

    static PollResult of(Poll poll, WawpResponse response) {
        Observation before = poll.session().observation();
        if (response instanceof WawpResponse.Success success) {
            return new PollResult(Optional.empty(), before, before.seen(success.info(), poll.begun()));
        }
        Failure failure = ((WawpResponse.Refused) response).failure();
        Observation after =
                isWithheld(failure) && failure.kind().isTransient() ? before : before.failed(failure, poll.begun());
        return new PollResult(Optional.of(failure), before, after);
    }

    /** Whether the operator's own limits held the poll back. */
    boolean wasHeldBack() {
        return failure.filter(PollResult::isWithheld).isPresent();
    }

    /**
     * Whether the controller has to know although it did not ask.
     *
     * <p>Failures that time alone may cure are no news when they begin: nothing follows from them before {@link #turnsStaleAt}.
     */
    boolean isNews() {
        boolean showsAnotherState = !before.observed()
                .map(ObservedState::info)
                .equals(after.observed().map(ObservedState::info));
        return showsAnotherState || failsDifferently();
    }

    /**
     * The time from which the last good poll is too old to rely on. Present once, when so many polls in a row have failed that only the time
     * is lacking. Where it is past, it is now.
     *
     * @param place that of the session among all others, 0 to 1: they do not turn stale together
     */
    Optional<Instant> turnsStaleAt(double place) {
        if (failedOften(before)) {
            return Optional.empty();
        }
        return after.failureStreak()
                .filter(streak -> failedOften(after))
                .flatMap(streak -> after.unconfirmedSince())
                .map(since ->
                        since.plus(SessionPolicy.STALE_AFTER).plusMillis((long) (place * STALE_SPREAD.toMillis())));
    }

    private boolean failsDifferently() {
        Optional<Failure.Kind> kindBefore = kindOfFailure(before);
        Optional<Failure.Kind> kindAfter = kindOfFailure(after);
        boolean onlyBegins = kindBefore.isEmpty()
                && kindAfter.filter(Failure.Kind::isTransient).isPresent();
        return !onlyBegins && !kindBefore.equals(kindAfter);
    }

    /** Whether so many polls in a row failed, the last in a way that time may cure, that it may be an outage. */
    private static boolean failedOften(Observation observation) {
        return observation
                .failureStreak()
                .filter(streak -> streak.failure().kind().isTransient())
                .filter(streak -> streak.polls() >= SessionPolicy.STALE_AFTER_POLLS)
                .isPresent();
    }

    private static boolean isWithheld(Failure failure) {
        return failure.delivery() == Failure.Delivery.Withheld;
    }

    private static Optional<Failure.Kind> kindOfFailure(Observation observation) {
        return observation.failureStreak().map(FailureStreak::failure).map(Failure::kind);
    }
}
