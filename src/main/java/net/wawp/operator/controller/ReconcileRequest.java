package net.wawp.operator.controller;

import java.util.Map;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/**
 * A person's request to act now: the annotation {@code wawp.net/requestedAt} with any new token.
 *
 * @param token of the request that is not handled yet
 * @param tooLong whether a token is ignored because of its length
 */
record ReconcileRequest(Optional<String> token, boolean tooLong) {

    static final String ANNOTATION = "wawp.net/requestedAt";
    static final int MAX_LENGTH = 128;

    static final String IGNORED =
            "The annotation " + ANNOTATION + " is longer than " + MAX_LENGTH + " characters and is ignored.";

    /** The message about a token that is too long. */
    Optional<String> ignored() {
        return tooLong ? Optional.of(IGNORED) : Optional.empty();
    }

    /** @param lastHandled the token of the request that was answered last */
    static ReconcileRequest of(WhatsAppSession resource, Optional<String> lastHandled) {
        Map<String, String> annotations = resource.getMetadata().getAnnotations();
        String token = annotations == null ? null : annotations.get(ANNOTATION);
        if (token == null || token.isEmpty()) {
            return new ReconcileRequest(Optional.empty(), false);
        }
        if (token.length() > MAX_LENGTH) {
            return new ReconcileRequest(Optional.empty(), true);
        }
        boolean handled = lastHandled.filter(token::equals).isPresent();
        return new ReconcileRequest(handled ? Optional.empty() : Optional.of(token), false);
    }
}
