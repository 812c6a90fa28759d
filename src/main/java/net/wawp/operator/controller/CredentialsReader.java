package net.wawp.operator.controller;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.session.SecretState.Unread;
import net.wawp.operator.session.SecretState.Unusable;
import net.wawp.operator.session.SecretState.Usable;
import net.wawp.operator.wawp.Credentials;

/** Makes credentials of what was read of a Secret, or a sentence that says why there are none. No message quotes a value. */
final class CredentialsReader {

    static final int MOST_TOKEN_CHARACTERS = 4096;

    static final Result UNREAD = new Result(new Unread(), Optional.empty());

    private CredentialsReader() {}

    /** What a Secret gives, and the credentials where it gives some. */
    record Result(SecretState state, Optional<Credentials> credentials) {}

    /** @param instanceId the resource's own; empty: the Secret's */
    static Result read(SecretStore.Known known, CredentialsSecretRef ref, Optional<String> instanceId) {
        String secretName = "Secret " + ref.name();
        if (known.content() instanceof SecretStore.Unavailable unavailable) {
            return unusable(
                    Reason.SecretNotFound,
                    secretName + " cannot be read: " + unavailable.why() + ". It is read again within a minute.",
                    known.readAt(),
                    true);
        }
        if (known.content() instanceof SecretStore.Forbidden) {
            return unusable(
                    Reason.SecretNotFound,
                    "The operator may not read " + secretName
                            + ": grant its service account the verb get on secrets in this namespace.",
                    known.readAt(),
                    false);
        }
        if (known.content() instanceof SecretStore.TooLarge) {
            return invalid(
                    "%s is larger than %d KiB, so the operator does not read it: keep the access token in a Secret of its own."
                            .formatted(secretName, ApiReader.MOST_SECRET_BYTES / 1024),
                    known.readAt());
        }
        if (known.content() instanceof SecretStore.Found found) {
            return interpret(found, secretName, ref, instanceId, known);
        }
        return unusable(
                Reason.SecretNotFound,
                secretName + " does not exist in this namespace: create it with the access token.",
                known.readAt(),
                false);
    }

    /** Credentials that were read before the Secret went. */
    static Result lastKnown(Credentials credentials, Instant readAt) {
        return new Result(
                new Usable(credentials.instanceId(), true, readAt, Optional.empty()), Optional.of(credentials));
    }

    private static Result interpret(
            SecretStore.Found secret,
            String secretName,
            CredentialsSecretRef ref,
            Optional<String> instanceId,
            SecretStore.Known known) {
        Instant readAt = known.readAt();
        if (!"Opaque".equals(secret.type()) && secret.type() != null) {
            return invalid(secretName + " must be of type Opaque.", readAt);
        }
        Optional<String> token = Optional.ofNullable(secret.values().get(ref.accessTokenKey()));
        if (token.isEmpty()) {
            return invalid(
                    secretName + " has no text under the key " + ref.accessTokenKey() + ": put the access token there.",
                    readAt);
        }
        if (!isPlain(token.get())) {
            return invalid(
                    secretName + " has a value under the key " + ref.accessTokenKey()
                            + " that cannot be an access token: it must be one line of printable ASCII without spaces.",
                    readAt);
        }
        Optional<String> instance =
                instanceId.or(() -> Optional.ofNullable(secret.values().get(ref.instanceIdKey())));
        if (instance.isEmpty()) {
            return invalid(
                    secretName + " has no text under the key " + ref.instanceIdKey()
                            + " and the resource names no spec.instanceId: set one of them.",
                    readAt);
        }
        if (!SpecReader.isInstanceId(instance.get())) {
            return invalid(
                    secretName + " has a value under the key " + ref.instanceIdKey()
                            + " that cannot be an instance id: it must be 6 to 64 letters and digits.",
                    readAt);
        }
        return new Result(
                new Usable(instance.get(), instanceId.isEmpty(), readAt, known.staleBecause()),
                Optional.of(new Credentials(instance.get(), token.get())));
    }

    private static Result invalid(String message, Instant readAt) {
        return unusable(Reason.SecretInvalid, message, readAt, false);
    }

    private static Result unusable(Reason reason, String message, Instant readAt, boolean isTransient) {
        return new Result(new Unusable(reason, message, readAt, isTransient), Optional.empty());
    }

    /** A token with a line break or a control character would be a mistake at best, a forged request at worst. */
    private static boolean isPlain(String token) {
        return token.length() <= MOST_TOKEN_CHARACTERS && token.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }
}
