package net.wawp.operator.poller;

import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.wawp.operator.time.EpochNanos;

/**
 * Sessions in the order in which something is due for them, each at most once. Confined to the event loop.
 *
 * <p>A binary heap whose slots know their places in it. What a tree and immutable slots would make anew at each poll of each session is
 * changed in place here.
 */
final class DueQueue {

    private static final class Slot {
        private final PolledSession session;
        private long dueNanos;
        /** Breaks ties. */
        private long number;
        /** In the heap. */
        private int position;

        private Slot(PolledSession session) {
            this.session = session;
        }

        private boolean isBefore(Slot other) {
            return dueNanos < other.dueNanos || dueNanos == other.dueNanos && number < other.number;
        }
    }

    private final Map<PolledSession, Slot> slots = new IdentityHashMap<>();
    private final List<Slot> heap = new ArrayList<>();
    /** Of the session that was taken last, which mostly is the next to be put in again. */
    private Slot spare;

    private long slotsMade;

    /** Replaces the session's earlier due time, if it has one. */
    void put(PolledSession session, Instant due) {
        Slot slot = slots.get(session);
        if (slot == null) {
            slot = spare != null && spare.session == session ? spare : new Slot(session);
            spare = null;
            slots.put(session, slot);
            slot.position = heap.size();
            heap.add(slot);
        }
        slot.dueNanos = EpochNanos.of(due);
        slot.number = slotsMade++;
        settle(slot);
    }

    void remove(PolledSession session) {
        spare = null;
        take(session);
    }

    /** When something is due for the session; empty if nothing is. */
    Optional<Instant> due(PolledSession session) {
        return Optional.ofNullable(slots.get(session)).map(slot -> EpochNanos.instant(slot.dueNanos));
    }

    /** Whether something is due at {@code now}. */
    boolean isDue(Instant now) {
        return !heap.isEmpty() && heap.get(0).dueNanos <= EpochNanos.of(now);
    }

    /** Removes and returns the first session, if it is due at {@code now}. */
    Optional<PolledSession> takeDue(Instant now) {
        if (!isDue(now)) {
            return Optional.empty();
        }
        spare = heap.get(0);
        take(spare.session);
        return Optional.of(spare.session);
    }

    /** The session that is due first, now or later. */
    Optional<PolledSession> first() {
        return heap.isEmpty() ? Optional.empty() : Optional.of(heap.get(0).session);
    }

    private void take(PolledSession session) {
        Slot slot = slots.remove(session);
        if (slot == null) {
            return;
        }
        Slot last = heap.remove(heap.size() - 1);
        if (last != slot) {
            place(last, slot.position);
            settle(last);
        }
    }

    /** Moves a slot to where it belongs. */
    private void settle(Slot slot) {
        while (slot.position > 0 && slot.isBefore(heap.get((slot.position - 1) / 2))) {
            swap(slot, heap.get((slot.position - 1) / 2));
        }
        for (Slot next = firstBelow(slot); next != null && next.isBefore(slot); next = firstBelow(slot)) {
            swap(slot, next);
        }
    }

    /** The earlier of the two slots below this one; null if there is none. */
    private Slot firstBelow(Slot slot) {
        int left = 2 * slot.position + 1;
        if (left >= heap.size()) {
            return null;
        }
        boolean isRight = left + 1 < heap.size() && heap.get(left + 1).isBefore(heap.get(left));
        return heap.get(isRight ? left + 1 : left);
    }

    private void swap(Slot one, Slot other) {
        int position = one.position;
        place(one, other.position);
        place(other, position);
    }

    private void place(Slot slot, int position) {
        heap.set(position, slot);
        slot.position = position;
    }
}
