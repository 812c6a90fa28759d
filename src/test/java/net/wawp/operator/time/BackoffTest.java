package net.wawp.operator.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {

    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(2), 2, Duration.ofMinutes(1));

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 4", "2, 8", "3, 16", "4, 32"})
    void growsByTheFactorWithEachFailure(int failures, long seconds) {
        assertThat(BACKOFF.after(failures)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 63, 64, 1_024, Integer.MAX_VALUE})
    void staysAtTheCeilingForAnyNumberOfFailures(int failures) {
        assertThat(BACKOFF.after(failures)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void takesACountBelowZeroForZero() {
        assertThat(BACKOFF.after(-1)).isEqualTo(Duration.ofSeconds(2));
        assertThat(BACKOFF.after(Integer.MIN_VALUE)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void growsByAFractionToo() {
        Backoff slow = new Backoff(Duration.ofMillis(100), 1.5, Duration.ofSeconds(1));
        assertThat(slow.after(2)).isEqualTo(Duration.ofMillis(225));
    }

    @Test
    void staysTheSameWithFactorOne() {
        Backoff even = new Backoff(Duration.ofSeconds(5), 1, Duration.ofSeconds(50));
        assertThat(even.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 62, 63, 64, 2_000})
    void doesNotOverflowUnderTheLongestCeiling(int failures) {
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
        Backoff endless = new Backoff(Duration.ofNanos(1), 10, longest);
        assertThat(endless.after(failures)).isBetween(Duration.ofNanos(1), longest);
    }

    @Test
    void spreadsJitterFromTheFirstDelayToTheWholeDelay() {
        assertThat(BACKOFF.withJitter(2, always(0))).isEqualTo(Duration.ofSeconds(2));
        assertThat(BACKOFF.withJitter(2, always(0.5))).isEqualTo(Duration.ofSeconds(5));
        assertThat(BACKOFF.withJitter(2, always(Math.nextDown(1.0))))
                .isBetween(Duration.ofMillis(7_999), Duration.ofSeconds(8));
    }

    @Test
    void keepsJitterWithinItsBounds() {
        RandomGenerator random = new Random(7);
        assertThat(Stream.generate(() -> BACKOFF.withJitter(20, random)).limit(1_000))
                .allMatch(delay -> delay.compareTo(Duration.ofSeconds(2)) >= 0)
                .allMatch(delay -> delay.compareTo(Duration.ofMinutes(1)) <= 0)
                .anyMatch(delay -> delay.compareTo(Duration.ofSeconds(10)) < 0)
                .anyMatch(delay -> delay.compareTo(Duration.ofSeconds(50)) > 0);
    }

    @Test
    void refusesWhatIsNoBackoff() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(Duration.ZERO, 2, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(second.negated(), 2, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(second, 0.5, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(second, Double.NaN, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(second, Double.POSITIVE_INFINITY, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(second, 2, Duration.ofMillis(999)));
    }

    private static RandomGenerator always(double value) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public double nextDouble() {
                return value;
            }
        };
    }
}
