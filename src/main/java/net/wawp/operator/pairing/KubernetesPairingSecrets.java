package net.wawp.operator.pairing;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.kubernetes.ApiServerError;
import net.wawp.operator.kubernetes.RequestLanes;
import net.wawp.operator.kubernetes.UnretriedClient;
import net.wawp.operator.time.Timestamps;

/**
 * {@link PairingSecrets} at the API server. Reads a Secret before it writes: one that is not the operator's own stays as it is, and every
 * write names the version that it replaces.
 */
public final class KubernetesPairingSecrets implements PairingSecrets {

    static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    static final String OPERATOR = "wawp-operator";
    static final String PAIRING = "wawp.net/pairing";
    static final String TOKEN = "wawp.net/pair";
    static final String WRITES = "wawp.net/pairing-writes";

    /** Six codes, and some more after a change of the leader. */
    static final int MOST_WRITES = 8;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** The status of what is no valid Secret, and of what a policy of the API server denies. */
    private static final int UNPROCESSABLE = 422;

    private final KubernetesClient client;
    private final BooleanSupplier fence;
    /** By namespace: a webhook that hangs in one delays the codes and deletions of those in the same lane alone. */
    private final RequestLanes lanes = new RequestLanes("pairing-secrets");

    /** @param fence whether this process leads: asked right before a write, and after it */
    public KubernetesPairingSecrets(KubernetesClient client, BooleanSupplier fence) {
        this.client = UnretriedClient.of(client, TIMEOUT);
        this.fence = fence;
    }

    @Override
    public CompletionStage<Outcome> write(PairingOwner owner, String token, PairingMaterial material) {
        return begin(owner, () -> writeNow(owner, token, material));
    }

    @Override
    public CompletionStage<Outcome> delete(PairingOwner owner) {
        return begin(owner, () -> deleteNow(owner));
    }

    @Override
    public void close() {
        lanes.close();
    }

    private CompletionStage<Outcome> begin(PairingOwner owner, Supplier<Outcome> task) {
        return lanes.begin(owner.namespace(), () -> {
            try {
                return fence.getAsBoolean() ? task.get() : Outcome.Failed;
            } catch (KubernetesClientException e) {
                return outcome(e);
            }
        });
    }

    private static Outcome outcome(KubernetesClientException e) {
        if (ApiServerError.missingRight(e).isPresent()) {
            return Outcome.Forbidden;
        }
        return switch (e.getCode()) {
            case HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_FORBIDDEN, UNPROCESSABLE -> Outcome.Refused;
            default -> Outcome.Failed;
        };
    }

    private Outcome writeNow(PairingOwner owner, String token, PairingMaterial material) {
        Optional<Secret> before = find(owner);
        // own is also one that a resource of the same name has left behind, which is waiting for its end
        boolean isTaken = before.filter(
                        secret -> !isOwn(secret, reference -> owner.name().equals(reference.getName())))
                .isPresent();
        if (isTaken) {
            return Outcome.Taken;
        }
        int writes = before.map(secret -> writes(secret, token)).orElse(0) + 1;
        if (writes > MOST_WRITES) {
            return Outcome.Exhausted;
        }
        SecretBuilder secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(owner.namespace())
                .withName(owner.secretName())
                .addToLabels(MANAGED_BY, OPERATOR)
                .addToLabels(PAIRING, "true")
                .addToAnnotations(TOKEN, token)
                .addToAnnotations(WRITES, String.valueOf(writes))
                .withOwnerReferences(reference(owner))
                .endMetadata()
                .withType("Opaque")
                .withData(data(material));
        if (!fence.getAsBoolean()) {
            return Outcome.Failed;
        }
        Secret written = before.map(Secret::getMetadata)
                .map(meta -> client.resource(secret.build())
                        .lockResourceVersion(meta.getResourceVersion())
                        .update())
                .orElseGet(() -> client.resource(secret.build()).create());
        if (!fence.getAsBoolean()) {
            // the lead was lost while this was under way, and whoever leads now may have deleted the Secret before
            delete(written);
            return Outcome.Failed;
        }
        return Outcome.Done;
    }

    private Outcome deleteNow(PairingOwner owner) {
        // one of another resource of the same name is not this one's to take back
        Optional<Secret> found = find(owner)
                .filter(secret -> isOwn(secret, reference -> owner.uid().equals(reference.getUid())));
        found.ifPresent(this::delete);
        return Outcome.Done;
    }

    /** Deletes this very version of it. */
    private void delete(Secret secret) {
        client.resource(secret)
                .lockResourceVersion(secret.getMetadata().getResourceVersion())
                .delete();
    }

    private Optional<Secret> find(PairingOwner owner) {
        Resource<Secret> place = client.secrets().inNamespace(owner.namespace()).withName(owner.secretName());
        return Optional.ofNullable(place.get());
    }

    /** Whether the operator made it for a resource that is meant. */
    private static boolean isOwn(Secret secret, Predicate<OwnerReference> isMeant) {
        Map<String, String> labels =
                Optional.ofNullable(secret.getMetadata().getLabels()).orElse(Map.of());
        return OPERATOR.equals(labels.get(MANAGED_BY))
                && "true".equals(labels.get(PAIRING))
                && secret.getMetadata().getOwnerReferences().stream()
                        .filter(reference -> "WhatsAppSession".equals(reference.getKind()))
                        .anyMatch(isMeant);
    }

    private static int writes(Secret secret, String token) {
        Map<String, String> annotations =
                Optional.ofNullable(secret.getMetadata().getAnnotations()).orElse(Map.of());
        if (!token.equals(annotations.get(TOKEN))) {
            return 0;
        }
        try {
            return Math.max(0, Integer.parseInt(annotations.getOrDefault(WRITES, "0")));
        } catch (NumberFormatException e) {
            return MOST_WRITES;
        }
    }

    private static OwnerReference reference(PairingOwner owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(WhatsAppSession.GROUP + "/v1alpha1")
                .withKind("WhatsAppSession")
                .withName(owner.name())
                .withUid(owner.uid())
                .withController(true)
                .build();
    }

    private static Map<String, String> data(PairingMaterial material) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("link", base64(material.link().getBytes(StandardCharsets.UTF_8)));
        data.put("expiresAt", base64(Timestamps.format(material.linkExpiresAt()).getBytes(StandardCharsets.UTF_8)));
        material.payload().ifPresent(payload -> {
            QrPicture picture = QrPicture.of(payload);
            data.put("payload", base64(payload.getBytes(StandardCharsets.UTF_8)));
            data.put("qr.txt", base64(picture.text().getBytes(StandardCharsets.UTF_8)));
            data.put("qr.png", base64(picture.png()));
        });
        return data;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
