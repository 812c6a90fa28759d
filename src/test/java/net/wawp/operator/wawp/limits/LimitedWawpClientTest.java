package net.wawp.operator.wawp.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.HandAnsweredWawp;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class LimitedWawpClientTest {

    private static final String TOKEN = "token";
    private static final int CALLS_PER_SECOND = 10;
    private static final int BURST = 20;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualClock clock = new ManualClock();
    private final HandAnsweredWawp wawp = new HandAnsweredWawp();
    // no jitter: always the shortest of the times it may be
    private final LimitedWawpClient client = new LimitedWawpClient(wawp, CALLS_PER_SECOND, BURST, clock, () -> 0L);

    @Nested
    class ATokenNotTriedBefore {

        @Test
        void isTriedByOneCallForWhoseAnswerTheOthersWait() {
            CompletableFuture<WawpResponse> first = poll("A", Priority.Prompt);
            CompletableFuture<WawpResponse> second = poll("B", Priority.Prompt);
            CompletableFuture<WawpResponse> third = act("C");
            assertThat(wawp.sent()).isEqualTo(1);

            wawp.refuse(Kind.Unauthorized);

            assertThat(failure(first).delivery()).isEqualTo(Delivery.Answered);
            assertThat(failure(second).delivery()).isEqualTo(Delivery.Withheld);
            assertThat(failure(third).delivery()).isEqualTo(Delivery.Withheld);
            assertThat(wawp.sent()).isEqualTo(1);
        }

        @Test
        void letsEverybodyGoOnceTheFirstCallIsAnswered() {
            poll("A", Priority.Prompt);
            poll("B", Priority.Prompt);
            poll("C", Priority.Prompt);
            wawp.refuse(Kind.GatewayUnavailable);
            assertThat(wawp.sent()).isEqualTo(3);
        }

        @Test
        void isWhatATokenIsAgainAfterALongRest() {
            poll("A", Priority.Routine);
            wawp.answerWell();
            clock.advance(MINUTE.multipliedBy(21));
            poll("A", Priority.Routine);
            poll("B", Priority.Routine);
            assertThat(wawp.sent()).isEqualTo(2);
        }
    }

    @Nested
    class ATokenThatWawpRefuses {

        @BeforeEach
        void refuse() {
            poll("A", Priority.Prompt);
            wawp.refuse(Kind.Unauthorized);
        }

        @Test
        void isTriedOnceInTenMinutesWhoeverAsksAndForWhateverInstance() {
            clock.advance(MINUTE.multipliedBy(10).minusSeconds(1));
            assertThat(failure(poll("A", Priority.Routine))).isEqualTo(refusedHere());
            assertThat(failure(poll("B", Priority.Prompt))).isEqualTo(refusedHere());
            assertThat(failure(act("C"))).isEqualTo(refusedHere());
            assertThat(wawp.sent()).isEqualTo(1);

            clock.advance(Duration.ofSeconds(1));
            poll("B", Priority.Routine);
            assertThat(wawp.sent()).isEqualTo(2);
            poll("C", Priority.Routine);
            wawp.refuse(Kind.Unauthorized);
            poll("D", Priority.Routine);
            assertThat(wawp.sent()).isEqualTo(2);
        }

        @Test
        void isTriedOnceAMinuteIfPeopleAsk() {
            poll("A", Priority.Requested);
            assertThat(wawp.sent()).isEqualTo(1);
            clock.advance(MINUTE);
            poll("A", Priority.Requested);
            poll("B", Priority.Requested);
            assertThat(wawp.sent()).isEqualTo(2);
        }

        @Test
        void isGoodAgainAfterAGoodAnswer() {
            clock.advance(MINUTE.multipliedBy(10));
            poll("A", Priority.Routine);
            wawp.answerWell();
            poll("A", Priority.Routine);
            poll("B", Priority.Routine);
            assertThat(wawp.sent()).isEqualTo(4);
        }

        @Test
        void isGoodAgainWhenOnlyTheInstanceIsWrong() {
            clock.advance(MINUTE.multipliedBy(10));
            poll("A", Priority.Routine);
            wawp.refuse(Kind.InstanceNotFound);
            poll("B", Priority.Routine);
            assertThat(wawp.sent()).isEqualTo(3);
        }

        @Test
        void staysRefusedWhenTheGatewayCouldNotTell() {
            clock.advance(MINUTE.multipliedBy(10));
            poll("A", Priority.Routine);
            wawp.refuse(Kind.GatewayUnavailable);
            poll("B", Priority.Routine);
            assertThat(wawp.sent()).isEqualTo(2);
        }

        @Test
        void doesNotConcernOtherTokens() {
            client.send(WawpRequest.info(new Credentials("A", "another token"), Priority.Routine));
            assertThat(wawp.sent()).isEqualTo(2);
        }

        private Failure refusedHere() {
            Instant tenMinutesAfter = Instant.parse("2026-01-01T00:10:00Z");
            return new Failure(Kind.Unauthorized, Delivery.Withheld, Optional.of(tenMinutesAfter));
        }
    }

    @Nested
    class ATokenThatWawpLimits {

        @Test
        void isNotUsedBeforeTheTimeThatWawpNamedNotEvenForAPerson() {
            Instant named = clock.instant().plusSeconds(90);
            poll("A", Priority.Routine);
            wawp.refuse(new Failure(Kind.RateLimited, Delivery.Answered, Optional.of(named)));

            clock.advance(Duration.ofSeconds(89));
            Failure held = new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(named));
            assertThat(failure(poll("A", Priority.Requested))).isEqualTo(held);
            assertThat(failure(act("B"))).isEqualTo(held);
            clock.advance(Duration.ofSeconds(1));
            poll("A", Priority.Routine);
            assertThat(wawp.sent()).isEqualTo(2);
        }

        @Test
        void restsLongerEachTimeWhereWawpNamesNoTime() {
            RateLimitGate gate = new RateLimitGate(new Random(1));
            Duration total = Duration.ZERO;
            for (int i = 0; i < 12; i++) {
                Instant now = clock.instant();
                Duration rest = Duration.between(now, gate.limited(Optional.empty(), now, now));
                assertThat(rest).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(5));
                total = total.plus(rest);
                clock.advance(rest);
            }
            assertThat(total).isGreaterThan(Duration.ofMinutes(5));

            gate.passed();
            Instant now = clock.instant();
            assertThat(gate.limited(Optional.empty(), now, now)).isBefore(now.plusSeconds(3));
        }

        @Test
        void countsCallsThatWereUnderWayTogetherAsOne() {
            RateLimitGate gate = new RateLimitGate(new Random(1));
            Instant sent = clock.instant();
            clock.advance(Duration.ofMillis(200));
            Instant now = clock.instant();
            for (int i = 0; i < 50; i++) {
                assertThat(gate.limited(Optional.empty(), sent, now)).isBefore(now.plusSeconds(3));
            }
        }

        @Test
        void saysInTheReplyWhenCallsMayGoOn() {
            CompletableFuture<WawpResponse> reply = poll("A", Priority.Routine);
            wawp.refuse(Kind.RateLimited);
            assertThat(failure(reply).notBefore()).contains(clock.instant().plusSeconds(1));
        }
    }

    @Nested
    class OurOwnRate {

        @BeforeEach
        void emptyTheBucket() {
            for (int i = 0; i < BURST; i++) {
                poll("A", Priority.Routine);
                wawp.answerWell();
            }
        }

        @Test
        void holdsRoutinePollsBackUntilThereIsATokenAgain() {
            Instant next = clock.instant().plusMillis(1000 / CALLS_PER_SECOND);
            assertThat(failure(poll("B", Priority.Routine)))
                    .isEqualTo(new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(next)));
            clock.advance(Duration.between(clock.instant(), next));
            poll("B", Priority.Routine);
            assertThat(wawp.sent()).isEqualTo(BURST + 1);
        }

        @Test
        void neverHoldsBackWhatMattersMoreButRoutinePollsPayForIt() {
            poll("B", Priority.Prompt);
            poll("B", Priority.Requested);
            act("B");
            assertThat(wawp.sent()).isEqualTo(BURST + 3);
            Instant debtIsPaid = clock.instant().plusMillis(4 * 1000 / CALLS_PER_SECOND);
            assertThat(failure(poll("B", Priority.Routine)).notBefore()).contains(debtIsPaid);
        }

        @Test
        void isEachTokensOwn() {
            client.send(WawpRequest.info(new Credentials("A", "another token"), Priority.Routine));
            assertThat(wawp.sent()).isEqualTo(BURST + 1);
        }
    }

    @Nested
    class TheBreaker {

        @BeforeEach
        void tryTheToken() {
            poll("A", Priority.Routine);
            wawp.answerWell();
        }

        @Test
        void opensAfterFiveFailuresInARow() {
            fail("A", "B", "A", "B");
            assertThat(client.nextProbe()).isEmpty();
            fail("A");
            assertThat(client.nextProbe()).contains(clock.instant().plusSeconds(1));
            assertThat(failure(poll("A", Priority.Prompt)))
                    .isEqualTo(new Failure(Kind.GatewayUnavailable, Delivery.Withheld));
            assertThat(failure(act("A"))).isEqualTo(new Failure(Kind.GatewayUnavailable, Delivery.Withheld));
        }

        @ParameterizedTest
        @EnumSource(mode = Mode.EXCLUDE, names = "GatewayUnavailable")
        void staysClosedWhereTheGatewayAnswersNow(Kind answer) {
            fail("A", "B", "C", "D");
            client.send(WawpRequest.info(new Credentials("E", "another token"), Priority.Routine));
            wawp.refuse(answer);
            fail("A", "B", "C", "D");
            assertThat(client.nextProbe()).isEmpty();
        }

        @Test
        void staysClosedWhereOneInstanceAloneFails() {
            fail("A", "A", "A", "A", "A", "A", "A");
            assertThat(client.nextProbe()).isEmpty();
        }

        @Test
        void opensForOneInstanceWhereThereIsNoConnectionAtAll() {
            for (int i = 0; i < 5; i++) {
                poll("A", Priority.Routine);
                wawp.refuse(new Failure(Kind.GatewayUnavailable, Delivery.Unreached));
            }
            assertThat(client.nextProbe()).isPresent();
        }

        @Test
        void isNotTroubledByCallsThatTheirSenderHeldBack() {
            for (int i = 0; i < 10; i++) {
                act("A" + i);
                wawp.refuse(new Failure(Kind.GatewayUnavailable, Delivery.Withheld));
            }
            assertThat(client.nextProbe()).isEmpty();
        }

        @Test
        void letsOnePollThroughAtATimeAndNeverAChangingCall() {
            open();
            clock.advance(Duration.ofSeconds(1));
            int before = wawp.sent();
            act("A");
            assertThat(wawp.sent()).isEqualTo(before);
            poll("A", Priority.Routine);
            poll("B", Priority.Requested);
            assertThat(wawp.sent()).isEqualTo(before + 1);
            assertThat(client.nextProbe()).isEmpty();
        }

        @Test
        void waitsTwiceAsLongAfterEachProbeThatFailsUpToHalfAMinute() {
            open();
            for (int seconds : new int[] {1, 2, 4, 8, 15, 15, 15}) {
                assertThat(client.nextProbe()).contains(clock.instant().plusSeconds(seconds));
                clock.advance(Duration.ofSeconds(seconds));
                fail("A");
            }
        }

        @Test
        void closesWithAGoodProbe() {
            open();
            clock.advance(Duration.ofSeconds(1));
            poll("A", Priority.Routine);
            wawp.answerWell();
            assertThat(client.nextProbe()).isEmpty();
            int before = wawp.sent();
            act("A");
            poll("B", Priority.Routine);
            assertThat(wawp.sent()).isEqualTo(before + 2);
        }

        @Test
        void countsEachOutageAnew() {
            open();
            clock.advance(Duration.ofSeconds(1));
            poll("A", Priority.Routine);
            wawp.answerWell();
            open();
            assertThat(client.nextProbe()).contains(clock.instant().plusSeconds(1));
        }

        @Test
        void isNotHeldOpenByFailuresOfCallsThatWereUnderWay() {
            for (int i = 0; i < 10; i++) {
                poll("A" + i, Priority.Routine);
            }
            for (int i = 0; i < 5; i++) {
                wawp.refuse(Kind.GatewayUnavailable);
            }
            Optional<Instant> probe = client.nextProbe();
            for (int i = 0; i < 5; i++) {
                clock.advance(Duration.ofMillis(10));
                wawp.refuse(Kind.GatewayUnavailable);
            }
            assertThat(client.nextProbe()).isPresent().isEqualTo(probe);
        }

        private void open() {
            fail("A", "B", "C", "D", "E");
        }

        private void fail(String... instances) {
            for (String instance : instances) {
                poll(instance, Priority.Routine);
                wawp.refuse(Kind.GatewayUnavailable);
            }
        }
    }

    private CompletableFuture<WawpResponse> poll(String instance, Priority urgency) {
        return client.send(WawpRequest.info(new Credentials(instance, TOKEN), urgency))
                .toCompletableFuture();
    }

    private CompletableFuture<WawpResponse> act(String instance) {
        return client.send(WawpRequest.change(Action.Stop, new Credentials(instance, TOKEN), () -> true))
                .toCompletableFuture();
    }

    private static Failure failure(CompletableFuture<WawpResponse> reply) {
        assertThat(reply).isCompleted();
        assertThat(reply.join()).isInstanceOf(WawpResponse.Refused.class);
        return ((WawpResponse.Refused) reply.join()).failure();
    }
}
