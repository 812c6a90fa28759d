package net.wawp.operator.leaderelection;

import net.wawp.operator.management.Health;

/** Decides when this process leads. */
public interface LeaderElection extends AutoCloseable {

    /**
     * Learns when this process leads. All methods return at once and throw nothing. {@code onLead} and {@code onLost} alternate;
     * {@code onLead} comes first.
     */
    interface Listener {
        /**
         * This process leads.
         *
         * @param fence to ask before each thing that two processes must not do at the same time
         */
        void onLead(LeadershipFence fence);

        /** This process no longer leads. */
        void onLost();

        /** Another process leads. */
        void onOtherLeads();
    }

    /** Begins the election. Returns at once. */
    void start();

    /** Stops leading and stands for election again after a while. The caller has stopped all work of the leader. */
    void resign();

    boolean isLeading();

    /** Bad when the election hangs and only a restart of the process helps. */
    Health liveness();

    /** Good for the leader and for a standby. */
    Health readiness();

    /** Stops leading for good, so that another process can lead at once. The caller has stopped all work of the leader. */
    @Override
    void close();
}
