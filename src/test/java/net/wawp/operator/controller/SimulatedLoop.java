package net.wawp.operator.controller;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import net.wawp.operator.poller.EventLoop;

/** An event loop in virtual time: the real {@link EventLoop} over a Vert.x that knows tasks and timers alone. */
final class SimulatedLoop {

    /** The poller ticks every 50 ms, and hours pass in most worlds: fewer ticks decide the same, a little later. */
    private static final Duration SHORTEST_PERIOD = Duration.ofSeconds(1);

    private final BiConsumer<Duration, Runnable> after;
    private final Duration shortestPeriod;
    private final Set<Long> timers = new HashSet<>();
    private long timersMade;

    private SimulatedLoop(BiConsumer<Duration, Runnable> after, Duration shortestPeriod) {
        this.after = after;
        this.shortestPeriod = shortestPeriod;
    }

    /** @param after runs a task after that much virtual time, in the process whose loop this is */
    static EventLoop of(BiConsumer<Duration, Runnable> after) {
        return of(after, SHORTEST_PERIOD);
    }

    /** @param shortestPeriod what is to be repeated more often is repeated in this period */
    static EventLoop of(BiConsumer<Duration, Runnable> after, Duration shortestPeriod) {
        SimulatedLoop loop = new SimulatedLoop(after, shortestPeriod);
        Vertx vertx = proxy(Vertx.class, (self, method, arguments) -> switch (method.getName()) {
            case "setPeriodic" -> loop.setPeriodic((Long) arguments[0], handler(arguments[1]));
            case "setTimer" -> loop.setTimer((Long) arguments[0], handler(arguments[1]));
            case "cancelTimer" -> loop.timers.remove((Long) arguments[0]);
            default -> throw new UnsupportedOperationException(method.getName());
        });
        return new EventLoop(proxy(Context.class, (self, method, arguments) -> switch (method.getName()) {
            case "isEventLoopContext" -> true;
            case "owner" -> vertx;
            case "runOnContext" -> {
                after.accept(Duration.ZERO, () -> SimulatedLoop.<Void>handler(arguments[0])
                        .handle(null));
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        }));
    }

    private long setTimer(long delay, Handler<Long> task) {
        long timer = ++timersMade;
        timers.add(timer);
        after.accept(Duration.ofMillis(delay), () -> {
            if (timers.remove(timer)) {
                task.handle(timer);
            }
        });
        return timer;
    }

    private long setPeriodic(long period, Handler<Long> task) {
        long timer = ++timersMade;
        timers.add(timer);
        repeat(timer, Duration.ofMillis(Math.max(period, shortestPeriod.toMillis())), task);
        return timer;
    }

    private void repeat(long timer, Duration period, Handler<Long> task) {
        after.accept(period, () -> {
            if (timers.contains(timer)) {
                task.handle(timer);
                repeat(timer, period, task);
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static <T> Handler<T> handler(Object argument) {
        return (Handler<T>) argument;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
