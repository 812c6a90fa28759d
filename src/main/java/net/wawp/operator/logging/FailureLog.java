package net.wawp.operator.logging;

import org.slf4j.Logger;

/** Logs a repeating failure once, and once when it ends. Thread-safe. */
public final class FailureLog {

    private final Logger log;
    private String last = "";

    public FailureLog(Logger log) {
        this.log = log;
    }

    /** Warns, unless the last message was the same. */
    public synchronized void failing(String message) {
        if (!message.equals(last)) {
            log.warn(message);
            last = message;
        }
    }

    /** The same, with a detail that may differ each time. */
    public synchronized void failing(String message, String detail) {
        if (!message.equals(last)) {
            log.warn("{} {}", message, detail);
            last = message;
        }
    }

    /** The same, with the stack of the cause, for failures that nobody expects. */
    public synchronized void failing(String message, Throwable cause) {
        if (!message.equals(last)) {
            log.error(message, cause);
            last = message;
        }
    }

    /** Says so, unless there was no failure. */
    public synchronized void ended(String message) {
        if (!last.isEmpty()) {
            log.info(message);
            last = "";
        }
    }
}
