package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Verdict;

/** When a resource that is being deleted may go. A namespace never hangs on a session. */
public final class FinalizerRule {

    /** After this long a resource goes whatever its session does. */
    public static final Duration RELEASE_DEADLINE = Duration.ofMinutes(10);

    private FinalizerRule() {}

    /**
     * Letting go of a resource.
     *
     * @param unfinished present where the deletion policy could not be carried out: a sentence that says why
     */
    public record Release(Optional<String> unfinished) {}

    /**
     * @param hasSuccessor whether another valid resource waits for the same instance: it keeps the session
     * @return empty while there is still something to do or to wait for
     */
    public static Optional<Release> decide(Target target, Decision decision, boolean hasSuccessor, Instant now) {
        if (target.deletedAt().isEmpty()) {
            return Optional.empty();
        }
        if (target.suspended()) {
            return forced("The resource is suspended, so the session was left as it is.");
        }
        if (hasSuccessor) {
            return forced("Another resource waits for the same instance and keeps the session.");
        }
        if (decision instanceof Decision.Judged judged) {
            Optional<Release> byVerdict = byVerdict(judged.verdict());
            if (byVerdict.isPresent()) {
                return byVerdict;
            }
        }
        if (!now.isBefore(target.deletedAt().get().plus(RELEASE_DEADLINE))) {
            return forced("The deletion policy could not be carried out within 10 minutes.");
        }
        return Optional.empty();
    }

    private static Optional<Release> byVerdict(Verdict verdict) {
        return switch (verdict.reason()) {
            case Stopped, LoggedOut -> Optional.of(new Release(Optional.empty()));
            case SecretNotFound,
                    SecretInvalid,
                    InstanceConflict,
                    RequestRejected,
                    Unauthorized,
                    QuotaExceeded,
                    InstanceNotFound,
                    LogoutUncertain,
                    UnknownSessionState -> forced(verdict.message());
            case Working,
                    Starting,
                    Stopping,
                    LoggingOut,
                    Recovering,
                    PairingRequired,
                    RecoveryExhausted,
                    GatewayUnavailable,
                    RateLimited,
                    Suspended,
                    FinalizerReleased -> Optional.empty();
        };
    }

    private static Optional<Release> forced(String why) {
        return Optional.of(new Release(Optional.of(why)));
    }
}
