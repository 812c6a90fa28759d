package net.wawp.operator.poller;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** Sessions in the order in which something is due for them, each at most once. Confined to the event loop. */
final class DueQueue {

    private record Slot(Instant due, long number, PolledSession session) {}

    private final Map<PolledSession, Slot> slots = new HashMap<>();
    private final NavigableSet<Slot> order =
            new TreeSet<>(Comparator.comparing(Slot::due).thenComparingLong(Slot::number));
    private long slotsMade;

    /** Replaces the session's earlier due time, if it has one. */
    void put(PolledSession session, Instant due) {
        remove(session);
        Slot slot = new Slot(due, slotsMade++, session);
        slots.put(session, slot);
        order.add(slot);
    }

    void remove(PolledSession session) {
        Slot slot = slots.remove(session);
        if (slot != null) {
            order.remove(slot);
        }
    }

    /** When something is due for the session; empty if nothing is. */
    Optional<Instant> due(PolledSession session) {
        return Optional.ofNullable(slots.get(session)).map(Slot::due);
    }

    /** Whether something is due at {@code now}. */
    boolean isDue(Instant now) {
        return !order.isEmpty() && !order.first().due().isAfter(now);
    }

    /** Removes and returns the first session, if it is due at {@code now}. */
    Optional<PolledSession> takeDue(Instant now) {
        if (!isDue(now)) {
            return Optional.empty();
        }
        PolledSession session = order.first().session();
        remove(session);
        return Optional.of(session);
    }

    /** The session that is due first, now or later. */
    Optional<PolledSession> first() {
        return order.isEmpty() ? Optional.empty() : Optional.of(order.first().session());
    }
}
