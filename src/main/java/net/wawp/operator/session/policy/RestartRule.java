package net.wawp.operator.session.policy;

import java.util.Optional;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Rest;
import net.wawp.operator.session.Target;

/** When a restart that a person asked for is refused. It is not kept for later: a restart that comes hours after is a surprise. */
public final class RestartRule {

    private static final String REFUSED = "The restart that was asked for (annotation wawp.net/restart) is refused: ";

    private RestartRule() {}

    /** Whether a message says that such a restart is refused. */
    public static boolean isRefusal(String message) {
        return message.contains(REFUSED);
    }

    /** Why it is refused now, in a sentence for the user; empty where it may be made. */
    public static Optional<String> refusal(Target target, Rest rest, Reason reason) {
        if (target.deletedAt().isPresent()) {
            return Optional.of(REFUSED + "the resource is being deleted.");
        }
        if (target.suspended()) {
            return Optional.of(REFUSED + "the resource is suspended.");
        }
        if (target.desired() != Desired.Running) {
            return Optional.of(REFUSED + "spec.desiredState is not Running.");
        }
        if (rest.reason().isPresent()) {
            return Optional.of(REFUSED + "the session is stopped by spec.runningHours or spec.idleTimeout.");
        }
        return reason == Reason.AccountMismatch
                ? Optional.of(REFUSED + "another phone number is linked than the expected one.")
                : Optional.empty();
    }
}
