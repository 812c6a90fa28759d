package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.session.Reason;
import net.wawp.operator.wawp.Credentials;

/**
 * Reads credentials from Secrets (verb {@code get} only) and remembers each Secret for a while, once for all resources
 * that share it. No message quotes a value of a Secret.
 */
final class CredentialsResolver {

    private static final Duration UNUSED_AFTER = Duration.ofMinutes(30);
    private static final Duration SWEEP_PERIOD = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Map<Name, Snapshot> snapshots = new ConcurrentHashMap<>();
    private volatile Instant nextSweep = Instant.MIN;

    CredentialsResolver(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /** What a Secret gives. */
    sealed interface Resolution {
        Instant readAt();
    }

    record Resolved(Credentials credentials, Instant readAt) implements Resolution {}

    /** Why not, in a sentence for the user. */
    record Unresolved(Reason reason, String message, Instant readAt) implements Resolution {}

    private record Name(String namespace, String name) {}

    private record Snapshot(Optional<Secret> secret, boolean forbidden, Instant readAt, Instant usedAt) {
        Snapshot usedAt(Instant now) {
            return new Snapshot(secret, forbidden, readAt, now);
        }
    }

    /**
     * @param instanceId the resource's own; empty: the Secret's
     * @param notBefore a Secret that was read earlier is read anew
     * @throws KubernetesClientException when the API server cannot be asked
     */
    Resolution resolve(String namespace, CredentialsSecretRef ref, Optional<String> instanceId, Instant notBefore) {
        Instant now = clock.instant();
        Snapshot snapshot = snapshots.compute(new Name(namespace, ref.name()), (name, known) -> {
            boolean usable = known != null && !known.readAt().isBefore(notBefore);
            return usable ? known.usedAt(now) : read(name, now);
        });
        forgetUnused(now);
        return interpret(snapshot, ref, instanceId);
    }

    private void forgetUnused(Instant now) {
        if (!now.isBefore(nextSweep)) {
            nextSweep = now.plus(SWEEP_PERIOD);
            snapshots.values().removeIf(old -> old.usedAt().plus(UNUSED_AFTER).isBefore(now));
        }
    }

    private Snapshot read(Name name, Instant now) {
        try {
            Optional<Secret> secret = Optional.ofNullable(client.secrets()
                            .inNamespace(name.namespace())
                            .withName(name.name())
                            .get())
                    .map(CredentialsResolver::withoutMetadata);
            return new Snapshot(secret, false, now, now);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return new Snapshot(Optional.empty(), true, now, now);
            }
            throw e;
        }
    }

    /** Managed fields and annotations would be most of what is remembered, and an annotation may repeat the values. */
    private static Secret withoutMetadata(Secret secret) {
        return new SecretBuilder()
                .withType(secret.getType())
                .withData(secret.getData())
                .build();
    }

    private static Resolution interpret(Snapshot snapshot, CredentialsSecretRef ref, Optional<String> instanceId) {
        String secretName = "Secret " + ref.name();
        if (snapshot.forbidden()) {
            return new Unresolved(
                    Reason.SecretNotFound,
                    "The operator may not read " + secretName + ": grant it the verb get on secrets in this namespace.",
                    snapshot.readAt());
        }
        if (snapshot.secret().isEmpty()) {
            return new Unresolved(
                    Reason.SecretNotFound,
                    secretName + " does not exist in this namespace: create it with the access token.",
                    snapshot.readAt());
        }
        Secret secret = snapshot.secret().get();
        if (!"Opaque".equals(secret.getType()) && secret.getType() != null) {
            return invalid(snapshot, secretName + " must be of type Opaque.");
        }
        Optional<String> token = value(secret, ref.accessTokenKey());
        if (token.isEmpty()) {
            return invalid(
                    snapshot,
                    secretName + " has no value under the key " + ref.accessTokenKey() + ": put the"
                            + " access token there.");
        }
        if (!isPlain(token.get())) {
            return invalid(
                    snapshot,
                    secretName + " has a value under the key " + ref.accessTokenKey() + " that cannot be"
                            + " an access token: it must be one line of printable ASCII without spaces.");
        }
        Optional<String> instance = instanceId.or(() -> value(secret, ref.instanceIdKey()));
        if (instance.isEmpty()) {
            return invalid(
                    snapshot,
                    secretName + " has no value under the key " + ref.instanceIdKey() + " and the resource"
                            + " names no spec.instanceId: set one of them.");
        }
        if (!SpecReader.isInstanceId(instance.get())) {
            return invalid(
                    snapshot,
                    secretName + " has a value under the key " + ref.instanceIdKey() + " that cannot be an"
                            + " instance id: it must be 6 to 64 letters and digits.");
        }
        return new Resolved(new Credentials(instance.get(), token.get()), snapshot.readAt());
    }

    private static Unresolved invalid(Snapshot snapshot, String message) {
        return new Unresolved(Reason.SecretInvalid, message, snapshot.readAt());
    }

    private static Optional<String> value(Secret secret, String key) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        return Optional.ofNullable(data.get(key))
                .flatMap(CredentialsResolver::decode)
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
