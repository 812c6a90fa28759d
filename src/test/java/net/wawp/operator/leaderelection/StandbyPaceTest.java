package net.wawp.operator.leaderelection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StandbyPaceTest {

    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration MARGIN = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(15);

    @Test
    void theNextReadComesJustAfterTheNextRenewal() {
        assertThat(untilNextRead(LONG, Duration.ofMillis(700))).isEqualTo(Duration.ofMillis(1_400));
        assertThat(untilNextRead(LONG, Duration.ofMillis(1_999))).isEqualTo(Duration.ofMillis(101));
    }

    @Test
    void aReadThatCameBeforeTheRenewalCouldBeSeenIsMadeUpForAtOnce() {
        assertThat(untilNextRead(LONG, Duration.ofMillis(30))).isEqualTo(Duration.ofMillis(70));
    }

    @Test
    void aReadJustAfterARenewalIsFollowedByOneAfterTheNext() {
        assertThat(untilNextRead(LONG, MARGIN)).isEqualTo(RETRY);
    }

    @Test
    void whileRenewalsStayOutTheReadsKeepTheirPlace() {
        assertThat(untilNextRead(LONG, RETRY.multipliedBy(3).plus(MARGIN))).isEqualTo(RETRY);
    }

    @Test
    void clocksThatDifferChangeNothingButThePlace() {
        for (long skew = -10_000; skew <= 10_000; skew += 37) {
            assertThat(untilNextRead(LONG, Duration.ofMillis(skew)))
                    .isPositive()
                    .isLessThanOrEqualTo(RETRY);
        }
    }

    @Test
    void aRenewalOfNoRealTimeChangesNothingButThePlaceEither() {
        Duration thousandYears = Duration.ofDays(365_000);
        assertThat(untilNextRead(LONG, thousandYears.plusMillis(700))).isEqualTo(Duration.ofMillis(1_400));
        assertThat(untilNextRead(LONG, thousandYears.negated().plusMillis(700))).isEqualTo(Duration.ofMillis(1_400));
    }

    @Test
    void theLeaseIsReadInTheMomentAfterItsEnd() {
        Duration left = Duration.ofMillis(20);
        assertThat(untilNextRead(left, Duration.ofMillis(700))).isEqualTo(left.plusNanos(1));
        assertThat(untilNextRead(Duration.ZERO, Duration.ofMillis(700))).isEqualTo(Duration.ofNanos(1));
    }

    private static Duration untilNextRead(Duration left, Duration age) {
        return StandbyPace.untilNextRead(RETRY, left, age);
    }
}
