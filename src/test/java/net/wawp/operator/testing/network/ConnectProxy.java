package net.wawp.operator.testing.network;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that knows {@code CONNECT} alone and leads to one port of this machine, whatever host it is asked for. */
public final class ConnectProxy implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";

    private final Vertx vertx = Vertx.vertx();
    private final int target;
    private final Optional<String> authorization;
    private final HttpServer server;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private ConnectProxy(int target, Optional<String> authorization) {
        this.target = target;
        this.authorization = authorization;
        this.server = vertx.createHttpServer()
                .requestHandler(this::serve)
                .listen(0, LOOPBACK)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    public static ConnectProxy forEverybody(int target) {
        return new ConnectProxy(target, Optional.empty());
    }

    /** One that turns away who does not name this user with this password. */
    public static ConnectProxy forUser(int target, String user, String password) {
        byte[] login = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return new ConnectProxy(
                target, Optional.of("Basic " + Base64.getEncoder().encodeToString(login)));
    }

    public int port() {
        return server.actualPort();
    }

    /** Method and target of every request so far. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    private void serve(HttpServerRequest request) {
        asked.add(request.method() + " " + request.uri());
        if (authorization
                .filter(right -> !right.equals(request.getHeader(HttpHeaders.PROXY_AUTHORIZATION)))
                .isPresent()) {
            request.response()
                    .setStatusCode(407)
                    .putHeader(HttpHeaders.PROXY_AUTHENTICATE, "Basic realm=\"proxy\"")
                    .end();
        } else if (request.method().equals(HttpMethod.CONNECT)) {
            vertx.createNetClient()
                    .connect(target, LOOPBACK)
                    .onSuccess(wawp -> request.toNetSocket().onSuccess(client -> {
                        client.pipeTo(wawp);
                        wawp.pipeTo(client);
                    }))
                    .onFailure(away -> request.response().setStatusCode(502).end());
        } else {
            request.response().setStatusCode(405).end();
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
