package net.wawp.operator.session;

import java.util.Optional;

/** What this process knows of the way to pair that a request asks for. Holds nothing of the way itself. */
public sealed interface PairingOffer {

    /** Nothing: it has not begun with any. */
    record None() implements PairingOffer {}

    /** It is being made. */
    record Opening(String token) implements PairingOffer {}

    /** The Secret holds it. */
    record Open(String token) implements PairingOffer {}

    /** It cannot be made. {@code message}: a sentence for the user that says why, and what to do. */
    record Impossible(String token, String message) implements PairingOffer {}

    /** It is being taken back. {@code impossible}: why it could not be made, if so. */
    record Closing(String token, Optional<String> impossible) implements PairingOffer {}

    /** The link is revoked and the Secret is gone. {@code impossible}: why it could not be made, if so. */
    record Closed(String token, Optional<String> impossible) implements PairingOffer {}

    /** Why the way to pair of this request cannot be made, if that is so. */
    default Optional<String> impossible(String requested) {
        if (this instanceof Impossible never && never.token().equals(requested)) {
            return Optional.of(never.message());
        }
        if (this instanceof Closing closing && closing.token().equals(requested)) {
            return closing.impossible();
        }
        return this instanceof Closed closed && closed.token().equals(requested)
                ? closed.impossible()
                : Optional.empty();
    }
}
