package net.wawp.operator.wawp;

import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import net.wawp.operator.session.Action;

/** The calls that the operator makes to Wawp. Non-blocking; every outcome is a {@link WawpResponse}, no stage ever completes exceptionally. */
public interface WawpClient {

    /** Asks for the state of the session. Changes nothing there. */
    CompletionStage<WawpResponse> poll(Credentials credentials, Priority urgency);

    /**
     * Sends a changing call, once: nothing below this method repeats it.
     *
     * @param mayStillSend asked immediately before the request goes out, after any waiting, on a thread that must not be blocked; when it says no, nothing is sent and the reply
     *     is refused as {@code GatewayUnavailable}, {@code Withheld}
     */
    CompletionStage<WawpResponse> act(Action action, Credentials credentials, BooleanSupplier mayStillSend);
}
