package net.wawp.operator.wawp;

/** Decides in the last moment whether a call is still sent. */
@FunctionalInterface
public interface SendGuard {

    /**
     * Asked once, between the connection and the first byte, on an event loop: it must not block. After a no nothing is sent, and the call
     * is answered as {@code GatewayUnavailable}, {@code Withheld}.
     */
    boolean maySend();
}
