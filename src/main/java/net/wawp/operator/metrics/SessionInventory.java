package net.wawp.operator.metrics;

import java.time.Duration;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/** All that the leader serves. */
public interface SessionInventory {

    /** The resources as they are known now. */
    Stream<WhatsAppSession> sessions();

    /** How long ago, at most, something was heard of a session that is watched; zero when none is. */
    Duration oldestObservationAge();
}
