package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tokens that fill up at a steady rate. What cannot wait takes its token anyway: then the bucket is in debt, and the rest waits longer. Not
 * thread-safe.
 */
final class TokenBucket {

    private static final double NANOS_PER_SECOND = 1e9;

    private final double perSecond;
    private final double burst;
    private double tokens;
    private Instant filledAt;

    /** A full bucket. */
    TokenBucket(int perSecond, int burst, Instant now) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.filledAt = now;
    }

    /** When the bucket will hold a token beyond those that are kept for others; empty if it holds one now. */
    Optional<Instant> emptyUntil(int kept, Instant now) {
        fill(now);
        double needed = Math.min(kept + 1, burst);
        if (tokens >= needed) {
            return Optional.empty();
        }
        return Optional.of(now.plusNanos((long) Math.ceil((needed - tokens) / perSecond * NANOS_PER_SECOND)));
    }

    void take(Instant now) {
        fill(now);
        tokens--;
    }

    private void fill(Instant now) {
        double elapsed = Duration.between(filledAt, now).toNanos() / NANOS_PER_SECOND;
        tokens = Math.min(burst, tokens + Math.max(0, elapsed) * perSecond);
        filledAt = now;
    }
}
