package net.wawp.operator.poller;

import net.wawp.operator.wawp.Priority;

/**
 * A requested poll, which wakes the controller when it has ended, even if nothing changed.
 *
 * @param promised whether the controller must be woken also if the poll is given up
 * @param heldBack whether this operator's own limits held it back already, which the controller was told
 */
record PollRequest(Priority priority, boolean promised, boolean heldBack) {

    PollRequest(Priority priority, boolean promised) {
        this(priority, promised, false);
    }

    /** One poll that serves both requests. */
    PollRequest and(PollRequest other) {
        return new PollRequest(
                other.isMoreUrgentThan(priority) ? other.priority : priority,
                promised || other.promised,
                heldBack && other.heldBack);
    }

    /** This request after the operator's own limits held it back: it is repeated, but the controller does not wait for it any more. */
    PollRequest afterBeingHeldBack() {
        return new PollRequest(priority, false, true);
    }

    boolean isMoreUrgentThan(Priority other) {
        return priority.compareTo(other) > 0;
    }
}
