package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.wawp.WawpResponse;

/** Requested polls in flight that share a {@link PollWindow}. Confined to the event loop. */
final class WindowedPolls {

    /** A good answer comes much sooner. */
    private static final Duration HANGS_AFTER = Duration.ofSeconds(1);

    private final PollWindow window;
    /** The oldest first. */
    private final Set<Poll> inFlight = new LinkedHashSet<>();

    WindowedPolls(PollWindow window) {
        this.window = window;
    }

    /** A poll that hangs takes no room in the window: the instances of one team must not hold up the requests of all others. */
    boolean hasRoom(Instant now) {
        Instant hanging = now.minus(HANGS_AFTER);
        int counted = inFlight.size();
        for (Iterator<Poll> oldest = inFlight.iterator();
                oldest.hasNext() && !oldest.next().begun().isAfter(hanging); ) {
            counted--;
        }
        return window.hasRoom(counted, now);
    }

    int size() {
        return inFlight.size();
    }

    void begun(Poll poll) {
        inFlight.add(poll);
    }

    void ended(Poll poll) {
        inFlight.remove(poll);
    }

    /** Learns how Wawp answered a poll, a routine one too. */
    void learn(Poll poll, WawpResponse response, Instant now) {
        if (!(response instanceof WawpResponse.Refused refused)) {
            window.answered(poll.begun(), now);
        } else if (refused.failure().kind().isTransient() && refused.failure().delivery() != Delivery.Withheld) {
            window.failed(poll.begun(), now);
        }
    }
}
