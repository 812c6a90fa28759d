package net.wawp.operator.wawp.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Priority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitBreakerTest {

    private static final int FLEET = 30;

    private final InstanceHealth instances = new InstanceHealth();
    // without jitter
    private final CircuitBreaker breaker = new CircuitBreaker(instances, () -> 0L);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void opensWhenMoreThanTwoThirdsOfTheInstancesTurnInARow() {
        good("token", FLEET);
        bad("token", 0, 20);
        assertThat(isOpen()).isFalse();
        bad("token", 20, 21);
        assertThat(breaker.nextProbe()).contains(now.plus(CircuitBreaker.PROBE_INTERVAL));
    }

    @Test
    void opensWhenAHundredOfALargeFleetFailInARow() {
        good("token", 10_000);
        bad("token", 0, 99);
        assertThat(isOpen()).isFalse();
        bad("token", 99, 100);
        assertThat(isOpen()).isTrue();
    }

    @Test
    void staysClosedWhenAHundredOfTwoTenantsTurnBesideTenOfAnother() {
        for (int seed = 0; seed < 200; seed++) {
            CircuitBreaker fresh = new CircuitBreaker(new InstanceHealth(), () -> 0L);
            List<Integer> sessions =
                    new ArrayList<>(IntStream.range(0, 110).boxed().toList());
            sessions.forEach(session -> fresh.answered("SESSION" + session, token(session), now));
            // each has its place in the interval
            Collections.shuffle(sessions, new Random(seed));
            for (int round = 0; round < 5; round++) {
                for (int session : sessions) {
                    if (session < 100) {
                        fresh.failed("SESSION" + session, token(session), Delivery.Answered, now);
                    } else {
                        fresh.answered("SESSION" + session, token(session), now);
                    }
                    assertThat(fresh.nextProbe())
                            .as("seed %d, round %d", seed, round)
                            .isEmpty();
                }
                pass(Duration.ofSeconds(30));
            }
        }
    }

    private static String token(int session) {
        return session < 100 ? "broken " + session % 2 : "good";
    }

    @Test
    void opensWhenAllOfASmallFleetFailTenTimes() {
        good("token", 3);
        for (int round = 0; round < 3; round++) {
            bad("token", 0, 3);
            assertThat(isOpen()).isFalse();
        }
        bad("token", 0, 1);
        assertThat(isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void staysClosedWhileOneAnswerInTenIsGood(int firstGood) {
        good("token", FLEET);
        for (int round = 0; round < 100; round++) {
            bad("token", 0, firstGood);
            breaker.answered("GOOD", "token", now);
            bad("token", firstGood, 9);
        }
        assertThat(isOpen()).isFalse();
    }

    @Test
    void staysClosedWhereOneInstanceAloneIsKnown() {
        good("token", 1);
        for (int i = 0; i < 1000; i++) {
            bad("token", 0, 1);
        }
        assertThat(isOpen()).isFalse();
    }

    @Test
    void staysClosedWhereInstancesFailThatFailedBeforeWhileOthersWereGood() {
        good("token", FLEET);
        bad("token", 0, 9);
        breaker.answered("GOOD", "token", now);
        for (int round = 0; round < 100; round++) {
            bad("token", 0, 9);
        }
        assertThat(isOpen()).isFalse();
    }

    @Test
    void staysClosedWhereOneTokenAloneFailsBesideAGoodOne() {
        good("token", FLEET);
        breaker.answered("OTHER", "other token", now);
        bad("token", 0, FLEET);
        assertThat(isOpen()).isFalse();

        breaker.failed("OTHER", "other token", Delivery.Answered, now);
        assertThat(isOpen()).isTrue();
    }

    @Test
    void reliesOnAGoodTokenForTwoMinutes() {
        breaker.answered("OTHER", "other token", now);
        pass(Duration.ofSeconds(121));
        good("token", FLEET);
        bad("token", 0, FLEET);
        assertThat(isOpen()).isTrue();
    }

    @Test
    void needsMoreFailuresWhereNoInstanceWasEverGood() {
        bad("token", 0, 49);
        assertThat(isOpen()).isFalse();
        bad("token", 49, 50);
        assertThat(isOpen()).isTrue();
    }

    @Test
    void opensAfterFiveRefusedConnectionsWhoeverMadeThem() {
        good("token", FLEET);
        for (int i = 0; i < 5; i++) {
            assertThat(isOpen()).isFalse();
            breaker.failed("SESSION0", "token", Delivery.Unreached, now);
        }
        assertThat(isOpen()).isTrue();
        assertThat(instances.isGood("SESSION0")).as("is to blame").isTrue();
    }

    @Test
    void countsEachOutageFromItsBeginning() {
        good("token", FLEET);
        bad("token", 0, 9);
        breaker.answered("GOOD", "token", now);
        bad("token", 9, 29);
        assertThat(isOpen()).isFalse();
        bad("token", 29, 30);
        assertThat(isOpen()).isTrue();
    }

    @Test
    void probesEveryFourSecondsHoweverLongTheOutageLasts() {
        open();
        for (int probe = 0; probe < 100; probe++) {
            pass(CircuitBreaker.PROBE_INTERVAL.minusMillis(1));
            assertThat(passes(Priority.Routine, good(probe))).isFalse();
            pass(Duration.ofMillis(1));
            assertThat(passes(Priority.Routine, good(probe))).isTrue();
            breaker.sent(now);
            assertThat(passes(Priority.Routine, good(probe + 1))).isFalse();
            breaker.failed(good(probe), "token", Delivery.Answered, now);
        }
    }

    @Test
    void doesNotWaitForAProbeThatHangs() {
        open();
        pass(CircuitBreaker.PROBE_INTERVAL);
        breaker.sent(now);
        pass(CircuitBreaker.PROBE_INTERVAL);
        assertThat(passes(Priority.Routine, good(0))).isTrue();
    }

    @Test
    void keepsAProbeForAnInstanceThatWasGoodLast() {
        open();
        pass(CircuitBreaker.PROBE_INTERVAL);
        assertThat(passes(Priority.Routine, "SESSION0")).isFalse();
        assertThat(passes(Priority.Routine, "UNKNOWN")).isFalse();
        assertThat(passes(Priority.Routine, good(0))).isTrue();

        pass(Duration.ofSeconds(2));
        assertThat(passes(Priority.Routine, "SESSION0")).isTrue();
    }

    @Test
    void probesAnyInstanceWhereNoneIsGood() {
        bad("token", 0, 50);
        pass(CircuitBreaker.PROBE_INTERVAL);
        assertThat(passes(Priority.Routine, "SESSION0")).isTrue();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "Command")
    void probesWithAPollOfAnyPriority(Priority priority) {
        open();
        pass(CircuitBreaker.PROBE_INTERVAL);
        assertThat(passes(priority, good(0))).isTrue();
    }

    @Test
    void neverProbesWithACommand() {
        open();
        pass(Duration.ofHours(1));
        assertThat(passes(Priority.Command, good(0))).isFalse();
    }

    @Test
    void isNotHeldOpenByFailuresOfCallsThatWereInFlight() {
        open();
        Optional<Instant> probe = breaker.nextProbe();
        pass(Duration.ofSeconds(1));
        bad("token", 10, 15);
        assertThat(breaker.nextProbe()).isEqualTo(probe);
    }

    @Test
    void closesWithAnyAnswer() {
        open();
        breaker.answered("SESSION0", "token", now);
        assertThat(isOpen()).isFalse();
        assertThat(passes(Priority.Command, "SESSION1")).isTrue();
    }

    @Test
    void holdsBackWhatIsNotSentAsWithheld() {
        open();
        assertThat(breaker.refusal(Priority.Routine, "SESSION0", now))
                .contains(new Failure(Kind.GatewayUnavailable, Delivery.Withheld));
    }

    /** A hundred instances have turned; {@code SESSION100} and those after it were good last. */
    private void open() {
        good("token", 300);
        bad("token", 0, 100);
        assertThat(isOpen()).isTrue();
    }

    private void good(String token, int count) {
        for (int i = 0; i < count; i++) {
            breaker.answered("SESSION" + i, token, now);
        }
    }

    private static String good(int number) {
        return "SESSION" + (110 + number);
    }

    private void bad(String token, int from, int to) {
        for (int i = from; i < to; i++) {
            breaker.failed("SESSION" + i, token, Delivery.Answered, now);
        }
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private boolean isOpen() {
        return breaker.nextProbe().isPresent();
    }

    private boolean passes(Priority priority, String instance) {
        return breaker.refusal(priority, instance, now).isEmpty();
    }
}
