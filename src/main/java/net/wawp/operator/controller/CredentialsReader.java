package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
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
        if (known.content() instanceof SecretStore.Found found) {
            return interpret(found.secret(), secretName, ref, instanceId, known);
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
            Secret secret,
            String secretName,
            CredentialsSecretRef ref,
            Optional<String> instanceId,
            SecretStore.Known known) {
        Instant readAt = known.readAt();
        if (!"Opaque".equals(secret.getType()) && secret.getType() != null) {
            return invalid(secretName + " must be of type Opaque.", readAt);
        }
        Optional<String> token = value(secret, ref.accessTokenKey());
        if (token.isEmpty()) {
            return invalid(
                    secretName + " has no value under the key " + ref.accessTokenKey()
                            + ": put the access token there.",
                    readAt);
        }
        if (!isPlain(token.get())) {
            return invalid(
                    secretName + " has a value under the key " + ref.accessTokenKey()
                            + " that cannot be an access token: it must be one line of printable ASCII without spaces.",
                    readAt);
        }
        Optional<String> instance = instanceId.or(() -> value(secret, ref.instanceIdKey()));
        if (instance.isEmpty()) {
            return invalid(
                    secretName + " has no value under the key " + ref.instanceIdKey()
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

    private static Optional<String> value(Secret secret, String key) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        return Optional.ofNullable(data.get(key))
                .flatMap(CredentialsReader::decode)
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private static Optional<String> decode(String base64) {
        try {
            return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A token with a line break or a control character would be a mistake at best, a forged request at worst. */
    private static boolean isPlain(String token) {
        return token.length() <= 4096 && token.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }
}
