package net.wawp.operator.metrics;

import java.time.Duration;
import net.wawp.operator.session.LastAction;

/** Counts what the controller has done, once the status says so. Returns at once and throws nothing. */
public interface ReconcileMetrics {

    /** The outcome of a call is known. */
    void settled(LastAction action);

    /** Recovery restarts a session. */
    void recovering();

    /**
     * A resource became ready.
     *
     * @param waited how long Ready was not True before, or the age of the resource where it had no conditions; to the second
     */
    void ready(Duration waited);
}
