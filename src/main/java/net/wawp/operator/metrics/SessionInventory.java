package net.wawp.operator.metrics;

import java.time.Duration;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/** The sessions that the leader watches. */
public interface SessionInventory {

    /** The resources as this process knows them now. */
    Stream<WhatsAppSession> sessions();

    /** Age of the oldest observation of any session; zero without a session. */
    Duration oldestObservationAge();

    /** Number of resources whose last write failed or was refused. */
    int failingWrites();
}
