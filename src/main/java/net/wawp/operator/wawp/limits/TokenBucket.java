package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Holds routine polls to a rate. Whatever matters more takes its token too but does not wait for one: then the bucket is in debt, and
 * routine polls wait longer. Not thread-safe.
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

    /** When there will be a token; empty if there is one. */
    Optional<Instant> emptyUntil(Instant now) {
        fill(now);
        if (tokens >= 1) {
            return Optional.empty();
        }
        return Optional.of(now.plusNanos((long) Math.ceil((1 - tokens) / perSecond * NANOS_PER_SECOND)));
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
