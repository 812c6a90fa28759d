package net.wawp.operator.leaderelection;

import java.util.function.BooleanSupplier;
import net.wawp.operator.management.Health;

/** Decides when this process is the one that acts. */
public interface LeaderElection extends AutoCloseable {

    /** What is told of the decision. Both return at once and throw nothing; calls alternate, beginning with {@code onLead}. */
    interface Listener {
        /**
         * This process acts from now on.
         *
         * @param mayAct asked before each thing that two processes must not do at the same time: true only while nobody else can have taken
         *     over. Once false for good, it stays false, whatever is decided later. Costs nothing
         */
        void onLead(BooleanSupplier mayAct);

        /** Somebody else may act now. */
        void onLost();
    }

    /** Begins to decide. Returns at once. */
    void start();

    /** Gives the lead up for a while, because this process cannot use it, and asks for it again later. Nothing may act any more. */
    void resign();

    boolean isLeading();

    /** Bad when the decision has come to a standstill, which only a restart of the process can cure. */
    Health liveness();

    /** Good for the leader and for whoever stands by. */
    Health readiness();

    /** Gives the lead up for good, so that somebody else has it at once. Nothing may act any more when this is called. */
    @Override
    void close();
}
