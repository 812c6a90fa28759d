package net.wawp.operator.session.policy;

import java.util.Optional;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.PolicyResult.RestartAnswer;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Rest;
import net.wawp.operator.session.Target;

/** How a person's request to restart the session is answered. One that is refused is not kept: a restart that comes hours later is a surprise. */
final class RestartRule {

    private static final String REFUSED = "The requested restart (annotation wawp.net/restart) is refused: ";

    private final Target target;
    private final Rest rest;
    private final UpdateStatus update;

    /** @param update what is decided about the session */
    RestartRule(Target target, Rest rest, UpdateStatus update) {
        this.target = target;
        this.rest = rest;
        this.update = update;
    }

    RestartAnswer answer() {
        if (refusal().isPresent() && target.restartRefused()) {
            return RestartAnswer.StillRefused;
        }
        if (!target.restartRequested()) {
            return RestartAnswer.None;
        }
        if (refusal().isPresent()) {
            return RestartAnswer.Refused;
        }
        return update.call().map(Call::purpose).filter(Purpose.Restart::equals).isPresent()
                ? RestartAnswer.Begun
                : RestartAnswer.None;
    }

    /** What the user has to know: why the last request is refused, or was and would be still. */
    Optional<String> sentence() {
        return refusal().filter(why -> target.restartRequested() || target.restartRefused());
    }

    private Optional<String> refusal() {
        if (update.blocker().isPresent()) {
            return Optional.empty();
        }
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
        return update.readiness().reason() == Reason.AccountMismatch
                ? Optional.of(REFUSED + "another phone number is linked than the expected one.")
                : Optional.empty();
    }
}
