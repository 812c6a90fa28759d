package net.wawp.operator.status;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.time.Timestamps;

/**
 * What a status remembers for the policy. Words that are not known (of another version, or edited by hand) count as
 * absent.
 */
public final class StatusReader {

    private static final long NEVER = -1;

    /** Far beyond what any rule counts to, and far below where the next number would overflow. */
    private static final int MOST_ATTEMPTS = 1_000_000;

    private StatusReader() {}

    public static Pairing pairing(WhatsAppSessionStatus status) {
        return constant(Pairing.class, status.pairing()).orElse(Pairing.Unknown);
    }

    public static int restarts(WhatsAppSessionStatus status) {
        return status.restarts() == null ? 0 : Math.max(0, status.restarts());
    }

    /**
     * The last call. No clock but this process's own decides when something is due: a time later than {@code seenAt} counts as that, and so
     * does one that cannot be read.
     *
     * @param seenAt when this process first saw this call in the status
     */
    public static Optional<LastAction> lastAction(WhatsAppSessionStatus status, Instant seenAt) {
        var action = status.lastAction();
        if (action == null || action.id() == null) {
            return Optional.empty();
        }
        Optional<Action> type = constant(Action.class, action.type());
        Optional<LastAction.Phase> phase = constant(LastAction.Phase.class, action.phase());
        if (type.isEmpty() || phase.isEmpty()) {
            return Optional.empty();
        }
        long observedGeneration = status.observedGeneration() == null ? NEVER : status.observedGeneration();
        return Optional.of(new LastAction(
                type.get(),
                action.id(),
                constant(Purpose.class, action.purpose()).orElse(Purpose.Desired),
                phase.get(),
                action.attempt() == null ? 1 : Math.min(MOST_ATTEMPTS, Math.max(1, action.attempt())),
                action.generation() == null ? observedGeneration : action.generation(),
                Timestamps.parse(action.time()).filter(seenAt::isAfter).orElse(seenAt)));
    }

    /** What the status says; empty before it has conditions. */
    public static Optional<ReportedStatus> reported(WhatsAppSessionStatus status) {
        return Conditions.find(status.conditions(), Conditions.READY).map(condition -> {
            Instant since = Timestamps.parse(condition.lastTransitionTime()).orElse(Instant.EPOCH);
            return new ReportedStatus(
                    constant(Ready.class, condition.status()).orElse(Ready.Unknown),
                    constant(Reason.class, condition.reason()),
                    Conditions.find(status.conditions(), Conditions.STALLED).isPresent(),
                    since,
                    constant(SessionState.class, status.sessionState()),
                    since,
                    condition.observedGeneration() == null ? NEVER : condition.observedGeneration());
        });
    }

    /** The last request to link a phone. */
    public static Optional<PairingRequest> pairingRequest(WhatsAppSessionStatus status) {
        var request = status.pairingRequest();
        if (request == null || request.token() == null) {
            return Optional.empty();
        }
        return constant(PairingRequest.Phase.class, request.phase())
                .map(phase -> new PairingRequest(request.token(), phase, Timestamps.parse(request.expiresAt())));
    }

    private static <E extends Enum<E>> Optional<E> constant(Class<E> type, String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(word))
                .findFirst();
    }
}
