package net.wawp.operator.kubernetes;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/**
 * How the operator reaches the API server. By Vert.x, since Fabric8's client on the JDK's loses the end of a watch that breaks off while an
 * event is handled, and then the operator would see nothing for minutes.
 */
public final class ApiServerClient {

    /**
     * A watch that shows nothing for so long is taken up again: its connection may have ended without a word. The API server sends a bookmark
     * about once a minute (Kubernetes API concepts, watch bookmarks).
     */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(90);

    /**
     * Who wrote which field: nobody here reads it, and it is almost half of what a list would make. The API server leaves it as it is where a
     * write does not name it.
     */
    @JsonIgnoreProperties("managedFields")
    private interface WithoutManagedFields {}

    private ApiServerClient() {}

    /**
     * A client that knows no more kinds than the operator needs.
     *
     * @param connections runs the connections to the API server; stays open when the client is closed
     */
    public static KubernetesClient create(Config access, Vertx connections) {
        return create(access, connections, LONGEST_SILENCE);
    }

    /** @param longestSilence of a connection that something is awaited of */
    static KubernetesClient create(Config access, Vertx connections, Duration longestSilence) {
        // it would load all kinds of Kubernetes, 700 classes
        boolean searchesForKinds = false;
        ObjectMapper json = new ObjectMapper().addMixIn(ObjectMeta.class, WithoutManagedFields.class);
        KubernetesSerialization serialization = new KubernetesSerialization(json, searchesForKinds);
        // all that a watch shows: resources, and what ends one that is too old
        serialization.registerKubernetesResource(WhatsAppSession.class);
        serialization.registerKubernetesResource(Status.class);
        return new KubernetesClientBuilder()
                .withConfig(access)
                .withHttpClientFactory(new VertxHttpClientFactory(connections) {
                    @Override
                    protected void additionalConfig(WebClientOptions options) {
                        options.setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                                .setReadIdleTimeout((int) longestSilence.toMillis());
                    }
                })
                .withKubernetesSerialization(serialization)
                .build();
    }
}
