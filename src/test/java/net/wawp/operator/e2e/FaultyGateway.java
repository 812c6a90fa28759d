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
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Stands between the operator and the API server: lets everything through, save what it is told to refuse or to cut off. */
final class FaultyGateway implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final Queue<Integer> refusals = new ConcurrentLinkedQueue<>();
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
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

    /** Refuses the next writes of a status, with these answers in turn. */
    void refuseStatusWrites(Integer... statusCodes) {
        refusals.addAll(List.of(statusCodes));
    }

    boolean hasRefusedAll() {
        return refusals.isEmpty();
    }

    /** Closes every connection, that of the watch included. */
    void dropConnections() {
        connections.forEach(HttpConnection::close);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void handle(HttpServerRequest request) {
        if (connections.add(request.connection())) {
            request.connection().closeHandler(closed -> connections.remove(request.connection()));
        }
        boolean writesStatus =
                request.method() == HttpMethod.PUT && request.path().endsWith("/status");
        Integer refusal = writesStatus ? refusals.poll() : null;
        if (refusal == null) {
            proxy.handle(request);
        } else {
            request.response()
                    .setStatusCode(refusal)
                    .putHeader("Content-Type", "application/json")
                    .end(new JsonObject()
                            .put("kind", "Status")
                            .put("apiVersion", "v1")
                            .put("status", "Failure")
                            .put("code", refusal)
                            .toBuffer());
        }
    }
}
