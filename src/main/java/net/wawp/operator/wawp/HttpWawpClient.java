package net.wawp.operator.wawp;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.WebClientInternal;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Wawp over HTTP. Never follows a redirect, never sends a call twice, never logs.
 *
 * <p>Polls share a pool of kept connections. A call that changes a session gets a fresh connection, so that it is not lost on one that the
 * other side has just closed.
 */
public final class HttpWawpClient implements WawpClient {

    /** Shorter than the 5 s after which common servers close an idle connection, so that mostly this side closes it. */
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(4);

    private static final int MOST_HEADER_BYTES = 8 * 1024;
    /** At once: further ones wait for a connection. */
    private static final int MOST_CHANGING_CALLS = 256;

    private static final String USER_AGENT = userAgent();

    private final Vertx vertx;
    private final Style style;
    private final Duration timeout;
    private final InstantSource clock;
    private final InstantSource wallClock;
    private final WebClientInternal polls;
    private final WebClientInternal changes;

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
     * @param pollConnections the size of the pool for polls; further polls wait for a connection
     * @param clock the time of the next call goes by it
     * @param wallClock stands for the clock of an answer that does not tell its date
     */
    public HttpWawpClient(
            Vertx vertx,
            WawpEndpoint endpoint,
            Style style,
            Duration timeout,
            int pollConnections,
            InstantSource clock,
            InstantSource wallClock) {
        this.vertx = vertx;
        this.style = style;
        this.timeout = timeout;
        this.clock = clock;
        this.wallClock = wallClock;
        this.polls = client(
                options(endpoint).setKeepAlive(true).setKeepAliveTimeout((int) IDLE_CONNECTION.toSeconds()),
                pollConnections);
        this.changes = client(options(endpoint).setKeepAlive(false), MOST_CHANGING_CALLS);
    }

    @Override
    public CompletionStage<WawpResponse> send(WawpRequest call) {
        WebClientInternal client = call.operation().changesSession() ? changes : polls;
        HttpRequest<Buffer> request = client.request(
                        HttpMethod.valueOf(call.operation().method().name()),
                        call.operation().path())
                .as(CappedBody.CODEC)
                .connectTimeout(timeout.toMillis())
                .putHeader(HttpHeaders.ACCEPT.toString(), "application/json");
        Buffer body = addCredentials(request, call.credentials());
        return new HttpExchange(client, request, body, call.operation(), call.guard(), clock, wallClock)
                .run(vertx, timeout);
    }

    /** Puts the credentials into their place, and gives the body that belongs to it. */
    private Buffer addCredentials(HttpRequest<Buffer> request, Credentials credentials) {
        return switch (style) {
            case Body -> {
                request.putHeader(HttpHeaders.CONTENT_TYPE.toString(), "application/json");
                yield new JsonObject()
                        .put("instance_id", credentials.instanceId())
                        .put("access_token", credentials.accessToken())
                        .toBuffer();
            }
            case Query -> {
                request.addQueryParam("instance_id", credentials.instanceId())
                        .addQueryParam("access_token", credentials.accessToken());
                yield Buffer.buffer();
            }
        };
    }

    private WebClientInternal client(WebClientOptions options, int connections) {
        HttpClient http = vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp1MaxSize(connections))
                // the texts of these hold what was received; without a handler they are logged
                .withConnectHandler(connection -> connection.exceptionHandler(broken -> {}))
                .build();
        return ((WebClientInternal) WebClient.wrap(http, options)).addInterceptor(HttpExchange::intercept);
    }

    private WebClientOptions options(WawpEndpoint endpoint) {
        URI baseUrl = endpoint.baseUrl();
        boolean isTls = "https".equals(baseUrl.getScheme());
        int port = baseUrl.getPort() >= 0 ? baseUrl.getPort() : isTls ? 443 : 80;
        WebClientOptions options =
                new WebClientOptions().setUserAgent(USER_AGENT).setFollowRedirects(false);
        options.setDecompressionSupported(false)
                .setMaxHeaderSize(MOST_HEADER_BYTES)
                .setDefaultHost(baseUrl.getHost())
                .setDefaultPort(port)
                .setSsl(isTls)
                .setVerifyHost(true)
                .setSslHandshakeTimeout(timeout.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setConnectTimeout((int) timeout.toMillis());
        endpoint.proxy().ifPresent(options::setProxyOptions);
        if (!endpoint.extraRoots().isEmpty()) {
            options.setTrustOptions(TrustOptions.wrap(TrustedRoots.with(endpoint.extraRoots())));
        }
        return options;
    }

    private static String userAgent() {
        return Optional.ofNullable(HttpWawpClient.class.getPackage().getImplementationVersion())
                .map(version -> "wawp-operator/" + version)
                .orElse("wawp-operator");
    }
}
