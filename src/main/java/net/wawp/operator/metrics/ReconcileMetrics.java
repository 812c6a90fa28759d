package net.wawp.operator.metrics;

import java.time.Duration;
import net.wawp.operator.session.LastAction;

/** Where the controller's deeds are counted, each once, after it was written to the status. Returns at once and throws nothing. */
public interface ReconcileMetrics {

    /** The outcome of a call is known. */
    void settled(LastAction action);

    /** Recovery restarts a session. */
    void recovering();

    /**
     * A resource became ready.
     *
     * @param waited how long its Ready condition had not been True, or how old it was where it had none yet; to the second
     */
    void ready(Duration waited);
}
