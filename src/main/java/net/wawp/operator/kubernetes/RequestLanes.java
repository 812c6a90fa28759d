package net.wawp.operator.kubernetes;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A few threads for blocking requests. A key has one of them for good: its tasks run one at a time, in order, and one that hangs delays only
 * the keys that share its thread. A thread without work ends.
 */
public final class RequestLanes implements AutoCloseable {

    /** How many requests are under way at once: enough for some hundred in a second. */
    public static final int THREADS = 8;

    private static final Duration IDLE_LIMIT = Duration.ofSeconds(10);

    private final List<ExecutorService> threads;

    /** @param threadName of each thread */
    public RequestLanes(String threadName) {
        threads = Stream.generate(() -> newThread(threadName)).limit(THREADS).toList();
    }

    private static ExecutorService newThread(String name) {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_LIMIT.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                task -> new Thread(task, name));
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    /** Runs the task on the thread of its key. */
    public <T> CompletionStage<T> begin(String key, Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, threads.get(Math.floorMod(key.hashCode(), THREADS)));
    }

    /** Takes no more tasks; those that were begun go on. */
    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdown);
    }
}
