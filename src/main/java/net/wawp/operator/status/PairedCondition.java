package net.wawp.operator.status;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.time.Timestamps;

/**
 * The condition {@code Paired}: whether a phone is linked. Its reason tells a phone that was lost from one that was never linked or that a
 * logout of this operator unlinked, so the status remembers a loss until a phone is linked again or nobody wants one.
 */
final class PairedCondition {

    /** Why the condition is as it is; the constants are the words of the API. */
    private enum Cause {
        Paired("True", "A phone is linked."),
        Unpaired("False", "No phone is linked."),
        Lost(
                "False",
                "The phone that was linked is no longer linked, and this operator did not log it out: link one anew."),
        Unknown("Unknown", "Whether a phone is linked is not known yet; the session shows it once it runs.");

        private final String word;
        private final String message;

        Cause(String word, String message) {
            this.word = word;
            this.message = message;
        }
    }

    private PairedCondition() {}

    /**
     * @param before the status so far
     * @param lastAction the last call before this status, closed if its outcome is known
     * @param isLoggedOut whether the session is logged out as declared: nobody wants a phone
     */
    static Condition of(
            WhatsAppSessionStatus before,
            Pairing pairing,
            Optional<LastAction> lastAction,
            boolean isLoggedOut,
            long generation,
            Instant now) {
        Cause cause =
                switch (pairing) {
                    case Paired -> Cause.Paired;
                    case Unknown -> Cause.Unknown;
                    case Unpaired -> !isLoggedOut && isLost(before, lastAction) ? Cause.Lost : Cause.Unpaired;
                };
        String since = Conditions.since(before.conditions(), Conditions.PAIRED, cause.word, now);
        return new Condition(Conditions.PAIRED, cause.word, cause.name(), cause.message, since, generation);
    }

    private static boolean isLost(WhatsAppSessionStatus before, Optional<LastAction> lastAction) {
        Optional<Condition> earlier = Conditions.find(before.conditions(), Conditions.PAIRED);
        boolean wasLost =
                earlier.map(Condition::reason).filter(Cause.Lost.name()::equals).isPresent();
        boolean wasPaired = earlier.map(Condition::status)
                .map(Cause.Paired.word::equals)
                // a status of before this condition existed
                .orElse(Pairing.Paired.name().equals(before.pairing()));
        Instant pairedSince = earlier.map(Condition::lastTransitionTime)
                .flatMap(Timestamps::parse)
                .orElse(Instant.EPOCH);
        boolean wasLoggedOut = lastAction
                .filter(action -> action.type() == Action.Logout && action.phase() != Phase.Abandoned)
                .filter(logout -> !logout.time().isBefore(pairedSince))
                .isPresent();
        return !wasLoggedOut && (wasPaired || wasLost);
    }
}
