package net.wawp.operator.events;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits the Events about one resource to 25 at once and one every 5 minutes after that, as the spam filter of client-go does.
 * Thread-safe.
 */
final class EventRateLimiter {

    static final int BURST = 25;
    static final Duration REFILL = Duration.ofMinutes(5);

    /** When each resource, by UID, will have its whole burst again; absent while it has. */
    private final Map<String, Instant> fullAt = new HashMap<>();

    /** Whether one more Event about this resource may be written now. If so, it counts as written. */
    synchronized boolean admits(String uid, Instant now) {
        fullAt.values().removeIf(full -> !full.isAfter(now));
        Instant fullAgain = fullAt.getOrDefault(uid, now).plus(REFILL);
        if (fullAgain.isAfter(now.plus(REFILL.multipliedBy(BURST)))) {
            return false;
        }
        fullAt.put(uid, fullAgain);
        return true;
    }
}
