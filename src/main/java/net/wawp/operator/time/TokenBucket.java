package net.wawp.operator.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tokens that come back one by one. What cannot wait takes its token anyway: then the bucket is in debt, up to a limit, and the rest waits longer. Not
 * thread-safe.
 */
public final class TokenBucket {

    private final int burst;
    private final long refillNanos;
    private final Duration mostDebt;
    private Instant fullAt;

    /**
     * A full bucket.
     *
     * @param burst the most tokens that it holds
     * @param refill the time after which one more token is there; {@code burst} times as much is less than 292 years
     * @param mostDebt the time after which the deepest debt is paid back: what is taken beyond it is not counted
     */
    public TokenBucket(int burst, Duration refill, Duration mostDebt, Instant now) {
        this.burst = burst;
        this.refillNanos = refill.toNanos();
        this.mostDebt = mostDebt;
        this.fullAt = now;
    }

    /** When the bucket will hold a token beyond those that are kept for others; empty if it holds one now. */
    public Optional<Instant> emptyUntil(int kept, Instant now) {
        int mayLack = Math.max(0, burst - kept - 1);
        Instant there = fullAt.minusNanos(refillNanos * mayLack);
        return there.isAfter(now) ? Optional.of(there) : Optional.empty();
    }

    public void take(Instant now) {
        Instant taken = (isFull(now) ? now : fullAt).plusNanos(refillNanos);
        Instant latest = now.plusNanos(refillNanos * burst).plus(mostDebt);
        fullAt = taken.isAfter(latest) ? latest : taken;
    }

    public boolean isFull(Instant now) {
        return !fullAt.isAfter(now);
    }
}
