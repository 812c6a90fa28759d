package net.wawp.operator.poller;

/** Is told when Wawp as a whole goes away and when it comes back. */
@FunctionalInterface
public interface OutageListener {

    /** The circuit breaker has opened or closed. Called on the event loop: it must not block. */
    void changed(boolean isOut);
}
