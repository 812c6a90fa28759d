package net.wawp.operator.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventRateLimiterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final EventRateLimiter limit = new EventRateLimiter();

    @Test
    void aBurstOf25IsWrittenAndNothingOverThat() {
        assertThat(admittedOf(100, "a", NOW)).isEqualTo(25);
    }

    @Test
    void oneMoreIsWrittenEvery5MinutesAfterTheBurst() {
        admittedOf(100, "a", NOW);

        assertThat(admittedOf(10, "a", NOW.plus(Duration.ofMinutes(4)))).isZero();
        assertThat(admittedOf(10, "a", NOW.plus(Duration.ofMinutes(5)))).isEqualTo(1);
        assertThat(admittedOf(10, "a", NOW.plus(Duration.ofMinutes(20)))).isEqualTo(3);
    }

    @Test
    void theWholeBurstIsBackAfterAQuietTime() {
        admittedOf(100, "a", NOW);

        assertThat(admittedOf(100, "a", NOW.plus(Duration.ofMinutes(5 * 25)))).isEqualTo(25);
    }

    @Test
    void oneNoisyResourceTakesNothingFromTheOthers() {
        admittedOf(100, "a", NOW);

        assertThat(admittedOf(1, "b", NOW)).isEqualTo(1);
    }

    private long admittedOf(int events, String uid, Instant at) {
        return IntStream.range(0, events).filter(i -> limit.admits(uid, at)).count();
    }
}
