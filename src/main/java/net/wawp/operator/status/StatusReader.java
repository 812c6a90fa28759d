package net.wawp.operator.status;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Reason;
import net.wawp.operator.time.Timestamps;

/**
 * What a status remembers for the policy. Words that are not known (of another version, or edited by hand) count as
 * absent.
 */
public final class StatusReader {

    private StatusReader() {}

    public static Pairing pairing(WhatsAppSessionStatus status) {
        return constant(Pairing.class, status.pairing()).orElse(Pairing.Unknown);
    }

    public static int restarts(WhatsAppSessionStatus status) {
        return status.restarts() == null ? 0 : Math.max(0, status.restarts());
    }

    /** The last call. An action without a readable time counts from now, so that it is waited for rather than forgotten. */
    public static Optional<LastAction> lastAction(WhatsAppSessionStatus status, Instant now) {
        var action = status.lastAction();
        if (action == null || action.id() == null) {
            return Optional.empty();
        }
        Optional<Action> type = constant(Action.class, action.type());
        Optional<LastAction.Phase> phase = constant(LastAction.Phase.class, action.phase());
        if (type.isEmpty() || phase.isEmpty()) {
            return Optional.empty();
        }
        int attempt = action.attempt() == null ? 1 : Math.max(1, action.attempt());
        Instant time = Timestamps.parse(action.time()).orElse(now);
        return Optional.of(new LastAction(type.get(), action.id(), phase.get(), attempt, time));
    }

    /** The judgement that the status shows; empty before the first. */
    public static Optional<ReportedStatus> reported(WhatsAppSessionStatus status) {
        Optional<Condition> ready = Conditions.find(status.conditions(), Conditions.READY);
        return ready.flatMap(condition -> constant(Reason.class, condition.reason())
                .map(reason -> new ReportedStatus(
                        reason,
                        Conditions.find(status.conditions(), Conditions.STALLED).isPresent(),
                        Timestamps.parse(condition.lastTransitionTime()).orElse(Instant.EPOCH),
                        condition.observedGeneration() == null ? -1 : condition.observedGeneration())));
    }

    private static <E extends Enum<E>> Optional<E> constant(Class<E> type, String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(word))
                .findFirst();
    }
}
