package net.wawp.operator.testing.kubernetes;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A line every so often, while something takes long, which says that it still goes on.
 *
 * @param out gets the lines
 */
record Heartbeat(PrintStream out, Duration interval) {

    interface Work {
        void run() throws IOException;
    }

    /** @param activity for example {@code building etcd} */
    void during(String activity, Work work) throws IOException {
        long start = System.nanoTime();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Heartbeat::daemon);
        timer.scheduleAtFixedRate(
                () -> out.printf(
                        "Still %s, for %d s now.%n",
                        activity, Duration.ofNanos(System.nanoTime() - start).toSeconds()),
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            work.run();
        } finally {
            timer.shutdownNow();
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "heartbeat");
        thread.setDaemon(true);
        return thread;
    }
}
