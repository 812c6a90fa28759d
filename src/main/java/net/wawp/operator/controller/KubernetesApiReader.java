package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.kubernetes.UnretriedClient;

/** {@link ApiReader} by the Kubernetes client, without a thread that waits: a short time-out and no second try. */
public final class KubernetesApiReader implements ApiReader {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final KubernetesClient client;
    private final String apiServer;
    private final Duration timeout;

    public KubernetesApiReader(KubernetesClient client) {
        this(client, TIMEOUT);
    }

    /** @param timeout after which a read without an answer fails */
    KubernetesApiReader(KubernetesClient client, Duration timeout) {
        this.client = UnretriedClient.of(client, timeout);
        this.timeout = timeout;
        String address = client.getMasterUrl().toString();
        this.apiServer = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    @Override
    public CompletionStage<Response<Secret>> secret(String namespace, String name) {
        return get("/api/v1/namespaces/" + segment(namespace) + "/secrets/" + segment(name), Secret.class);
    }

    @Override
    public CompletionStage<Response<WhatsAppSession>> session(String namespace, String name) {
        return get(
                "/apis/wawp.net/v1alpha1/namespaces/" + segment(namespace) + "/whatsappsessions/" + segment(name),
                WhatsAppSession.class);
    }

    /** The name as one segment of a path, whatever is in it. */
    private static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private <T extends HasMetadata> CompletionStage<Response<T>> get(String path, Class<T> type) {
        HttpClient http = client.getHttpClient();
        CompletableFuture<HttpResponse<byte[]>> response = http.sendAsync(
                http.newHttpRequestBuilder()
                        .uri(URI.create(apiServer + path))
                        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .build(),
                byte[].class);
        return response.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).thenApply(answer -> {
            boolean isOk = answer.code() == HttpURLConnection.HTTP_OK;
            return new Response<>(
                    answer.code(),
                    isOk
                            ? Optional.of(client.getKubernetesSerialization()
                                    .unmarshal(new ByteArrayInputStream(answer.body()), type))
                            : Optional.empty());
        });
    }
}
