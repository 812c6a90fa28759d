package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.AddFinalizer;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.LeaveAlone;
import net.wawp.operator.session.Decision.Release;
import net.wawp.operator.session.Decision.RemoveFinalizer;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Target;

/**
 * The life of the finalizer, and when a resource that is being deleted may go. A namespace does not hang on a session
 * while the operator may write there; its rights by a Role in the namespace end before the session does.
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
            Optional<Release> byReason = byReason(target, update);
            if (byReason.isPresent()) {
                return byReason;
            }
        }
        return now.isBefore(target.deletedAt().get().plus(RELEASE_DEADLINE))
                ? Optional.empty()
                : unfinished("The deletion policy could not be carried out within 10 minutes.", facts);
    }

    /** What the condition asks for is no help to anybody who has no resource any more, so the release has sentences of its own. */
    private static Optional<Release> byReason(Target target, Decision.UpdateStatus update) {
        return switch (update.readiness().reason()) {
            case Stopped, LoggedOut -> Optional.of(new Release(Optional.empty(), update.facts()));
            case SecretNotFound -> hopeless(update, "The Secret could not be read, so " + leftUndone(target));
            case SecretInvalid ->
                hopeless(update, "The Secret gave no credentials for this instance, so " + leftUndone(target));
            case InstanceConflict -> hopeless(update, "Another resource owns the instance and keeps the session.");
            case RequestRejected ->
                hopeless(
                        update,
                        (target.problem().isPresent()
                                        ? "The spec of the resource is not valid, so "
                                        : "Wawp refused the request as a bad one, so ")
                                + leftUndone(target));
            case Unauthorized -> hopeless(update, "Wawp did not accept the access token, so " + leftUndone(target));
            case QuotaExceeded ->
                hopeless(
                        update,
                        "A quota, a limit or the subscription of the Wawp account did not allow the call, so "
                                + leftUndone(target));
            case InstanceNotFound ->
                hopeless(
                        update,
                        "Wawp knows no instance with this id: check in the Wawp dashboard that no session is left.");
            case LogoutUncertain -> hopeless(update, "Three logouts showed no effect, so " + leftUndone(target));
            case UnknownSessionState ->
                hopeless(update, "Wawp reported a state that this operator does not know, so " + leftUndone(target));
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

    /** The release where somebody would have to do something first, unless what is in the way may pass by itself. */
    private static Optional<Release> hopeless(Decision.UpdateStatus update, String why) {
        return update.blocker().filter(Blocker::isTransient).isPresent()
                ? Optional.empty()
                : unfinished(why, update.facts());
    }

    /** What the deletion policy would have done, and how to do it without the resource. */
    private static String leftUndone(Target target) {
        return switch (target.desired()) {
            case Running, Stopped -> "the session may still run: stop it in the Wawp dashboard.";
            case LoggedOut -> "the session may still be linked: log it out in the Wawp dashboard.";
        };
    }

    private static Optional<Release> unfinished(String why, Facts facts) {
        return Optional.of(new Release(Optional.of(why), facts));
    }
}
