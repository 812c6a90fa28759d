package net.wawp.operator.poller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class FleetPaceTest {

    private static final double NORMAL = 1_000;
    private static final Duration STEP = Duration.ofMillis(50);
    private static final Percentage A_LITTLE = Percentage.withPercentage(2);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final FleetPace pace = new FleetPace(now);

    @Test
    void turnsTakeTwelveTenthsOfTheNormalRateAtMost() {
        turns(NORMAL, 5);
        assertThat(turns(NORMAL, 60) / 60.0).isCloseTo(NORMAL * 1.2, A_LITTLE);
    }

    @Test
    void aFleetThatIsSmallTakesAHundredCallsASecond() {
        turns(1, 5);
        assertThat(turns(1, 60) / 60.0).isCloseTo(FleetPace.FLOOR, A_LITTLE);
    }

    @Test
    void whatSomebodyWaitedForIsPaidForByTurnsWhichKeepAShareMeanwhile() {
        turns(NORMAL, 5);
        for (int request = 0; request < 15_000; request++) {
            pace.requested();
        }
        // 45,000 calls, paid for with what turns leave of the rate: 780 a second
        assertThat(turns(NORMAL, 58) / 58.0).isCloseTo(NORMAL * 0.42, A_LITTLE);
        turns(NORMAL, 4);
        assertThat(turns(NORMAL, 60) / 60.0).isCloseTo(NORMAL * 1.2, A_LITTLE);
    }

    @Test
    void howeverManyRequestsTheTurnsHavePaidForThemWithinMinutes() {
        turns(NORMAL, 5);
        for (int request = 0; request < 10_000_000; request++) {
            pace.requested();
        }
        turns(NORMAL, 200);
        assertThat(turns(NORMAL, 60) / 60.0).isCloseTo(NORMAL * 1.2, A_LITTLE);
    }

    @Test
    void aFewRequestsDelayNoTurn() {
        now = now.plusSeconds(10);
        int turns = 0;
        for (int second = 0; second < 60; second++) {
            pace.requested();
            for (int turn = 0; turn < NORMAL; turn++) {
                now = now.plusNanos((long) (1e9 / NORMAL));
                turns += pace.takesTurn(NORMAL, now) ? 1 : 0;
            }
        }
        assertThat(turns).isEqualTo((int) (60 * NORMAL));
    }

    @Test
    void aTurnThatWasHeldBackDoesNotCount() {
        turns(NORMAL, 5);
        for (int i = 0; i < 100_000; i++) {
            now = now.plusMillis(1);
            assertThat(pace.takesTurn(NORMAL, now)).isTrue();
            pace.turnCalledNothing();
        }
    }

    @Test
    void afterARestNoMoreThanThreeSecondsAreSavedUp() {
        now = now.plus(Duration.ofHours(1));
        assertThat((double) all(NORMAL)).isCloseTo(NORMAL * 1.2 * 3, A_LITTLE);
    }

    /** How many turns are taken where there are always more. */
    private int turns(double normal, int seconds) {
        int turns = 0;
        Instant end = now.plusSeconds(seconds);
        while (now.isBefore(end)) {
            now = now.plus(STEP);
            turns += all(normal);
        }
        return turns;
    }

    private int all(double normal) {
        int turns = 0;
        while (pace.takesTurn(normal, now)) {
            turns++;
        }
        return turns;
    }
}
