package net.wawp.operator.management;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import net.wawp.operator.logging.FailureLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves {@code /livez}, {@code /readyz} and {@code /metrics} on every address of the machine. */
public final class ManagementServer {

    private static final Logger log = LoggerFactory.getLogger(ManagementServer.class);

    private static final String TEXT = "text/plain; charset=utf-8";
    // the text format of Prometheus, which every scraper reads
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
    private static final int IDLE_SECONDS = 30;

    private final Vertx vertx;
    private final HttpServer server;
    /** By path. */
    private final SortedMap<String, Endpoint> endpoints;

    /**
     * @param liveness bad only when a restart of the process helps
     * @param readiness bad while the process cannot do its work
     */
    public ManagementServer(
            Vertx vertx, Supplier<Health> liveness, Supplier<Health> readiness, PrometheusMeterRegistry metrics) {
        this.vertx = vertx;
        this.endpoints = new TreeMap<>(Map.of(
                "/livez", new Endpoint(() -> probe(liveness.get())),
                "/readyz", new Endpoint(() -> probe(readiness.get())),
                "/metrics", new Endpoint(() -> scrape(metrics))));
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setIdleTimeout(IDLE_SECONDS)
                        // else a client that offers HTTP/2 makes the runtime load all of its classes
                        .setHttp2ClearTextEnabled(false))
                .requestHandler(this::answer);
    }

    /**
     * Starts to listen.
     *
     * @param port 0 for a free one
     * @return the port that it listens on; fails with {@link java.net.BindException} where the port is taken
     */
    public Future<Integer> start(int port) {
        return server.listen(port).map(HttpServer::actualPort);
    }

    private void answer(HttpServerRequest request) {
        if (!Set.of(HttpMethod.GET, HttpMethod.HEAD).contains(request.method())) {
            request.response().putHeader("Allow", "GET, HEAD");
            respond(request, new Page(405, TEXT, "only GET is served here\n"));
            return;
        }
        Endpoint endpoint = endpoints.get(request.path());
        if (endpoint == null) {
            respond(request, new Page(404, TEXT, "served here: " + String.join(", ", endpoints.keySet()) + "\n"));
            return;
        }
        // off the event loop: a scrape of thousands of sessions takes time, and a health check may wait for a lock
        vertx.executeBlocking(endpoint.page(), false)
                .onSuccess(made -> endpoint.failures().ended(request.path() + " is answered again"))
                .onFailure(e -> endpoint.failures()
                        .failing("The answer to " + request.path() + " could not be made", withoutMessage(e)))
                .otherwise(new Page(500, TEXT, "the answer could not be made\n"))
                .onSuccess(made -> respond(request, made));
    }

    /** What broke and where. The message of an exception that nobody expects may quote anything, so it is not logged. */
    private static Throwable withoutMessage(Throwable e) {
        Throwable bare = new IllegalStateException(e.getClass().getName());
        bare.setStackTrace(e.getStackTrace());
        return bare;
    }

    private static Page scrape(PrometheusMeterRegistry metrics) throws IOException {
        BufferChunks body = new BufferChunks();
        metrics.scrape(body);
        return new Page(200, METRICS, body.chunks());
    }

    private static Page probe(Health health) {
        return new Page(health.isGood() ? 200 : 503, TEXT, health.reason() + "\n");
    }

    private static void respond(HttpServerRequest request, Page page) {
        HttpServerResponse response = request.response()
                .setStatusCode(page.status())
                .putHeader("Content-Type", page.contentType())
                .putHeader("Content-Length", Long.toString(page.length()));
        if (request.method() != HttpMethod.HEAD) {
            page.body().forEach(response::write);
        }
        response.end();
    }

    private record Endpoint(Callable<Page> page, FailureLog failures) {

        Endpoint(Callable<Page> page) {
            this(page, new FailureLog(log));
        }
    }

    private record Page(int status, String contentType, List<Buffer> body) {

        Page(int status, String contentType, String body) {
            this(status, contentType, List.of(Buffer.buffer(body)));
        }

        long length() {
            return body.stream().mapToLong(Buffer::length).sum();
        }
    }
}
