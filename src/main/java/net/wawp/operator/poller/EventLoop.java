package net.wawp.operator.poller;

import io.vertx.core.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.wawp.operator.session.Failure;
import net.wawp.operator.wawp.WawpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one event loop that makes all polls and commands. An exception in one task is logged and stops no other. */
public final class EventLoop {

    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    private final Context context;

    public EventLoop(Context context) {
        if (!context.isEventLoopContext()) {
            throw new IllegalArgumentException("The context must be that of an event loop, not of a worker");
        }
        this.context = context;
    }

    /** Runs the task on the loop, after all tasks that were given before it. */
    public void run(Runnable task) {
        context.runOnContext(ignored -> guard(task));
    }

    /** Runs the task now, on this thread. */
    public void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("A task of the event loop failed; the others continue", e);
        }
    }

    /** Sends a request to Wawp and hands the response over on the loop, later. There always is one, even if the client breaks its promise. */
    public void call(Supplier<CompletionStage<WawpResponse>> request, Consumer<WawpResponse> then) {
        await(request, (response, error) -> then.accept(response == null ? broken(error) : response));
    }

    /** Begins something and hands its result over on the loop, later: the value, or the exception with which it failed. */
    public <T> void await(Supplier<CompletionStage<T>> begin, BiConsumer<T, Throwable> then) {
        CompletableFuture.completedFuture(begin)
                .thenCompose(Supplier::get)
                .whenComplete((value, error) ->
                        run(() -> then.accept(value, error instanceof CompletionException ? error.getCause() : error)));
    }

    /** Repeats the task on the loop, in real time, until the returned action is run. */
    public Runnable every(Duration period, Runnable task) {
        long timer = context.owner().setPeriodic(period.toMillis(), ignored -> run(task));
        return () -> context.owner().cancelTimer(timer);
    }

    /** Runs the task on the loop once, after that much real time, unless the returned action is run before. */
    public Runnable after(Duration delay, Runnable task) {
        long timer = context.owner().setTimer(Math.max(1, delay.toMillis()), ignored -> run(task));
        return () -> context.owner().cancelTimer(timer);
    }

    private static WawpResponse broken(Throwable error) {
        // only the type: the text of an exception from so near the wire might quote a secret
        log.error("The Wawp client failed instead of answering: {}", error == null ? null : error.getClass());
        return new WawpResponse.Refused(new Failure(Failure.Kind.GatewayUnavailable, Failure.Delivery.Unanswered));
    }
}
