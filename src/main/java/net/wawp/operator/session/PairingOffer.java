package net.wawp.operator.session;

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

    /** It is being taken back. */
    record Closing(String token) implements PairingOffer {}

    /** The link is revoked and the Secret is gone. */
    record Closed(String token) implements PairingOffer {}
}
