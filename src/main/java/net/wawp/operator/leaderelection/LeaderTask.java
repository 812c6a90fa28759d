package net.wawp.operator.leaderelection;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import net.wawp.operator.management.Health;

/** All that this process does while it leads. Begins and ends once; the next time of leading gets a new one. */
public interface LeaderTask {

    /** Makes the term for one time of leading. */
    @FunctionalInterface
    interface Factory {
        /**
         * @param mayAct see {@link LeaderElection.Listener#onLead}
         * @param giveUp run by a term that has begun and cannot go on
         */
        LeaderTask create(BooleanSupplier mayAct, Runnable giveUp);
    }

    /** Begins; returns when every resource is known. Throws when that cannot be had now. */
    void start();

    /**
     * Ends, also after a start that failed: no new work from here on.
     *
     * @param drain how long commands in flight may take to end
     */
    void stop(Duration drain);

    /** Bad when the term has come to a standstill, which only a restart of the process can cure. */
    Health liveness();
}
