package net.wawp.operator.wawp;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;

/**
 * One call from connecting to the last byte of its answer. Everything happens on one Vert.x context, so nothing here is shared between
 * threads but the reply. Exceptions end here: their texts may hold a URL, so only the fact that there was one is passed on.
 */
final class HttpExchange {

    private static final int MOST_BODY_BYTES = 64 * 1024;

    private final HttpClient client;
    private final RequestOptions options;
    private final Buffer body;
    private final SendGuard guard;
    private final InstantSource clock;

    private final CompletableFuture<WawpResponse> reply = new CompletableFuture<>();
    private final Buffer received = Buffer.buffer();
    private Delivery reached = Delivery.Unreached;
    private Optional<HttpClientRequest> request = Optional.empty();
    private Optional<HttpClientResponse> response = Optional.empty();

    HttpExchange(HttpClient client, RequestOptions options, Buffer body, SendGuard guard, InstantSource clock) {
        this.client = client;
        this.options = options;
        this.body = body;
        this.guard = guard;
        this.clock = clock;
    }

    /** Starts it. Whatever happens there is a reply within the time-out. */
    CompletionStage<WawpResponse> run(Vertx vertx, Duration timeout) {
        Context context = vertx.getOrCreateContext();
        context.runOnContext(start -> {
            long timer = vertx.setTimer(timeout.toMillis(), late -> breakOff());
            reply.whenComplete((settled, never) -> vertx.cancelTimer(timer));
            Future.succeededFuture().compose(now -> client.request(options)).onComplete(this::connected);
        });
        return reply;
    }

    private void connected(AsyncResult<HttpClientRequest> connection) {
        if (connection.failed()) {
            breakOff();
            return;
        }
        request = Optional.of(connection.result());
        connection.result().exceptionHandler(broken -> breakOff());
        if (reply.isDone()) {
            closeConnection();
        } else if (guard.maySend()) {
            send(connection.result());
        } else {
            reached = Delivery.Withheld;
            breakOff();
        }
    }

    private void send(HttpClientRequest ready) {
        reached = Delivery.Unanswered;
        ready.response().onComplete(this::answered);
        ready.end(body);
    }

    private void answered(AsyncResult<HttpClientResponse> head) {
        if (head.failed()) {
            breakOff();
            return;
        }
        response = Optional.of(head.result());
        head.result()
                .handler(this::receive)
                .endHandler(end -> settle(Optional.of(received.getBytes())))
                .exceptionHandler(broken -> breakOff());
    }

    private void receive(Buffer bytes) {
        if (received.length() + bytes.length() > MOST_BODY_BYTES) {
            breakOff();
        } else {
            received.appendBuffer(bytes);
        }
    }

    /** Ends the call here and now, with what is known of it. */
    private void breakOff() {
        settle(Optional.empty());
        closeConnection();
    }

    private void settle(Optional<byte[]> wholeBody) {
        reply.complete(response.map(head -> ResponseParser.parse(answer(head, wholeBody)))
                .orElseGet(() -> new WawpResponse.Refused(new Failure(Kind.GatewayUnavailable, reached))));
    }

    private RawResponse answer(HttpClientResponse head, Optional<byte[]> wholeBody) {
        Optional<String> retryAfter = Optional.ofNullable(head.getHeader(HttpHeaders.RETRY_AFTER));
        return new RawResponse(head.statusCode(), retryAfter, wholeBody, clock.instant());
    }

    private void closeConnection() {
        request.ifPresent(open -> open.connection().close());
    }
}
