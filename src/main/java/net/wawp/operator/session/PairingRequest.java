package net.wawp.operator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A person's request to link a phone, as the status keeps it. While it is active there may be a link at Wawp and a Secret in the cluster;
 * once it has ended there is neither.
 *
 * @param token the value of the annotation that requested it
 * @param expiresAt when it ends at the latest; empty for one that was refused at once
 */
public record PairingRequest(String token, Phase phase, Optional<Instant> expiresAt) {

    /** As long as the page at Wawp that shows the QR code. */
    public static final Duration LIFETIME = Duration.ofMinutes(30);

    /** How far the request has come. The constants are the words of the API. */
    public enum Phase {
        /** The session is brought to show a QR code. */
        Preparing,
        /** The Secret holds a way to link a phone. */
        Offered,
        /** A phone is linked. */
        Paired,
        /** Nobody linked one in time, or the request was refused. */
        Expired
    }

    public static PairingRequest begin(String token, Instant now) {
        return new PairingRequest(token, Phase.Preparing, Optional.of(now.plus(LIFETIME)));
    }

    public boolean isActive() {
        return switch (phase) {
            case Preparing, Offered -> true;
            case Paired, Expired -> false;
        };
    }

    /** When it was begun. */
    public Optional<Instant> begunAt() {
        return expiresAt.map(at -> at.minus(LIFETIME));
    }

    public PairingRequest in(Phase next) {
        return new PairingRequest(token, next, expiresAt);
    }
}
