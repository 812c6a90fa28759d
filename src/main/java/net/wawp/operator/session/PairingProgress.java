package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * How far a person's request to link a phone has come.
 *
 * @param requested the token of the annotation, handled or not
 * @param requestedAt when this process first saw that token, or that there is none
 * @param last the request that the status keeps
 * @param offer what this process has made for it
 */
public record PairingProgress(
        Optional<String> requested, Instant requestedAt, Optional<PairingRequest> last, PairingOffer offer) {

    /** Where nobody has ever made a request. */
    public static final PairingProgress NONE =
            new PairingProgress(Optional.empty(), Instant.MIN, Optional.empty(), new PairingOffer.None());
}
