package net.wawp.operator.time;

import java.time.Instant;

/**
 * An {@link Instant} as a number, the nanoseconds since 1970, for the years 1678 to 2261: for what is kept of each of a hundred thousand
 * sessions and replaced at each poll. An object that is replaced after half a minute is one that only a full collection takes away.
 */
public final class EpochNanos {

    private static final long SECOND = 1_000_000_000L;

    private EpochNanos() {}

    /** @throws ArithmeticException outside of those years */
    public static long of(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), SECOND), time.getNano());
    }

    public static Instant instant(long nanos) {
        return Instant.ofEpochSecond(0, nanos);
    }
}
