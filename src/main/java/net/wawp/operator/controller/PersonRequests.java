package net.wawp.operator.controller;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.time.Timestamps;

/** What people and apps request by annotations, beside {@link ReconcileRequest}. A token that is too long is none. */
final class PersonRequests {

    static final String PAIR = "wawp.net/pair";
    static final String RESTART = "wawp.net/restart";
    static final String LAST_USED_AT = "wawp.net/lastUsedAt";

    private PersonRequests() {}

    /** The token of a request to link a phone, handled or not. */
    static Optional<String> pair(WhatsAppSession resource) {
        return token(resource, PAIR);
    }

    /** The token of a request to restart the session, handled or not. */
    static Optional<String> restart(WhatsAppSession resource) {
        return token(resource, RESTART);
    }

    /** Whether the last request to restart the session is still to be handled. */
    static boolean isRestartOpen(WhatsAppSession resource, KnownStatus known) {
        return restart(resource)
                .filter(token -> !token.equals(known.handled().restart()))
                .isPresent();
    }

    /** Whether the last request to restart the session was handled by refusing it. */
    static boolean isRestartRefused(WhatsAppSession resource, KnownStatus known) {
        return known.handled().isRestartRefused()
                && restart(resource)
                        .filter(token -> token.equals(known.handled().restart()))
                        .isPresent();
    }

    /** When the session was used last, as the app says that sends with it. */
    static Optional<Instant> lastUsedAt(WhatsAppSession resource) {
        return annotation(resource, LAST_USED_AT).flatMap(Timestamps::parse);
    }

    private static Optional<String> token(WhatsAppSession resource, String name) {
        return annotation(resource, name)
                .filter(token -> !token.isEmpty() && token.length() <= ReconcileRequest.MAX_LENGTH);
    }

    private static Optional<String> annotation(WhatsAppSession resource, String name) {
        Map<String, String> annotations =
                Objects.requireNonNullElse(resource.getMetadata().getAnnotations(), Map.of());
        return Optional.ofNullable(annotations.get(name));
    }
}
