package net.wawp.operator.leaderelection;

import java.time.Duration;
import net.wawp.operator.management.Health;

/** The work of the leader. It starts and stops once; a process that leads again gets a new one. */
public interface LeaderTask {

    /** Makes the task for one time of leading. */
    @FunctionalInterface
    interface Factory {
        /**
         * @param fence see {@link LeaderElection.Listener#onLead}; closed for good once the task has stopped
         * @param giveUp for a task that has started and cannot go on
         */
        LeaderTask create(LeadershipFence fence, Runnable giveUp);
    }

    /** Starts, and returns once every resource is known. Throws if that is impossible now. */
    void start();

    /**
     * Stops, also after a start that failed. Nothing new begins.
     *
     * @param drain how long calls in flight may take to end
     */
    void stop(Duration drain);

    /** Bad when the task hangs and only a restart of the process helps. */
    Health liveness();

    /** Bad while the task can do nothing for any resource. */
    Health readiness();
}
