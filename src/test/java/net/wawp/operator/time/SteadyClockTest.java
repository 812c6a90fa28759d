package net.wawp.operator.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteadyClockTest {

    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");

    private final AtomicReference<Instant> wallClock = new AtomicReference<>(START);
    private final AtomicLong nanoTime = new AtomicLong(-17);
    private final SteadyClock clock = new SteadyClock(wallClock::get, nanoTime::get);

    @Test
    void beginsAtTheTimeOfTheWallClock() {
        assertThat(clock.instant()).isEqualTo(START);
    }

    @Test
    void advancesByTheTimeThatHasPassed() {
        nanoTime.addAndGet(Duration.ofSeconds(90).toNanos());
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(90));
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600, 3_600})
    void ignoresThatSomebodySetsTheWallClock(long seconds) {
        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        wallClock.set(START.plusSeconds(seconds));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(1));
    }

    @Test
    void advancesWhereNanoTimeOverflows() {
        nanoTime.set(Long.MAX_VALUE - 1);
        SteadyClock late = new SteadyClock(wallClock::get, nanoTime::get);
        nanoTime.addAndGet(10);
        assertThat(late.instant()).isEqualTo(START.plusNanos(10));
    }

    @Test
    void tellsTheTimeOfTheSystem() {
        Instant before = Instant.now();
        SteadyClock system = new SteadyClock();
        Instant first = system.instant();
        assertThat(first).isBetween(before, Instant.now());
        assertThat(system.instant()).isAfterOrEqualTo(first);
    }
}
