package net.wawp.operator.logging;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Logs a repeating failure once, and once when it ends. Failures of several kinds may take turns. Thread-safe. */
public final class FailureLog {

    /** A message may hold what differs each time: no more than these are remembered. */
    private static final int MOST_MESSAGES = 100;

    /** What comes back after a longer time is news, also where something else has failed all along. */
    private static final Duration MEMORY = Duration.ofMinutes(10);

    private final Logger log;
    private final LongSupplier nanoTime;
    /** When each message was given last since the failure began. */
    private final Map<String, Long> givenAt = new HashMap<>();

    public FailureLog(Logger log) {
        this(log, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime} */
    FailureLog(Logger log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
    }

    /** Warns, unless the same was said in the last ten minutes and since the failure began. */
    public synchronized void failing(String message) {
        if (isNew(message)) {
            log.warn(message);
        }
    }

    /** The same, with a detail that may differ each time. */
    public synchronized void failing(String message, String detail) {
        if (isNew(message)) {
            log.warn("{} {}", message, detail);
        }
    }

    /** The same, with the stack of the cause, for failures that nobody expects. */
    public synchronized void failing(String message, Throwable cause) {
        if (isNew(message)) {
            log.error(message, cause);
        }
    }

    /** Says so, unless there was no failure. */
    public synchronized void ended(String message) {
        if (!givenAt.isEmpty()) {
            log.info(message);
            givenAt.clear();
        }
    }

    private boolean isNew(String message) {
        long now = nanoTime.getAsLong();
        givenAt.values().removeIf(at -> now - at > MEMORY.toNanos());
        if (givenAt.size() == MOST_MESSAGES && !givenAt.containsKey(message)) {
            givenAt.clear();
        }
        return givenAt.put(message, now) == null;
    }
}
