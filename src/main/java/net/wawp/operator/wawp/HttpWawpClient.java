package net.wawp.operator.wawp;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Wawp over HTTP. Never follows a redirect, never asks twice, never logs.
 *
 * <p>Polls share a pool of kept connections. A changing call has a fresh connection of its own, so that it is never lost on one that the
 * other side has just given up. It is built on Vert.x's plain HTTP client and not on its Web Client, which neither lets a caller step in
 * between connection and request nor cuts an answer off.
 */
public final class HttpWawpClient implements WawpClient {

    /** Below the 5 s after which common servers close an idle connection, so that it is mostly this side that does. */
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(4);

    private static final int MOST_CHANGING_CALLS = 256;
    private static final String USER_AGENT = userAgent();

    private final Vertx vertx;
    private final Style style;
    private final Duration timeout;
    private final InstantSource clock;
    private final HttpClient polls;
    private final HttpClient changes;

    /** Where instance id and access token travel. */
    public enum Style {
        /** As fields of a JSON body: nothing secret is in the URL. */
        Body,
        /** In the query string, for gateways that want it so. */
        Query
    }

    /**
     * A client on the event loops of {@code vertx}, closed together with it.
     *
     * @param timeout of a whole call, from here to the last byte of its answer
     * @param pollConnections the most that polls have; further polls wait for one
     */
    public HttpWawpClient(
            Vertx vertx, WawpEndpoint route, Style style, Duration timeout, int pollConnections, InstantSource clock) {
        this.vertx = vertx;
        this.style = style;
        this.timeout = timeout;
        this.clock = clock;
        this.polls = vertx.createHttpClient(
                options(route).setMaxPoolSize(pollConnections).setKeepAliveTimeout((int) IDLE_CONNECTION.toSeconds()));
        this.changes = vertx.createHttpClient(
                options(route).setMaxPoolSize(MOST_CHANGING_CALLS).setKeepAlive(false));
    }

    @Override
    public CompletionStage<WawpResponse> send(WawpRequest request) {
        HttpClient client = request.operation().changesSession() ? changes : polls;
        String path = request.operation().path();
        HttpExchange call =
                switch (style) {
                    case Body ->
                        new HttpExchange(
                                client,
                                request(path).putHeader(HttpHeaders.CONTENT_TYPE, "application/json"),
                                body(request.credentials()),
                                request.guard(),
                                clock);
                    case Query ->
                        new HttpExchange(
                                client,
                                request(path + query(request.credentials())),
                                Buffer.buffer(),
                                request.guard(),
                                clock);
                };
        return call.run(vertx, timeout);
    }

    private static RequestOptions request(String uri) {
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setURI(uri)
                .setFollowRedirects(false)
                .putHeader(HttpHeaders.USER_AGENT, USER_AGENT)
                .putHeader(HttpHeaders.ACCEPT, "application/json");
    }

    private HttpClientOptions options(WawpEndpoint route) {
        URI baseUrl = route.baseUrl();
        boolean isTls = "https".equals(baseUrl.getScheme());
        int port = baseUrl.getPort() >= 0 ? baseUrl.getPort() : isTls ? 443 : 80;
        HttpClientOptions options = new HttpClientOptions()
                .setDefaultHost(baseUrl.getHost())
                .setDefaultPort(port)
                .setSsl(isTls)
                .setVerifyHost(true)
                .setSslHandshakeTimeout(timeout.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setConnectTimeout((int) timeout.toMillis());
        route.proxy().ifPresent(options::setProxyOptions);
        if (!route.extraRoots().isEmpty()) {
            options.setTrustOptions(TrustOptions.wrap(TrustedRoots.with(route.extraRoots())));
        }
        return options;
    }

    private static Buffer body(Credentials credentials) {
        return new JsonObject()
                .put("instance_id", credentials.instanceId())
                .put("access_token", credentials.accessToken())
                .toBuffer();
    }

    private static String query(Credentials credentials) {
        return "?instance_id=" + encode(credentials.instanceId()) + "&access_token="
                + encode(credentials.accessToken());
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static String userAgent() {
        return Optional.ofNullable(HttpWawpClient.class.getPackage().getImplementationVersion())
                .map(version -> "wawp-operator/" + version)
                .orElse("wawp-operator");
    }
}
