package net.wawp.operator.testing;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.HttpURLConnection;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;

/** Fabric8's embedded API server with what a test needs in it: it stores and watches, and knows neither schema nor RBAC. */
public final class EmbeddedCluster implements AutoCloseable {

    public static final String NAMESPACE = "crm";
    public static final String TOKEN = "wawp-token-0123456789abcdef";

    private final EmbeddedApiServer server = new EmbeddedApiServer(new KubernetesCrudDispatcher());
    private final KubernetesClient client;

    public EmbeddedCluster() {
        server.init();
        client = newClient(builder -> {});
    }

    /** Another client, for the caller to close. */
    public KubernetesClient newClient(Consumer<KubernetesClientBuilder> adjust) {
        return server.createClient(builder -> {
            KubernetesSerialization serialization = new KubernetesSerialization();
            // a real API server tells what the kind in a file is, this one does not: its clients have to know
            serialization.registerKubernetesResource(WhatsAppSession.class);
            builder.withKubernetesSerialization(serialization);
            adjust.accept(builder);
        });
    }

    public EmbeddedApiServer server() {
        return server;
    }

    public KubernetesClient client() {
        return client;
    }

    public void secret(String name, String token) {
        secret(name, Map.of("access_token", token));
    }

    public void secret(String name, Map<String, String> values) {
        Map<String, String> data = new HashMap<>();
        values.forEach((key, value) -> data.put(key, Base64.getEncoder().encodeToString(value.getBytes())));
        client.resource(new SecretBuilder()
                        .withMetadata(new ObjectMetaBuilder()
                                .withNamespace(NAMESPACE)
                                .withName(name)
                                .build())
                        .withType("Opaque")
                        .withData(data)
                        .build())
                .createOr(NonDeletingOperation::update);
    }

    public WhatsAppSession apply(String name, String instanceId, DesiredState desired) {
        return apply(
                name,
                WhatsAppSessionSpec.builder()
                        .desiredState(desired)
                        .instanceId(instanceId)
                        .credentialsSecretRef(new CredentialsSecretRef("wawp-credentials"))
                        .build());
    }

    public WhatsAppSession apply(String name, WhatsAppSessionSpec spec) {
        WhatsAppSession session = new WhatsAppSession();
        session.setMetadata(new ObjectMetaBuilder()
                .withNamespace(NAMESPACE)
                .withName(name)
                .withGeneration(1L)
                .build());
        session.setSpec(spec);
        return client.resource(session).create();
    }

    /** Asks for something now, as a person does with {@code kubectl annotate}. */
    public void request(String name, String token) {
        change(name, session -> session.getMetadata().getAnnotations().put("wawp.net/requestedAt", token));
    }

    /** Has a resource that is there reconciled once more. */
    public void stir(String name) {
        if (get(name) == null) {
            return;
        }
        try {
            request(name, java.util.UUID.randomUUID().toString());
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            // the operator let it go meanwhile
        }
    }

    public void delete(String name) {
        named(name).delete();
    }

    /** Changes the spec as kubectl would: the embedded server does not count generations by itself. */
    public void edit(String name, UnaryOperator<WhatsAppSessionSpec> change) {
        change(name, session -> {
            session.setSpec(change.apply(session.getSpec()));
            session.getMetadata().setGeneration(session.getMetadata().getGeneration() + 1);
        });
    }

    public WhatsAppSession get(String name) {
        return named(name).get();
    }

    public WhatsAppSessionStatus status(String name) {
        return get(name).getStatus();
    }

    /** Once more where the operator has written meanwhile: unlike the real one, this server takes every patch for a conditional one. */
    private void change(String name, Consumer<WhatsAppSession> change) {
        await().ignoreExceptionsMatching(e -> e instanceof KubernetesClientException conflict
                        && conflict.getCode() == HttpURLConnection.HTTP_CONFLICT)
                .until(() -> named(name).edit(session -> {
                            change.accept(session);
                            return session;
                        })
                        != null);
    }

    private Resource<WhatsAppSession> named(String name) {
        return client.resources(WhatsAppSession.class).inNamespace(NAMESPACE).withName(name);
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
    }
}
