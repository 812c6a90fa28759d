package net.wawp.operator.simulator;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Brings one answer to the client, whole or spoiled, and notes in the ledger what became of it. */
final class Exchange {

    private static final long DRIP_MILLIS = 100;
    private static final Buffer BLANKS = Buffer.buffer(" ".repeat(16 * 1024));
    private static final Buffer GARBAGE = Buffer.buffer(new byte[] {0, (byte) 0xff, (byte) 0xfe, '{', 3, (byte) 0xc3});

    private final Vertx vertx;
    private final HttpServerResponse response;
    private final Ledger ledger;
    private final long number;
    private final InstantSource clock;
    private Optional<Long> timer = Optional.empty();

    /** @param clock says when the answer was written or the connection closed */
    Exchange(Vertx vertx, HttpServerResponse response, Ledger ledger, long number, InstantSource clock) {
        this.vertx = vertx;
        this.response = response;
        this.ledger = ledger;
        this.number = number;
        this.clock = clock;
        response.closeHandler(closed -> end());
        response.endHandler(ended -> end());
    }

    private void end() {
        timer.ifPresent(vertx::cancelTimer);
        Instant now = clock.instant();
        ledger.update(number, call -> call.endedAt(now));
    }

    /** Vert.x tells no handler of a connection that this side resets. */
    private void reset() {
        response.reset();
        end();
    }

    void noteEffect() {
        ledger.update(number, Call::withEffect);
    }

    /** Sends the answer as it is. */
    void send(Answer answer) {
        begin(answer);
        response.end(answer.body()).onSuccess(done -> note(answer, true));
    }

    /** Sends what this fault makes of a good answer. */
    void spoil(Answer good, Fault fault) {
        fault.retryAfter().ifPresent(value -> response.putHeader(HttpHeaders.RETRY_AFTER, value));
        switch (fault.kind()) {
            case Error ->
                send(typed(
                        fault,
                        Answer.error(fault.status(), fault.format(), "wawp_upstream_error", "Something went wrong")));
            case Redirect -> {
                response.putHeader(HttpHeaders.LOCATION, "/v2/session/elsewhere");
                send(new Answer(fault.status(), "text/plain", Buffer.buffer()));
            }
            case NoState -> send(typed(fault, Answer.ok(new JsonObject().put("message", "done"))));
            case UnknownWord -> send(typed(fault, Answer.ok(new JsonObject().put("status", "HIBERNATING"))));
            case Garbage -> send(typed(fault, new Answer(200, good.contentType(), GARBAGE)));
            case Overlong -> overrun(good);
            case Drip -> drip(good);
            case ResetMidBody -> breakOff(good);
            case ResetBeforeAnswer -> reset();
            case Hang -> {}
        }
    }

    private static Answer typed(Fault fault, Answer answer) {
        return new Answer(answer.status(), fault.contentType().orElse(answer.contentType()), answer.body());
    }

    private void begin(Answer answer) {
        note(answer, false);
        response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType());
    }

    private void note(Answer answer, boolean whole) {
        ledger.update(number, call -> call.answeredWith(answer.status(), whole));
    }

    private void overrun(Answer good) {
        begin(good);
        response.setChunked(true).write(good.body());
        repeat(1, () -> {
            if (!response.writeQueueFull()) {
                response.write(BLANKS);
            }
        });
    }

    private void drip(Answer good) {
        begin(good);
        response.setChunked(true);
        int[] position = {0};
        repeat(DRIP_MILLIS, () -> {
            int next = position[0]++;
            if (next < good.body().length()) {
                response.write(good.body().slice(next, next + 1));
            } else if (!response.ended()) {
                response.end().onSuccess(done -> note(good, true));
            }
        });
    }

    private void breakOff(Answer good) {
        begin(good);
        response.putHeader(
                HttpHeaders.CONTENT_LENGTH, String.valueOf(good.body().length()));
        response.write(good.body().slice(0, good.body().length() / 2)).onComplete(written -> reset());
    }

    /** Does this until the connection or the answer ends. */
    private void repeat(long millis, Runnable step) {
        timer = Optional.of(vertx.setPeriodic(millis, tick -> step.run()));
    }
}
