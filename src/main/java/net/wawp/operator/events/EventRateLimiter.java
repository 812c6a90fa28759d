package net.wawp.operator.events;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import net.wawp.operator.time.TokenBucket;

/**
 * Limits the Events about one resource to 25 at once and one every 5 minutes after that, as the spam filter of client-go does.
 * Thread-safe.
 */
final class EventRateLimiter {

    static final int BURST = 25;
    static final Duration REFILL = Duration.ofMinutes(5);
    private static final Duration CLEANING_INTERVAL = Duration.ofMinutes(1);

    /** By the UID of the resource; full ones go at the first Event after a minute. */
    private final Map<String, TokenBucket> buckets = new HashMap<>();

    private Instant cleanedAt = Instant.MIN;

    /** Whether one more Event about this resource may be written now. If so, it counts as written. */
    synchronized boolean admits(String uid, Instant now) {
        if (!now.isBefore(cleanedAt.plus(CLEANING_INTERVAL))) {
            buckets.values().removeIf(bucket -> bucket.isFull(now));
            cleanedAt = now;
        }
        TokenBucket bucket =
                buckets.computeIfAbsent(uid, unknown -> new TokenBucket(BURST, REFILL, Duration.ZERO, now));
        if (bucket.emptyUntil(0, now).isPresent()) {
            return false;
        }
        bucket.take(now);
        return true;
    }
}
