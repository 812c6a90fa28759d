package net.wawp.operator.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that runs faster than real time, so that a wait of a minute takes a second. Thread-safe. */
public final class FastClock implements InstantSource {

    private Instant start = Instant.now();
    private long startNanos = System.nanoTime();
    private int factor;

    public FastClock(int factor) {
        this.factor = factor;
    }

    @Override
    public synchronized Instant instant() {
        return start.plus(Duration.ofNanos(System.nanoTime() - startNanos).multipliedBy(factor));
    }

    /** Runs so many times as fast as real time from now on. */
    public synchronized void runAt(int newFactor) {
        Instant now = instant();
        startNanos = System.nanoTime();
        start = now;
        factor = newFactor;
    }
}
