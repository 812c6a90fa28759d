package net.wawp.operator.session.policy;

import java.time.Duration;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.RestartCause;
import net.wawp.operator.session.Target;

/** The sentences of the conditions: what is wrong and who must do what. */
final class Messages {

    private Messages() {}

    static String pollFailed(Failure.Kind kind) {
        return switch (kind) {
            case RequestRejected ->
                "Wawp refused to report the session as a bad request: check that instance id and"
                        + " access token are whole and belong together.";
            case Unauthorized ->
                "Wawp does not accept the access token: put a valid one into the Secret; it is read again within"
                        + " 60 s.";
            case QuotaExceeded ->
                "Wawp refuses because a quota or limit of the account is reached, or its subscription"
                        + " does not cover this: settle it with Wawp.";
            case InstanceNotFound ->
                "Wawp knows no such instance: correct the instance id, or create the instance at" + " Wawp.";
            case RateLimited -> "Wawp is rate limiting this token; polling resumes after the time it asked for.";
            case GatewayUnavailable ->
                "Wawp gives no usable answer: polling continues; check the service and the network" + " if this lasts.";
        };
    }

    static String callRefused(Action action, Failure.Kind kind) {
        String what = "Wawp refused the " + name(action) + " call";
        return switch (kind) {
            case RequestRejected ->
                what + " as a bad request: check that instance id and access token are whole and" + " belong together.";
            case Unauthorized ->
                what + " because it does not accept the access token: put a valid one into the Secret.";
            case QuotaExceeded ->
                what + " because a quota or limit of the account is reached, or its subscription does"
                        + " not cover this: settle it with Wawp.";
            case InstanceNotFound ->
                what + " because it knows no such instance: correct the instance id, or create the"
                        + " instance at Wawp.";
            case RateLimited -> what + " for now because it was called too often; it is tried again by itself.";
            case GatewayUnavailable ->
                "The " + name(action) + " call got no usable answer from Wawp; it is tried again by" + " itself.";
        };
    }

    /** For a call that this operator held back itself. */
    static String callWithheld(Action action, Failure.Kind kind) {
        return switch (kind) {
            case GatewayUnavailable ->
                "The " + name(action)
                        + " was held back and not sent: Wawp or the API server could not be asked first; it"
                        + " is tried again by itself.";
            case RateLimited ->
                "The " + name(action)
                        + " was held back and not sent: Wawp allows this token no more calls now; it is sent by itself.";
            case RequestRejected, Unauthorized, QuotaExceeded, InstanceNotFound -> callRefused(action, kind);
        };
    }

    static String suspended(boolean asDesired, Optional<Action> planned) {
        if (asDesired) {
            return "The resource is suspended; the session is as desired.";
        }
        return planned.map(action -> "The resource is suspended: a " + name(action)
                        + " is due and is made once spec.suspend is false.")
                .orElse(
                        "The resource is suspended and the session is not as desired: set spec.suspend to false to go on.");
    }

    /** What the resource asks for. */
    static String wanted(Target target) {
        return target.desired().name() + (target.deletedAt().isPresent() ? " because the resource is deleted" : "");
    }

    /** Why a session that should be running rests. */
    static String resting(Reason reason) {
        return reason == Reason.Idle
                ? "The session was not used for as long as spec.idleTimeout"
                : "It is outside of all spec.runningHours";
    }

    static String because(RestartCause cause, Target target) {
        return switch (cause) {
            case Failed -> "the session has FAILED.";
            case StartingTooLong ->
                "the session has been STARTING for longer than " + duration(target.startingTimeout()) + ".";
            case StartWithoutEffect -> "the session did not start within " + duration(target.startingTimeout()) + ".";
        };
    }

    /** For example {@code 30 s} or {@code 10 min}. */
    static String duration(Duration duration) {
        boolean wholeMinutes = duration.toMinutes() > 1 && duration.toSecondsPart() == 0;
        return wholeMinutes ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
    }

    static String name(Action action) {
        return switch (action) {
            case Start -> "start";
            case Stop -> "stop";
            case Logout -> "logout";
        };
    }
}
