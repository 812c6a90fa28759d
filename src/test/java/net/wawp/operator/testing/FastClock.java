package net.wawp.operator.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that runs faster than real time, so that a wait of a minute takes a second. */
public final class FastClock implements InstantSource {

    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();
    private final int factor;

    public FastClock(int factor) {
        this.factor = factor;
    }

    @Override
    public Instant instant() {
        return start.plus(Duration.ofNanos(System.nanoTime() - startNanos).multipliedBy(factor));
    }
}
