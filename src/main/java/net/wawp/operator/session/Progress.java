package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * How far a session has come: what the status keeps, and what this process alone knows.
 *
 * @param restarts how often recovery has restarted it since it last worked for a while
 * @param lastAction the last changing call, by whichever process
 * @param reported what the status says now
 * @param report what this process knows of {@code lastAction}; empty where another process announced it
 * @param foundAt when this process first saw the resource: an intent that it did not write is waited for from then
 * @param freshAfter only a poll that began at or after this may lead to a call: the last answer to one, or later when since then the
 *     credentials changed or an blocker went
 */
public record Progress(
        Pairing pairing,
        int restarts,
        Optional<LastAction> lastAction,
        Optional<ReportedStatus> reported,
        Optional<CommandReport> report,
        Instant foundAt,
        Instant freshAfter) {

    /**
     * The judgement that the status shows.
     *
     * @param readySince the transition time of the Ready condition
     * @param generation the generation it was made for
     */
    public record ReportedStatus(Reason reason, boolean stalled, Instant readySince, long generation) {}

    public boolean stands(Reason reason) {
        return reported.map(ReportedStatus::reason).filter(reason::equals).isPresent();
    }

    /** What is known of the pairing once the last call is settled like this: a confirmed logout proves that nothing is linked. */
    public Pairing pairingAfter(Optional<LastAction> settled) {
        boolean loggedOutJustNow = lastAction.filter(LastAction::isOpen).isPresent()
                && settled.filter(action -> action.is(Action.Logout, LastAction.Phase.Confirmed))
                        .isPresent();
        return loggedOutJustNow ? Pairing.Unpaired : pairing;
    }

    /** Whether the status tells of this, or of something that came between without ending it. */
    public boolean continues(Reason reason) {
        return stands(reason)
                || reported.map(ReportedStatus::reason)
                        .filter(Progress::onlyInterrupts)
                        .isPresent();
    }

    private static boolean onlyInterrupts(Reason reason) {
        return switch (reason) {
            case SecretNotFound,
                    SecretInvalid,
                    InstanceConflict,
                    RequestRejected,
                    Unauthorized,
                    QuotaExceeded,
                    InstanceNotFound,
                    RateLimited,
                    GatewayUnavailable,
                    UnknownSessionState,
                    Suspended -> true;
            case Working,
                    Stopped,
                    LoggedOut,
                    Starting,
                    Stopping,
                    LoggingOut,
                    Recovering,
                    PairingRequired,
                    RecoveryExhausted,
                    LogoutUncertain,
                    FinalizerReleased -> false;
        };
    }
}
