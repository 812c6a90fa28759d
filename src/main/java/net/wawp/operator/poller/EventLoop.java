package net.wawp.operator.poller;

import io.vertx.core.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.wawp.operator.session.Failure;
import net.wawp.operator.wawp.WawpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one event loop on which the poller lives. What goes wrong in one task is logged and stays in it. */
final class EventLoop {

    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    private final Context context;

    EventLoop(Context context) {
        if (!context.isEventLoopContext()) {
            throw new IllegalArgumentException("The poller needs an event loop context, not one of a worker");
        }
        this.context = context;
    }

    /** Runs the task on the loop, after all that were given before it. */
    void run(Runnable task) {
        context.runOnContext(ignored -> guard(task));
    }

    /** Runs the task here and now. */
    void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("A step of the poller failed; the others go on", e);
        }
    }

    /** Makes a call to Wawp and hands its reply over on the loop, later: a reply in every case, even if the client breaks its word. */
    void call(Supplier<CompletionStage<WawpResponse>> call, Consumer<WawpResponse> then) {
        CompletableFuture.completedFuture(call)
                .thenCompose(Supplier::get)
                .whenComplete((reply, error) -> run(() -> then.accept(reply == null ? broken(error) : reply)));
    }

    /** Repeats the task on the loop until the result is run. */
    Runnable every(Duration period, Runnable task) {
        long timer = context.owner().setPeriodic(period.toMillis(), ignored -> run(task));
        return () -> context.owner().cancelTimer(timer);
    }

    void after(Duration delay, Runnable task) {
        context.owner().setTimer(Math.max(1, delay.toMillis()), ignored -> run(task));
    }

    private static WawpResponse broken(Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        // only the type: the text of an exception from so near the wire might quote a secret
        log.error("The Wawp client failed instead of replying: {}", cause == null ? null : cause.getClass());
        return new WawpResponse.Refused(new Failure(Failure.Kind.GatewayUnavailable, Failure.Delivery.Unanswered));
    }
}
