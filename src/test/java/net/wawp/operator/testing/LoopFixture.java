package net.wawp.operator.testing;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import net.wawp.operator.poller.EventLoop;

/** A real event loop of its own, for which a test can wait. */
public final class LoopFixture implements AutoCloseable {

    /** The longest chain: a command, its confirmation, its answer, the poll that follows it, and the answer to that. */
    private static final int HOPS = 10;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final EventLoop loop = new EventLoop(context);

    public EventLoop loop() {
        return loop;
    }

    /** Waits until the loop has nothing to do before a timer fires. */
    public void settle() {
        for (int hop = 0; hop < HOPS; hop++) {
            CompletableFuture<Void> reached = new CompletableFuture<>();
            context.runOnContext(ignored -> reached.complete(null));
            reached.join();
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
