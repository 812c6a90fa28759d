package net.wawp.operator.wawp.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.wawp.Priority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LearntRateTest {

    private static final int CONFIGURED = 500;
    private static final Duration STEP = Duration.ofMillis(10);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final ManualClock clock = new ManualClock();
    private final LearntRate rate = new LearntRate(CONFIGURED, new Random(1), clock.instant());

    @ParameterizedTest
    @EnumSource
    void nothingIsHeldBackBeforeTheFirst429(Priority priority) {
        for (int i = 0; i < 10_000; i++) {
            assertThat(rate.heldBackUntil(priority, clock.instant())).isEmpty();
            rate.sent(clock.instant());
        }
        assertThat(rate.rate()).isInfinite();
    }

    @Test
    void aFirst429SetsTheRateALittleBelowWhatWawpTookInASecond() {
        take(100);
        clock.advance(Duration.ofMillis(900));
        limit(RETRY_AFTER);
        assertThat(rate.rate()).isEqualTo(95);
    }

    @Test
    void callsThatWereInFlightTogetherDecreaseItOnce() {
        take(100);
        Instant sent = clock.instant();
        clock.advance(Duration.ofMillis(200));
        for (int i = 0; i < 50; i++) {
            rate.limited(Priority.Routine, Optional.empty(), sent, clock.instant());
        }
        assertThat(rate.rate()).isEqualTo(95);
    }

    @Test
    void a429TakesHalfOfTheRateAtMost() {
        take(100);
        limit(RETRY_AFTER);
        clock.advance(Duration.ofMinutes(1));
        limit(RETRY_AFTER);
        assertThat(rate.rate()).isEqualTo(95 / 2.0 * 0.95);
    }

    @Test
    void itNeverFallsBelowOneCallASecond() {
        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofMinutes(1));
            limit(RETRY_AFTER);
        }
        assertThat(rate.rate()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void nothingPassesBeforeTheTimeThatWawpNames(Priority priority) {
        take(100);
        Instant named = clock.instant().plusSeconds(30);
        rate.limited(Priority.Routine, Optional.of(named), clock.instant(), clock.instant());
        clock.advance(Duration.ofSeconds(29));
        assertThat(rate.heldBackUntil(priority, clock.instant()).orElseThrow()).isAfterOrEqualTo(named);
    }

    @Test
    void afterThatTimeCallsDoNotComeAllAtOnce() {
        take(100);
        limit(Duration.ofSeconds(30));
        clock.advance(Duration.ofSeconds(30));
        List<Integer> perStep = new ArrayList<>();
        for (int step = 0; step < 100; step++) {
            clock.advance(STEP);
            perStep.add(sendAll(Priority.Prompt, 1_000));
        }
        assertThat(perStep).allMatch(count -> count <= 2);
        assertThat(perStep.stream().mapToInt(Integer::intValue).sum()).isBetween(90, 97);
    }

    @Test
    void callsThatAreHeldBackReturnOneAfterTheOtherALittleFasterThanTheRate() {
        take(100);
        limit(RETRY_AFTER);
        Instant opens = clock.instant().plus(RETRY_AFTER);
        List<Instant> returns = Stream.generate(() -> rate.heldBackUntil(Priority.Routine, clock.instant()))
                .limit(1_000)
                .flatMap(Optional::stream)
                .toList();
        assertThat(returns).hasSize(1_000).doesNotHaveDuplicates().isSorted();
        assertThat(Duration.between(opens, returns.get(999))).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(9));
    }

    @Test
    void aCommandReturnsBeforeAllPollsThatAreHeldBack() {
        take(100);
        limit(RETRY_AFTER);
        Instant opens = clock.instant().plus(RETRY_AFTER);
        for (int poll = 0; poll < 1_000; poll++) {
            rate.heldBackUntil(Priority.Routine, clock.instant());
        }
        assertThat(rate.heldBackUntil(Priority.Command, clock.instant())).contains(opens);
    }

    @Test
    void howeverManyAreHeldBackNoneReturnsLaterThanThirtySeconds() {
        take(10);
        limit(RETRY_AFTER);
        Instant opens = clock.instant().plus(RETRY_AFTER);
        assertThat(Stream.generate(() -> rate.heldBackUntil(Priority.Routine, clock.instant()))
                        .limit(10_000)
                        .map(Optional::orElseThrow))
                .allMatch(at -> !at.isAfter(opens.plusSeconds(31)));
    }

    @Test
    void commandsGoFirstThenAPersonsPollsThenPromptOnesThenRoutineOnes() {
        take(100);
        limit(RETRY_AFTER);
        clock.advance(RETRY_AFTER);
        assertThat(passing()).containsExactly(Priority.Command);
        clock.advance(Duration.ofMillis(11));
        assertThat(passing()).containsExactly(Priority.Requested, Priority.Command);
        clock.advance(Duration.ofMillis(11));
        assertThat(passing()).containsExactly(Priority.Prompt, Priority.Requested, Priority.Command);
        clock.advance(Duration.ofMillis(200));
        assertThat(passing()).hasSize(4);
    }

    @Test
    void pollsPayForCommandsWhichAreNoMoreThanHalfASecondAhead() {
        take(100);
        limit(RETRY_AFTER);
        clock.advance(RETRY_AFTER);
        assertThat(sendAll(Priority.Command, 1_000)).isBetween(47, 48);
        clock.advance(Duration.ofMillis(450));
        assertThat(sendAll(Priority.Requested, 1_000)).isZero();
        clock.advance(Duration.ofMillis(100));
        assertThat(sendAll(Priority.Requested, 1_000)).isPositive();
    }

    @Test
    void theRateDoesNotGrowWhileNothingWaitsForIt() {
        take(100);
        limit(RETRY_AFTER);
        clock.advance(RETRY_AFTER);
        for (int second = 0; second < 600; second++) {
            clock.advance(Duration.ofSeconds(1));
            sendAll(Priority.Routine, 1);
        }
        assertThat(rate.rate()).isEqualTo(95);
    }

    @Test
    void itGrowsFasterTheLongerNo429Comes() {
        take(100);
        limit(RETRY_AFTER);
        clock.advance(RETRY_AFTER);
        limit(RETRY_AFTER);
        double before = rate.rate();
        double afterTenSeconds = growWhileCallsWait(10);
        double afterOneMinute = growWhileCallsWait(50);
        double afterTenMinutes = growWhileCallsWait(540);
        assertThat(afterTenSeconds / before).isBetween(1.01, 1.05);
        assertThat(afterOneMinute / before).isBetween(1.2, 2.0);
        assertThat(afterTenMinutes / before).isGreaterThan(10);
    }

    private double growWhileCallsWait(int seconds) {
        for (int second = 0; second < seconds; second++) {
            clock.advance(Duration.ofSeconds(1));
            sendAll(Priority.Routine, 1_000_000);
        }
        return rate.rate();
    }

    @Test
    void aCommandThatWawpRefusesDoesNotReturnBehindThePolls() {
        take(100);
        limit(RETRY_AFTER);
        clock.advance(RETRY_AFTER);
        for (int i = 0; i < 1_000; i++) {
            rate.heldBackUntil(Priority.Routine, clock.instant());
        }
        Instant now = clock.instant();
        Instant named = now.plus(RETRY_AFTER);

        assertThat(rate.limited(Priority.Command, Optional.of(named), now, now)).isEqualTo(named);
        assertThat(rate.limited(Priority.Requested, Optional.of(named), now, now))
                .isAfter(named);
    }

    @Test
    void whereWawpNamesNoTimeThePauseGrowsUntilACallPasses() {
        Duration total = Duration.ZERO;
        for (int i = 0; i < 12; i++) {
            Instant now = clock.instant();
            Duration rest = Duration.between(now, rate.limited(Priority.Routine, Optional.empty(), now, now));
            assertThat(rest).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(5));
            total = total.plus(rest);
            clock.advance(rest);
        }
        assertThat(total).isGreaterThan(Duration.ofMinutes(5));

        rate.passed(clock.instant());
        Instant now = clock.instant();
        assertThat(rate.limited(Priority.Routine, Optional.empty(), now, now)).isBefore(now.plusSeconds(3));
    }

    /** Whatever Wawp's limit is like, nine tenths of it are used and less than one call in 200 is refused. */
    @ParameterizedTest
    @CsvSource({"100, 100", "100, 20", "100, 1000", "20, 20", "400, 400"})
    void itFindsALimitAndStaysBelowIt(int limit, int burst) {
        Upstream upstream = new Upstream(limit, burst);
        upstream.run(Duration.ofSeconds(40));
        upstream.taken = 0;
        upstream.refused = 0;
        upstream.run(Duration.ofMinutes(2));
        assertThat(upstream.taken).isGreaterThan(limit * 120 * 9 / 10);
        assertThat(upstream.refused).isLessThan(upstream.taken / 200 + 1);
    }

    /** Takes calls as a token bucket does, and answers after 100 ms. There are always calls that wait. */
    private final class Upstream {

        private static final int ANSWER_STEPS = 10;

        private final double limit;
        private final double burst;
        private final List<List<Boolean>> inFlight = new ArrayList<>();
        private double free;
        private int taken;
        private int refused;

        Upstream(double limit, double burst) {
            this.limit = limit;
            this.burst = burst;
            this.free = burst;
        }

        void run(Duration time) {
            for (long step = 0; step < time.dividedBy(STEP); step++) {
                clock.advance(STEP);
                free = Math.min(burst, free + limit / 100);
                List<Boolean> answers = new ArrayList<>();
                while (answers.size() < 8
                        && rate.heldBackUntil(Priority.Prompt, clock.instant()).isEmpty()) {
                    rate.sent(clock.instant());
                    answers.add(free >= 1);
                    if (free >= 1) {
                        free--;
                    }
                }
                inFlight.add(answers);
                if (inFlight.size() > ANSWER_STEPS) {
                    inFlight.remove(0).forEach(this::answer);
                }
            }
        }

        private void answer(boolean isTaken) {
            Instant now = clock.instant();
            if (isTaken) {
                taken++;
                rate.passed(now);
            } else {
                refused++;
                rate.limited(
                        Priority.Routine,
                        Optional.of(now.plus(RETRY_AFTER)),
                        now.minus(STEP.multipliedBy(ANSWER_STEPS)),
                        now);
            }
        }
    }

    private void take(int calls) {
        for (int i = 0; i < calls; i++) {
            rate.passed(clock.instant());
        }
    }

    private void limit(Duration retryAfter) {
        Instant now = clock.instant();
        rate.limited(Priority.Routine, Optional.of(now.plus(retryAfter)), now, now);
    }

    private List<Priority> passing() {
        return Stream.of(Priority.values())
                .filter(priority ->
                        rate.heldBackUntil(priority, clock.instant()).isEmpty())
                .toList();
    }

    /** Sends what is not held back, of so many calls, and returns how many that were. */
    private int sendAll(Priority priority, int calls) {
        int sent = 0;
        while (sent < calls && rate.heldBackUntil(priority, clock.instant()).isEmpty()) {
            rate.sent(clock.instant());
            sent++;
        }
        return sent;
    }
}
