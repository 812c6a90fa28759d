package net.wawp.operator.e2e;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.httpproxy.HttpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between the operator and the API server and lets everything through, except what it is told to refuse or cut off. A refusal
 * concerns one namespace, so that tests do not disturb each other.
 */
final class FaultyGateway implements AutoCloseable {

    private static final Pattern SESSION = Pattern.compile("/namespaces/([^/]+)/whatsappsessions/[^/]+(/status)?");

    /** What the operator writes about a session. */
    enum Write {
        Status,
        Finalizers
    }

    private record Target(String namespace, Write write) {}

    private final Vertx vertx = Vertx.vertx();
    private final Map<Target, Queue<Integer>> refusals = new ConcurrentHashMap<>();
    private final Set<HttpConnection> watches = ConcurrentHashMap.newKeySet();
    private final HttpProxy proxy;
    private final HttpServer server;

    FaultyGateway(URI apiServer) {
        proxy = HttpProxy.reverseProxy(vertx.createHttpClient(new HttpClientOptions()
                        .setSsl(true)
                        .setTrustAll(true)
                        .setVerifyHost(false)
                        .setMaxPoolSize(100)))
                .origin(apiServer.getPort(), apiServer.getHost());
        server = vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** The same access as this, by way of the gateway. */
    Path kubeconfigLike(Path kubeconfig) {
        try {
            return Files.writeString(
                    kubeconfig.resolveSibling(kubeconfig.getFileName() + "-gateway"),
                    Files.readString(kubeconfig)
                            .replaceAll("https://127[.]0[.]0[.]1:[0-9]+/?", "http://127.0.0.1:" + server.actualPort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Refuses the next writes of this kind in this namespace, with these answers in turn. */
    void refuse(Write write, String namespace, Integer... statusCodes) {
        refusals.put(new Target(namespace, write), new ConcurrentLinkedQueue<>(List.of(statusCodes)));
    }

    boolean hasRefusedAll(Write write, String namespace) {
        return refusals.get(new Target(namespace, write)).isEmpty();
    }

    /** Closes the connection of every watch that was asked for since the last time, and returns how many there were. */
    int dropWatches() {
        List<HttpConnection> open = List.copyOf(watches);
        watches.removeAll(open);
        open.forEach(HttpConnection::close);
        return open.size();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void handle(HttpServerRequest request) {
        if ("true".equals(request.getParam("watch"))) {
            watches.add(request.connection());
        }
        Optional<Integer> refusal = target(request).map(refusals::get).map(Queue::poll);
        if (refusal.isEmpty()) {
            proxy.handle(request);
        } else {
            refuse(request, refusal.get());
        }
    }

    private static Optional<Target> target(HttpServerRequest request) {
        Matcher session = SESSION.matcher(request.path());
        if (!session.find()) {
            return Optional.empty();
        }
        boolean status = session.group(2) != null;
        if (request.method() == HttpMethod.PUT && status) {
            return Optional.of(new Target(session.group(1), Write.Status));
        }
        return request.method() == HttpMethod.PATCH && !status
                ? Optional.of(new Target(session.group(1), Write.Finalizers))
                : Optional.empty();
    }

    private static void refuse(HttpServerRequest request, int statusCode) {
        request.response()
                .setStatusCode(statusCode)
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject()
                        .put("kind", "Status")
                        .put("apiVersion", "v1")
                        .put("status", "Failure")
                        .put("code", statusCode)
                        .toBuffer());
    }
}
