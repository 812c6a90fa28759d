package net.wawp.operator.time;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff: how long to wait before the next try.
 *
 * @param first the shortest delay
 * @param factor multiplies the delay with each failure; 1 or more
 * @param ceiling the longest delay
 */
public record Backoff(Duration first, double factor, Duration ceiling) {

    public Backoff {
        if (first.isNegative() || first.isZero()) {
            throw new IllegalArgumentException("first must be positive, but is " + first);
        }
        if (!(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("factor must be a finite number of 1 or more, but is " + factor);
        }
        if (ceiling.compareTo(first) < 0) {
            throw new IllegalArgumentException("ceiling must not be shorter than first, but is " + ceiling);
        }
    }

    /** The delay: {@code first * factor^failures}, at most the ceiling. A count below 0 counts as 0. */
    public Duration after(int failures) {
        double growth = Math.pow(factor, Math.max(failures, 0));
        // compared as floating point numbers, which do not overflow
        if (growth >= seconds(ceiling) / seconds(first)) {
            return ceiling;
        }
        Duration delay = scaled(first, growth);
        return delay.compareTo(ceiling) < 0 ? delay : ceiling; // rounded
    }

    /** A random delay from {@code first} to {@link #after}: many that fail at once come back apart from each other. */
    public Duration withJitter(int failures, RandomGenerator random) {
        return first.plus(scaled(after(failures).minus(first), random.nextDouble()));
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    private static Duration scaled(Duration duration, double factor) {
        double seconds = seconds(duration) * factor;
        long whole = (long) seconds;
        return Duration.ofSeconds(whole, Math.round((seconds - whole) * 1e9));
    }
}
