package net.wawp.operator.poller;

/** Follows whether Wawp as a whole is away. */
@FunctionalInterface
public interface OutageListener {

    /** The circuit breaker has opened or closed. Called on the event loop: it must not block. */
    void changed(boolean isOut);
}
