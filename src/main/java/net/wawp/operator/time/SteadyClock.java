package net.wawp.operator.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Tells the time of the wall clock at the start, plus the time that has passed since. It never goes back and never jumps when
 * somebody sets the wall clock, so that everything that is due stays due.
 */
public final class SteadyClock implements InstantSource {

    private final Instant start;
    private final long startNanos;
    private final LongSupplier nanoTime;

    /** Reads the clocks of the system. */
    public SteadyClock() {
        this(InstantSource.system(), System::nanoTime);
    }

    /**
     * @param wallClock read once, now
     * @param nanoTime as {@link System#nanoTime()}
     */
    public SteadyClock(InstantSource wallClock, LongSupplier nanoTime) {
        this.start = wallClock.instant();
        this.startNanos = nanoTime.getAsLong();
        this.nanoTime = nanoTime;
    }

    @Override
    public Instant instant() {
        // the difference is right also where nanoTime itself has overflowed
        return start.plusNanos(nanoTime.getAsLong() - startNanos);
    }
}
