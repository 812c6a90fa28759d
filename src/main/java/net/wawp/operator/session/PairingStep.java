package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * What to do about the request to link a phone.
 *
 * @param request as the status should keep it
 * @param plan what to do about the way to pair
 * @param sentence what the user has to know, where a request is not served
 * @param recheckAt when to decide again even if nothing happens
 */
public record PairingStep(
        Optional<PairingRequest> request, Plan plan, Optional<String> sentence, Optional<Instant> recheckAt) {

    /** Since when a person waits for the session to show a code; nobody does for what is being taken back. */
    public Optional<Instant> activeSince(Instant now) {
        return request.filter(PairingRequest::isActive)
                .filter(active -> !(plan instanceof Withdraw))
                .map(active -> active.begunAt().orElse(now));
    }

    /** What to do about the way to pair. */
    public sealed interface Plan {}

    /** Leave it as it is. */
    public record Leave() implements Plan {}

    /** There should be one for this request. */
    public record Offer(String token) implements Plan {}

    /**
     * There should be none: delete the Secret and revoke the link.
     *
     * @param revokesLink false where the instance is another resource's: the link at Wawp may be its own, and nothing is called
     */
    public record Withdraw(String token, boolean revokesLink) implements Plan {}
}
