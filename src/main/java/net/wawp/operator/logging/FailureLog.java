package net.wawp.operator.logging;

import org.slf4j.Logger;

/** Logs a repeating failure once, and once when it ends. Thread-safe. */
public final class FailureLog {

    private final Logger log;
    private String last = "";

    public FailureLog(Logger log) {
        this.log = log;
    }

    public synchronized void failing(String message) {
        if (!message.equals(last)) {
            log.warn(message);
            last = message;
        }
    }

    public synchronized void ended(String message) {
        if (!last.isEmpty()) {
            log.info(message);
            last = "";
        }
    }
}
