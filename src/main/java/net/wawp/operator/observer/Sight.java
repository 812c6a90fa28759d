package net.wawp.operator.observer;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.Sighting;
import net.wawp.operator.session.Observation.Trouble;
import net.wawp.operator.session.SessionPolicy;
import net.wawp.operator.wawp.Reply;
import net.wawp.operator.wawp.Urgency;

/**
 * What a look has brought.
 *
 * @param failure present when the look failed
 * @param before what was known of the session until then
 * @param after what is known now
 */
record Sight(Optional<Failure> failure, Observation before, Observation after) {

    /** For how many of its intervals in a row a session may be held back by the operator's own limits before that counts as a failure. */
    private static final int PATIENCE = 3;

    static Sight of(Look look, Reply reply, Instant now) {
        Observation before = look.session().observation();
        if (reply instanceof Reply.Success success) {
            return new Sight(Optional.empty(), before, before.seen(success.info(), look.begun()));
        }
        Failure failure = ((Reply.Refused) reply).failure();
        Observation after = isSkipped(look, failure, before, now) ? before : before.failed(failure, look.begun());
        return new Sight(Optional.of(failure), before, after);
    }

    /** Whether the controller has to know although it did not ask. */
    boolean isNews() {
        boolean looksDifferent =
                !before.sighting().map(Sighting::info).equals(after.sighting().map(Sighting::info));
        boolean failsDifferently = !kindOfTrouble(before).equals(kindOfTrouble(after));
        return looksDifferent || failsDifferently || (failedOften(after) && !failedOften(before));
    }

    /** When looks have just begun to fail: the time from which the last good one is too old to be relied upon. */
    Optional<Instant> turnsBlindAt() {
        if (before.trouble().isPresent()) {
            return Optional.empty();
        }
        return after.trouble()
                .map(row -> after.sighting().map(Sighting::begun).orElse(row.since()))
                .map(lastGood -> lastGood.plus(SessionPolicy.BLIND_AFTER));
    }

    /** A routine look that a limit of this operator held back says nothing of Wawp, unless that goes on for long. */
    private static boolean isSkipped(Look look, Failure failure, Observation before, Instant now) {
        boolean heldBack = look.urgency() == Urgency.Routine
                && failure.kind() == Failure.Kind.RateLimited
                && failure.delivery() == Failure.Delivery.Withheld;
        if (!heldBack || kindOfTrouble(before).filter(failure.kind()::equals).isPresent()) {
            return false;
        }
        Duration patience = look.session()
                .pace()
                .map(pace -> pace.multipliedBy(PATIENCE))
                .filter(several -> several.compareTo(SessionPolicy.BLIND_AFTER) > 0)
                .orElse(SessionPolicy.BLIND_AFTER);
        return before.sighting()
                .filter(seen -> now.isBefore(seen.begun().plus(patience)))
                .isPresent();
    }

    private static boolean failedOften(Observation observation) {
        return observation
                .trouble()
                .filter(row -> row.looks() >= SessionPolicy.BLIND_AFTER_LOOKS)
                .isPresent();
    }

    private static Optional<Failure.Kind> kindOfTrouble(Observation observation) {
        return observation.trouble().map(Trouble::failure).map(Failure::kind);
    }
}
