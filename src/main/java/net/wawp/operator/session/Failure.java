package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * A call to Wawp that did not give a usable answer.
 *
 * @param notBefore the earliest time of the next call, where the answer or a local limit named one
 */
public record Failure(Kind kind, Delivery delivery, Optional<Instant> notBefore) {

    public Failure(Kind kind, Delivery delivery) {
        this(kind, delivery, Optional.empty());
    }

    /** The closed set of what can come back. */
    public enum Kind {
        /** 400 and every 4xx without a meaning of its own. */
        RequestRejected(Reason.RequestRejected, false),
        /** 401. */
        Unauthorized(Reason.Unauthorized, false),
        /** 403. */
        QuotaExceeded(Reason.QuotaExceeded, false),
        /** 404. */
        InstanceNotFound(Reason.InstanceNotFound, false),
        /** 429. */
        RateLimited(Reason.RateLimited, true),
        /** No answer, or none that makes sense: 5xx, 3xx, 408, 425, time-out, refused, reset, unreadable, without a state. */
        GatewayUnavailable(Reason.GatewayUnavailable, true);

        private final Reason reason;
        private final boolean passing;

        Kind(Reason reason, boolean passing) {
            this.reason = reason;
            this.passing = passing;
        }

        public Reason reason() {
            return reason;
        }

        /** True where time alone may cure it, false where somebody has to change something. */
        public boolean isTransient() {
            return passing;
        }
    }

    /** How far the call came, which decides whether it may have taken effect. */
    public enum Delivery {
        /** A limit, the breaker or the fence of this operator held it back. */
        Withheld,
        /** No connection: not a byte of it reached Wawp. */
        Unreached,
        /** Wawp answered. */
        Answered,
        /** Sent, but no readable answer came: it may have taken effect. */
        Unanswered
    }
}
