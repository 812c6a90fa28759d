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
 * Closed while Wawp refuses a token: many resources may share it, and calls from all of them would look like an attack. One call every ten
 * minutes, or every minute if a person requests it, finds out whether the token is good again. Not thread-safe.
 */
final class CredentialGate {

    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final Duration PAUSE_WHEN_REQUESTED = Duration.ofMinutes(1);

    private boolean closed;
    private Instant lastCall = Instant.MIN;

    /** Why a call must be held back, if it must. */
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

    void answered(WawpResponse response) {
        if (response instanceof WawpResponse.Refused refused) {
            closed = closedAfter(refused.failure().kind());
        } else {
            closed = false;
        }
    }

    private boolean closedAfter(Kind kind) {
        return switch (kind) {
            case Unauthorized -> true;
            // Wawp finds these out only after it has accepted the token
            case QuotaExceeded, InstanceNotFound -> false;
            case RequestRejected, RateLimited, GatewayUnavailable -> closed;
        };
    }
}
