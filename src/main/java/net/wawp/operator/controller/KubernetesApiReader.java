package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.kubernetes.UnretriedClient;

/** {@link ApiReader} by the Kubernetes client, without a thread that waits: a short time-out and no second try. */
public final class KubernetesApiReader implements ApiReader {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** A namespace belongs to one shard: more than a few of another are there only while it moves. */
    private static final int PAGE = 200;

    private static final String RESOURCES = "/apis/wawp.net/v1alpha1/whatsappsessions";

    /** Such a resource has an access token for the instance; one that only names it must not keep anybody of another namespace from a call. */
    private static final String BOUND = "status.instanceId=";

    private final KubernetesClient client;
    private final String otherShards;
    private final boolean watchesAllNamespaces;
    private final String apiServer;
    private final Duration timeout;

    /**
     * @param otherShards selects the resources that operators of other shards serve
     * @param watchesAllNamespaces whether this operator may list those of all namespaces
     */
    public KubernetesApiReader(KubernetesClient client, String otherShards, boolean watchesAllNamespaces) {
        this(client, otherShards, watchesAllNamespaces, TIMEOUT);
    }

    /** @param timeout after which a read without an answer fails */
    KubernetesApiReader(KubernetesClient client, String otherShards, boolean watchesAllNamespaces, Duration timeout) {
        this.otherShards = otherShards;
        this.watchesAllNamespaces = watchesAllNamespaces;
        this.client = UnretriedClient.of(client, timeout);
        this.timeout = timeout;
        String address = client.getMasterUrl().toString();
        this.apiServer = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    @Override
    public CompletionStage<Response<Secret>> secret(String namespace, String name) {
        CappedBody body = new CappedBody();
        HttpRequest request = request("/api/v1/namespaces/" + segment(namespace) + "/secrets/" + segment(name));
        return client.getHttpClient()
                .consumeBytes(request, body)
                .thenCompose(answer -> body.end(answer.body()).thenApply(unused -> answer.code()))
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(status -> status == HttpURLConnection.HTTP_OK && body.isTooLarge
                        ? new Response<>(HttpURLConnection.HTTP_ENTITY_TOO_LARGE, Optional.empty())
                        : response(status, body.received.toByteArray(), Secret.class));
    }

    @Override
    public CompletionStage<Response<WhatsAppSession>> session(String namespace, String name) {
        return get(sessions(namespace) + "/" + segment(name), WhatsAppSession.class);
    }

    @Override
    public CompletionStage<Response<List<WhatsAppSession>>> sessionsOfOtherShards(String namespace, String instanceId) {
        CompletionStage<Response<List<WhatsAppSession>>> found =
                list(sessions(namespace) + ofOtherShards() + "&limit=" + PAGE);
        if (!watchesAllNamespaces) {
            return found;
        }
        for (String spelling : InstanceClaims.spellings(instanceId)) {
            // no limit: with one the API server would not answer from its cache, and read all resources for the few
            // that match
            String bound = RESOURCES + ofOtherShards() + "&fieldSelector=" + segment(BOUND + spelling);
            found = found.thenCombine(list(bound), KubernetesApiReader::both);
        }
        return found;
    }

    private CompletionStage<Response<List<WhatsAppSession>>> list(String path) {
        return get(path, Sessions.class).thenApply(answer -> {
            answer.body()
                    .map(Sessions::getMetadata)
                    .map(ListMeta::getContinue)
                    .filter(next -> !next.isEmpty())
                    .ifPresent(next -> {
                        throw new IllegalStateException("more than %d resources of other shards".formatted(PAGE));
                    });
            return new Response<>(answer.status(), answer.body().map(Sessions::getItems));
        });
    }

    /** What two lists hold together; nothing is known where one of them was refused. */
    private static Response<List<WhatsAppSession>> both(
            Response<List<WhatsAppSession>> one, Response<List<WhatsAppSession>> other) {
        if (one.body().isEmpty() || other.body().isEmpty()) {
            return one.body().isEmpty() ? one : other;
        }
        return new Response<>(
                one.status(),
                Optional.of(Stream.of(one, other)
                        .flatMap(answer -> answer.body().orElseThrow().stream())
                        .toList()));
    }

    private String ofOtherShards() {
        return "?labelSelector=" + segment(otherShards);
    }

    private static String sessions(String namespace) {
        return "/apis/wawp.net/v1alpha1/namespaces/" + segment(namespace) + "/whatsappsessions";
    }

    private static final class Sessions extends DefaultKubernetesResourceList<WhatsAppSession> {}

    /** The name as one segment of a path, whatever is in it. */
    private static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private <T> CompletionStage<Response<T>> get(String path, Class<T> type) {
        return client.getHttpClient()
                .sendAsync(request(path), byte[].class)
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(answer -> response(answer.code(), answer.body(), type));
    }

    private HttpRequest request(String path) {
        return client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(URI.create(apiServer + path))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    private <T> Response<T> response(int status, byte[] body, Class<T> type) {
        return new Response<>(
                status,
                status == HttpURLConnection.HTTP_OK
                        ? Optional.of(
                                client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(body), type))
                        : Optional.empty());
    }

    /** Collects a Secret. Takes no more of it as soon as it is too large: many may be read at the same time. */
    private static final class CappedBody implements AsyncBody.Consumer<List<ByteBuffer>> {

        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private boolean isTooLarge;

        @Override
        public void consume(List<ByteBuffer> bytes, AsyncBody body) {
            int more = bytes.stream().mapToInt(ByteBuffer::remaining).sum();
            isTooLarge |= received.size() + more > MOST_SECRET_BYTES;
            if (isTooLarge) {
                body.cancel();
                return;
            }
            for (ByteBuffer part : bytes) {
                byte[] copy = new byte[part.remaining()];
                part.get(copy);
                received.writeBytes(copy);
            }
            body.consume();
        }

        /** Receives the body. */
        CompletionStage<Void> end(AsyncBody body) {
            body.consume();
            return body.done()
                    .handle((done, error) -> isTooLarge || error == null
                            ? CompletableFuture.<Void>completedStage(null)
                            : CompletableFuture.<Void>failedStage(error))
                    .thenCompose(outcome -> outcome);
        }
    }
}
