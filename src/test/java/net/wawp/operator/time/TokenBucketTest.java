package net.wawp.operator.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private static final int BURST = 3;
    private static final Duration REFILL = Duration.ofSeconds(10);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final TokenBucket bucket = new TokenBucket(BURST, REFILL, REFILL.multipliedBy(4), now);

    @Test
    void itHoldsABurstAndThenOneTokenAfterEachRefill() {
        assertThat(takeAll()).isEqualTo(BURST);
        assertThat(bucket.emptyUntil(0, now)).contains(now.plus(REFILL));

        pass(REFILL.minusNanos(1));
        assertThat(takeAll()).isZero();
        pass(Duration.ofNanos(1));
        assertThat(takeAll()).isEqualTo(1);
        pass(REFILL.multipliedBy(2));
        assertThat(takeAll()).isEqualTo(2);
    }

    @Test
    void itHoldsNoMoreThanABurstHoweverLongItRests() {
        takeAll();
        pass(REFILL.multipliedBy(1000));
        assertThat(takeAll()).isEqualTo(BURST);
    }

    @Test
    void itIsFullAgainWhenAllTokensAreBack() {
        takeAll();
        pass(REFILL.multipliedBy(BURST).minusNanos(1));
        assertThat(bucket.isFull(now)).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(bucket.isFull(now)).isTrue();
    }

    @Test
    void itKeepsTokensForOthers() {
        bucket.take(now);
        assertThat(bucket.emptyUntil(1, now)).isEmpty();
        bucket.take(now);
        assertThat(bucket.emptyUntil(1, now)).contains(now.plus(REFILL));
        assertThat(bucket.emptyUntil(0, now)).isEmpty();
    }

    @Test
    void itKeepsFewerThanItCanHold() {
        assertThat(bucket.emptyUntil(BURST, now)).isEmpty();
    }

    @Test
    void whatIsTakenOnCreditIsPaidBackFirst() {
        takeAll();
        bucket.take(now);
        bucket.take(now);
        assertThat(bucket.emptyUntil(0, now)).contains(now.plus(REFILL.multipliedBy(3)));
    }

    @Test
    void noMoreIsTakenOnCreditThanTheMostThatMayBeOwed() {
        takeAll();
        for (int i = 0; i < 1_000; i++) {
            bucket.take(now);
        }
        assertThat(bucket.emptyUntil(0, now)).contains(now.plus(REFILL.multipliedBy(5)));
    }

    @Test
    void aClockThatIsPutBackAddsNothing() {
        takeAll();
        pass(REFILL.negated());
        assertThat(takeAll()).isZero();
    }

    private int takeAll() {
        int taken = 0;
        while (bucket.emptyUntil(0, now).isEmpty()) {
            bucket.take(now);
            taken++;
        }
        return taken;
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
