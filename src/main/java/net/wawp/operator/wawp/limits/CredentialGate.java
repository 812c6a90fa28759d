package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpResponse;

/**
 * Closed while Wawp refuses a token: many resources may share one, and all of them asking again and again would poll like an attack. One
 * call every ten minutes, or every minute if a person asks, finds out whether the token is good again. Not thread-safe.
 */
final class CredentialGate {

    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final Duration PAUSE_WHEN_REQUESTED = Duration.ofMinutes(1);

    private boolean closed;
    private Instant lastCall = Instant.MIN;

    /** Why this call is to be held back, if it is. */
    Optional<Failure> refusal(Priority priority, Instant now) {
        if (!closed) {
            return Optional.empty();
        }
        Instant opensFor = lastCall.plus(priority == Priority.Requested ? PAUSE_WHEN_REQUESTED : PAUSE);
        if (!now.isBefore(opensFor)) {
            return Optional.empty();
        }
        return Optional.of(new Failure(Kind.Unauthorized, Delivery.Withheld, Optional.of(lastCall.plus(PAUSE))));
    }

    void sent(Instant now) {
        lastCall = now;
    }

    void answered(WawpResponse reply) {
        if (reply instanceof WawpResponse.Refused refused) {
            closed = closedAfter(refused.failure().kind());
        } else {
            closed = false;
        }
    }

    private boolean closedAfter(Kind kind) {
        return switch (kind) {
            case Unauthorized -> true;
            // to find these out Wawp must have accepted the token
            case QuotaExceeded, InstanceNotFound -> false;
            case RequestRejected, RateLimited, GatewayUnavailable -> closed;
        };
    }
}
