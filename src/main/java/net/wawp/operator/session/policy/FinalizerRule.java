package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.AddFinalizer;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.LeaveAlone;
import net.wawp.operator.session.Decision.Release;
import net.wawp.operator.session.Decision.RemoveFinalizer;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Target;

/**
 * The life of the finalizer, and when a resource that is being deleted may go. A namespace never hangs on a session.
 *
 * <p>In {@code protocol.als} these are the guards {@code SuccessorKept} and {@code RenameGrace}.
 */
final class FinalizerRule {

    /** After this long a resource goes whatever its session does. */
    static final Duration RELEASE_DEADLINE = Duration.ofMinutes(10);

    /**
     * How long a deletion's call waits at least: a rename in Git deletes one resource and creates another for the same instance, in either
     * order and some seconds apart.
     */
    static final Duration RENAME_GRACE = Duration.ofSeconds(5);

    private FinalizerRule() {}

    /** Brings the finalizer in line with the deletion policy. The change comes back as an event, so nothing else is done. */
    static Optional<Decision> align(Target target) {
        boolean isWanted = target.finalizer().wanted();
        boolean isHeld = target.finalizer().held();
        boolean isDeleted = target.deletedAt().isPresent();
        if (isHeld && !isWanted) {
            return Optional.of(new RemoveFinalizer());
        }
        if (!isHeld && isWanted && !isDeleted) {
            return Optional.of(new AddFinalizer());
        }
        return !isHeld && isDeleted ? Optional.of(new LeaveAlone()) : Optional.empty();
    }

    /** Whether a deletion's call has to wait, because another resource may yet turn out to want the session. */
    static boolean mustWait(PolicyInputs inputs, Instant now) {
        return inputs.target()
                .deletedAt()
                .filter(deletedAt -> inputs.ownership().anyIsUndecided() || now.isBefore(deletedAt.plus(RENAME_GRACE)))
                .isPresent();
    }

    /** Lets the resource go; empty while it is not being deleted, or while there is still something to do or to wait for. */
    static Optional<Release> release(PolicyInputs inputs, Decision.WithFacts decision, Instant now) {
        Target target = inputs.target();
        if (target.deletedAt().isEmpty()) {
            return Optional.empty();
        }
        Facts facts = decision.facts();
        if (target.suspended()) {
            return unfinished("The resource is suspended, so the session was left as it is.", facts);
        }
        if (inputs.ownership().hasSuccessor()) {
            return unfinished("Another resource waits for the same instance and keeps the session.", facts);
        }
        if (decision instanceof Decision.UpdateStatus update) {
            Optional<Release> byReason = byReason(update);
            if (byReason.isPresent()) {
                return byReason;
            }
        }
        return now.isBefore(target.deletedAt().get().plus(RELEASE_DEADLINE))
                ? Optional.empty()
                : unfinished("The deletion policy could not be carried out within 10 minutes.", facts);
    }

    private static Optional<Release> byReason(Decision.UpdateStatus update) {
        return switch (update.readiness().reason()) {
            case Stopped, LoggedOut -> Optional.of(new Release(Optional.empty(), update.facts()));
            case SecretNotFound,
                    SecretInvalid,
                    InstanceConflict,
                    RequestRejected,
                    Unauthorized,
                    QuotaExceeded,
                    InstanceNotFound,
                    LogoutUncertain,
                    UnknownSessionState -> {
                boolean mayPass = update.blocker()
                        .filter(blocker -> blocker.isTransient())
                        .isPresent();
                yield mayPass ? Optional.empty() : unfinished(update.readiness().message(), update.facts());
            }
            case Working,
                    OutsideRunningHours,
                    Idle,
                    Starting,
                    Stopping,
                    LoggingOut,
                    Recovering,
                    Restarting,
                    PairingRequired,
                    AccountMismatch,
                    RecoveryExhausted,
                    GatewayUnavailable,
                    RateLimited,
                    Suspended,
                    FinalizerReleased -> Optional.empty();
        };
    }

    private static Optional<Release> unfinished(String why, Facts facts) {
        return Optional.of(new Release(Optional.of(why), facts));
    }
}
