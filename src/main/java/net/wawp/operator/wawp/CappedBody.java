package net.wawp.operator.wawp;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;

/** Collects the body of an answer. Fails as soon as the body is longer than anything that Wawp has to say. */
final class CappedBody implements BodyStream<Buffer> {

    static final BodyCodec<Buffer> CODEC = created -> created.handle(Future.succeededFuture(new CappedBody()));

    private static final int MOST_BYTES = 64 * 1024;

    private final Buffer received = Buffer.buffer();
    private final Promise<Buffer> whole = Promise.promise();

    @Override
    public Future<Buffer> result() {
        return whole.future();
    }

    @Override
    public Future<Void> write(Buffer bytes) {
        if (received.length() + bytes.length() > MOST_BYTES) {
            return Future.failedFuture("The body of the answer is too long");
        }
        received.appendBuffer(bytes);
        return Future.succeededFuture();
    }

    @Override
    public void write(Buffer bytes, Handler<AsyncResult<Void>> written) {
        write(bytes).onComplete(written);
    }

    @Override
    public void end(Handler<AsyncResult<Void>> ended) {
        whole.tryComplete(received);
        Future.<Void>succeededFuture().onComplete(ended);
    }

    @Override
    public void handle(Throwable broken) {
        whole.tryFail(broken);
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public CappedBody setWriteQueueMaxSize(int size) {
        return this;
    }

    @Override
    public CappedBody drainHandler(Handler<Void> drained) {
        return this;
    }

    @Override
    public CappedBody exceptionHandler(Handler<Throwable> failed) {
        return this;
    }
}
