package net.wawp.operator.controller;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.time.Timestamps;

/** What people and apps request by annotations. A value that cannot be used is none, and the user is told. */
final class PersonRequests {

    static final String REQUESTED_AT = "wawp.net/requestedAt";
    static final String PAIR = "wawp.net/pair";
    static final String RESTART = "wawp.net/restart";
    static final String LAST_USED_AT = "wawp.net/lastUsedAt";

    private static final List<String> TOKENS = List.of(REQUESTED_AT, PAIR, RESTART);
    private static final int LONGEST_TOKEN = 128;

    private PersonRequests() {}

    /**
     * The token of a request to act now that is still to be handled.
     *
     * @param lastHandled the token of the request that was answered last
     */
    static Optional<String> openRequest(WhatsAppSession resource, Optional<String> lastHandled) {
        return token(resource, REQUESTED_AT)
                .filter(token -> lastHandled.filter(token::equals).isEmpty());
    }

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
        return value(resource, LAST_USED_AT)
                .flatMap(Timestamps::parse)
                // an earlier one says nothing, and could leave the range of Instant
                .filter(Instant.EPOCH::isBefore);
    }

    /** The message about the values that cannot be used, if there are any. */
    static Optional<String> ignored(WhatsAppSession resource) {
        StringJoiner message = new StringJoiner(" ");
        for (String name : TOKENS) {
            if (value(resource, name).filter(PersonRequests::isTooLong).isPresent()) {
                message.add(
                        "The annotation " + name + " is longer than " + LONGEST_TOKEN + " characters and is ignored.");
            }
        }
        if (value(resource, LAST_USED_AT).isPresent() && lastUsedAt(resource).isEmpty()) {
            message.add("The annotation " + LAST_USED_AT
                    + " is not a time such as 2026-01-31T08:00:00Z (RFC 3339) and is ignored.");
        }
        return message.length() == 0 ? Optional.empty() : Optional.of(message.toString());
    }

    private static Optional<String> token(WhatsAppSession resource, String name) {
        return value(resource, name).filter(token -> !isTooLong(token));
    }

    private static boolean isTooLong(String token) {
        return token.length() > LONGEST_TOKEN;
    }

    /** The value of an annotation; an empty one is none. */
    private static Optional<String> value(WhatsAppSession resource, String name) {
        Map<String, String> annotations =
                Objects.requireNonNullElse(resource.getMetadata().getAnnotations(), Map.of());
        return Optional.ofNullable(annotations.get(name)).filter(text -> !text.isEmpty());
    }
}
