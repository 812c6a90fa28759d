package net.wawp.operator.wawp;

import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.client.impl.WebClientInternal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;

/**
 * One call, from connecting to the last byte of its answer. Confined to one Vert.x context, but for the response. Exceptions end here: their
 * texts may hold a URL or an answer, so only the fact that there was one is passed on.
 *
 * <p>The Web Client passes its phases to interceptors. {@code SEND_REQUEST} comes after the connection is open and before a byte is written,
 * which is where the guard is asked.
 */
final class HttpExchange {

    private static final String KEY = HttpExchange.class.getName();

    private final WebClientInternal client;
    private final HttpRequest<Buffer> request;
    private final Buffer body;
    private final Operation operation;
    private final SendGuard guard;
    private final InstantSource clock;
    private final InstantSource wallClock;

    private final CompletableFuture<WawpResponse> response = new CompletableFuture<>();
    private Delivery reached = Delivery.Unreached;
    private Optional<HttpConnection> connection = Optional.empty();
    private Optional<HttpClientResponse> head = Optional.empty();

    HttpExchange(
            WebClientInternal client,
            HttpRequest<Buffer> request,
            Buffer body,
            Operation operation,
            SendGuard guard,
            InstantSource clock,
            InstantSource wallClock) {
        this.client = client;
        this.request = request;
        this.body = body;
        this.operation = operation;
        this.guard = guard;
        this.clock = clock;
        this.wallClock = wallClock;
    }

    /** To be added to the client as an interceptor: leads each phase of a call to its exchange. */
    static void intercept(HttpContext<?> context) {
        context.<HttpExchange>get(KEY).enter(context);
    }

    /** Starts the call. There is a response within the time-out, whatever happens. */
    CompletionStage<WawpResponse> run(Vertx vertx, Duration timeout) {
        vertx.getOrCreateContext().runOnContext(start -> {
            long timer = vertx.setTimer(timeout.toMillis(), late -> breakOff());
            response.whenComplete((settled, never) -> vertx.cancelTimer(timer));
            HttpContext<Buffer> context = client.createContext(this::ended);
            context.set(KEY, this);
            try {
                context.prepareRequest(request, null, body);
            } catch (RuntimeException closed) {
                breakOff();
            }
        });
        return response;
    }

    private void enter(HttpContext<?> context) {
        switch (context.phase()) {
            case SEND_REQUEST -> connected(context);
            case RECEIVE_RESPONSE -> {
                head = Optional.of(context.clientResponse());
                context.next();
            }
            case PREPARE_REQUEST, CREATE_REQUEST, FOLLOW_REDIRECT, DISPATCH_RESPONSE, FAILURE -> context.next();
        }
    }

    private void connected(HttpContext<?> context) {
        HttpClientRequest ready = context.clientRequest();
        connection = Optional.of(ready.connection());
        // what breaks the call arrives at its end too; without a handler of its own it is logged here
        ready.exceptionHandler(broken -> {});
        if (response.isDone()) {
            closeConnection();
            return;
        }
        // stands if the guard fails
        reached = Delivery.Withheld;
        if (guard.maySend()) {
            reached = Delivery.Unanswered;
            context.next();
        } else {
            breakOff();
        }
    }

    private void ended(AsyncResult<HttpResponse<Buffer>> outcome) {
        if (outcome.succeeded()) {
            settle(Optional.of(outcome.result().body().getBytes()));
        } else {
            breakOff();
        }
    }

    /** Ends the call here and now, with what is known of it. */
    private void breakOff() {
        settle(Optional.empty());
        closeConnection();
    }

    private void settle(Optional<byte[]> wholeBody) {
        response.complete(head.map(received -> ResponseParser.parse(operation, rawResponse(received, wholeBody)))
                .orElseGet(() -> new WawpResponse.Refused(new Failure(Kind.GatewayUnavailable, reached))));
    }

    private RawResponse rawResponse(HttpClientResponse received, Optional<byte[]> wholeBody) {
        return new RawResponse(received.statusCode(), notBefore(received), wholeBody);
    }

    private Optional<Instant> notBefore(HttpClientResponse received) {
        Optional<String> date = Optional.ofNullable(received.getHeader(HttpHeaders.DATE));
        return Optional.ofNullable(received.getHeader(HttpHeaders.RETRY_AFTER))
                .flatMap(header -> RetryAfter.parse(header, date, wallClock.instant()))
                .map(wait -> clock.instant().plus(wait));
    }

    private void closeConnection() {
        connection.ifPresent(HttpConnection::close);
    }
}
