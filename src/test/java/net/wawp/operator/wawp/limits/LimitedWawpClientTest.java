package net.wawp.operator.wawp.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.wawp.Credentials;
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
    private static final List<String> INSTANCES = List.of("A", "B", "C", "D", "E", "F", "G", "H", "I", "J");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualClock clock = new ManualClock();
    private final ScriptedWawpClient wawp = new ScriptedWawpClient();
    // no jitter: always the shortest of the times it may be
    private LimitedWawpClient client = new LimitedWawpClient(wawp, CALLS_PER_SECOND, BURST, clock, () -> 0L);

    @Nested
    class ATokenNotTriedBefore {

        @Test
        void isTriedByOneCallAndTheOthersWaitForItsAnswer() {
            CompletableFuture<WawpResponse> first = poll("A", Priority.Prompt);
            CompletableFuture<WawpResponse> second = poll("B", Priority.Prompt);
            CompletableFuture<WawpResponse> third = act("C");
            assertThat(sent()).isEqualTo(1);

            refuse(Kind.Unauthorized);

            assertThat(failure(first).delivery()).isEqualTo(Delivery.Answered);
            assertThat(failure(second).delivery()).isEqualTo(Delivery.Withheld);
            assertThat(failure(third).delivery()).isEqualTo(Delivery.Withheld);
            assertThat(sent()).isEqualTo(1);
        }

        @Test
        void letsAllCallsThroughOnceTheFirstIsAnswered() {
            poll("A", Priority.Prompt);
            poll("B", Priority.Prompt);
            poll("C", Priority.Prompt);
            refuse(Kind.GatewayUnavailable);
            assertThat(sent()).isEqualTo(3);
        }

        @Test
        void letsTheOthersThroughOnceTheFirstHasFailedWithoutAnAnswer() {
            CompletableFuture<WawpResponse> first = poll("A", Priority.Prompt);
            CompletableFuture<WawpResponse> second = poll("B", Priority.Prompt);

            failToAnswer();

            assertThat(first).as("whoever called logs it").isCompletedExceptionally();
            assertThat(sent()).isEqualTo(2);
            answerWell();
            assertThat(second.join()).isInstanceOf(WawpResponse.Success.class);
        }

        @Test
        void letsTheOthersThroughThoughTheFirstCouldNotBeSent() {
            AtomicBoolean isBroken = new AtomicBoolean(true);
            client = new LimitedWawpClient(
                    request -> {
                        if (isBroken.get()) {
                            throw new IllegalStateException("broken");
                        }
                        return wawp.send(request);
                    },
                    CALLS_PER_SECOND,
                    BURST,
                    clock,
                    () -> 0L);
            assertThat(poll("A", Priority.Prompt)).isCompletedExceptionally();

            isBroken.set(false);
            poll("B", Priority.Prompt);
            assertThat(sent()).isEqualTo(1);
        }

        @Test
        void isForgottenAfterALongRest() {
            poll("A", Priority.Routine);
            answerWell();
            clock.advance(MINUTE.multipliedBy(21));
            poll("A", Priority.Routine);
            poll("B", Priority.Routine);
            assertThat(sent()).isEqualTo(2);
        }
    }

    @Nested
    class ATokenThatWawpRefuses {

        @BeforeEach
        void refuseTheToken() {
            poll("A", Priority.Prompt);
            refuse(Kind.Unauthorized);
        }

        @Test
        void isTriedOnceInTenMinutesWithWhateverPriorityAndInstance() {
            clock.advance(MINUTE.multipliedBy(10).minusSeconds(1));
            assertThat(failure(poll("A", Priority.Routine))).isEqualTo(refusedHere());
            assertThat(failure(poll("B", Priority.Prompt))).isEqualTo(refusedHere());
            assertThat(failure(act("C"))).isEqualTo(refusedHere());
            assertThat(sent()).isEqualTo(1);

            clock.advance(Duration.ofSeconds(1));
            poll("B", Priority.Routine);
            assertThat(sent()).isEqualTo(2);
            poll("C", Priority.Routine);
            refuse(Kind.Unauthorized);
            poll("D", Priority.Routine);
            assertThat(sent()).isEqualTo(2);
        }

        @Test
        void isTriedOnceAMinuteIfPeopleRequestIt() {
            poll("A", Priority.Requested);
            assertThat(sent()).isEqualTo(1);
            clock.advance(MINUTE);
            poll("A", Priority.Requested);
            poll("B", Priority.Requested);
            assertThat(sent()).isEqualTo(2);
        }

        @Test
        void isGoodAgainAfterAGoodAnswer() {
            clock.advance(MINUTE.multipliedBy(10));
            poll("A", Priority.Routine);
            answerWell();
            poll("A", Priority.Routine);
            poll("B", Priority.Routine);
            assertThat(sent()).isEqualTo(4);
        }

        @Test
        void isGoodAgainWhenOnlyTheInstanceIsWrong() {
            clock.advance(MINUTE.multipliedBy(10));
            poll("A", Priority.Routine);
            refuse(Kind.InstanceNotFound);
            poll("B", Priority.Routine);
            assertThat(sent()).isEqualTo(3);
        }

        @Test
        void staysRefusedWhenTheGatewayCouldNotTell() {
            clock.advance(MINUTE.multipliedBy(10));
            poll("A", Priority.Routine);
            refuse(Kind.GatewayUnavailable);
            poll("B", Priority.Routine);
            assertThat(sent()).isEqualTo(2);
        }

        @Test
        void doesNotConcernOtherTokens() {
            assertThat(client.lowestLearntRate()).isEmpty();
            pollWith("another token", "A", Priority.Routine);
            assertThat(sent()).isEqualTo(2);
        }

        private Failure refusedHere() {
            Instant tenMinutesAfter = Instant.parse("2026-01-01T00:10:00Z");
            return new Failure(Kind.Unauthorized, Delivery.Withheld, Optional.of(tenMinutesAfter));
        }
    }

    @Nested
    class ATokenThatWawpLimits {

        private Instant named;

        @BeforeEach
        void limit() {
            named = clock.instant().plusSeconds(90);
            poll("A", Priority.Routine);
            refuse(new Failure(Kind.RateLimited, Delivery.Answered, Optional.of(named)));
        }

        @Test
        void isNotUsedBeforeTheTimeThatWawpNamedNotEvenForAPerson() {
            clock.advance(Duration.ofSeconds(89));
            assertThat(heldBackUntil(poll("A", Priority.Requested))).isAfterOrEqualTo(named);
            assertThat(heldBackUntil(poll("A", Priority.Prompt))).isAfterOrEqualTo(named);
            assertThat(heldBackUntil(act("B"))).isAfterOrEqualTo(named);
            assertThat(sent()).isEqualTo(1);
        }

        @Test
        void isNotUsedBeforeThatTimeEitherByAProcessThatLeadsAgain() {
            client.forgetHealth();

            assertThat(heldBackUntil(poll("A", Priority.Requested))).isAfterOrEqualTo(named);
        }

        @Test
        void hasNoRateAnyMoreForAProcessThatLeadsAgainLongAfterwards() {
            clock.advance(MINUTE.multipliedBy(21));

            client.forgetHealth();

            assertThat(client.lowestLearntRate()).isEmpty();
        }

        @Test
        void isUsedOneCallAfterTheOtherThenACommandFirst() {
            clock.advance(Duration.ofSeconds(91));
            assertThat(heldBackUntil(poll("A", Priority.Routine)))
                    .isAfter(clock.instant().minusMillis(1));
            act("B");
            assertThat(sent()).isEqualTo(2);
            heldBackUntil(poll("C", Priority.Requested));
            clock.advance(Duration.ofSeconds(1));
            poll("C", Priority.Requested);
            assertThat(sent()).isEqualTo(3);
        }

        @Test
        void givesEachCallThatItHoldsBackATimeOfItsOwn() {
            Set<Instant> times = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                times.add(heldBackUntil(poll("SESSION" + i, Priority.Routine)));
            }
            assertThat(times).hasSize(20);
        }

        @Test
        void doesNotConcernOtherTokens() {
            assertThat(client.lowestLearntRate()).isPresent();
            pollWith("another token", "A", Priority.Routine);
            assertThat(sent()).isEqualTo(2);
        }

        private Instant heldBackUntil(CompletableFuture<WawpResponse> call) {
            assertThat(failure(call))
                    .extracting(Failure::kind, Failure::delivery)
                    .containsExactly(Kind.RateLimited, Delivery.Withheld);
            return failure(call).notBefore().orElseThrow();
        }
    }

    @Nested
    class ATokenThatWawpLimitsAndNamesNoTime {

        @Test
        void saysInTheResponseWhenCallsMayGoOn() {
            CompletableFuture<WawpResponse> response = poll("A", Priority.Routine);
            refuse(Kind.RateLimited);
            assertThat(failure(response).notBefore()).contains(clock.instant().plusSeconds(1));
        }
    }

    @Nested
    class TheRateOfAToken {

        private static final Duration REFILL = Duration.ofMillis(1000 / CALLS_PER_SECOND);

        @BeforeEach
        void emptyTheBucket() {
            for (int i = 0; i < BURST; i++) {
                poll("A", Priority.Requested);
                answerWell();
            }
        }

        @Test
        void holdsPollsBackUntilThereIsATokenAgain() {
            assertThat(failure(poll("B", Priority.Requested))).isEqualTo(heldUntil(1));
            assertThat(failure(poll("B", Priority.Routine))).isEqualTo(heldUntil(2));

            clock.advance(REFILL.multipliedBy(2));
            poll("B", Priority.Routine);
            assertThat(sent()).isEqualTo(BURST + 1);
        }

        @Test
        void letsNoMoreRequestedPollsThroughThanItAllows() {
            for (int i = 0; i < 200; i++) {
                poll("SESSION" + i, Priority.Requested);
                clock.advance(Duration.ofMillis(10));
            }
            assertThat(sent()).isEqualTo(BURST + 19);
        }

        @Test
        void leavesATokenForAPersonHoweverManyRoutinePollsWait() {
            for (int i = 0; i < 100; i++) {
                clock.advance(REFILL);
                poll("SESSION" + i, Priority.Routine);
            }
            int before = sent();
            poll("B", Priority.Requested);
            assertThat(sent()).isEqualTo(before + 1);
        }

        @Test
        void neverHoldsBackWhatTheOperatorNeedsButThePollsPayForIt() {
            poll("B", Priority.Prompt);
            act("B");
            assertThat(sent()).isEqualTo(BURST + 2);
            assertThat(failure(poll("B", Priority.Requested))).isEqualTo(heldUntil(3));
            assertThat(failure(poll("B", Priority.Routine))).isEqualTo(heldUntil(4));
        }

        @Test
        void holdsPollsBackForAFewSecondsAtMostHoweverManyPollsTheOperatorNeeds() {
            for (int i = 0; i < 1_000; i++) {
                poll("SESSION" + i, Priority.Prompt);
            }
            assertThat(sent()).isEqualTo(BURST + 1_000);

            Instant inThreeSeconds = clock.instant().plusSeconds(3).plus(REFILL);
            assertThat(failure(poll("B", Priority.Requested)).notBefore()).contains(inThreeSeconds);
            clock.advance(Duration.ofSeconds(3).plus(REFILL));
            poll("B", Priority.Requested);
            assertThat(sent()).isEqualTo(BURST + 1_001);
        }

        @Test
        void isItsOwn() {
            pollWith("another token", "A", Priority.Routine);
            assertThat(sent()).isEqualTo(BURST + 1);
        }

        @Test
        void letsRoutinePollsThroughWhereItIsTheSmallestPossible() {
            LimitedWawpClient slow = new LimitedWawpClient(wawp, 1, 1, clock, () -> 0L);
            int before = sent();
            slow.send(WawpRequest.info(new Credentials("A", TOKEN), Priority.Routine, () -> true));
            assertThat(sent()).isEqualTo(before + 1);
        }

        private Failure heldUntil(int refills) {
            Instant until = clock.instant().plus(REFILL.multipliedBy(refills));
            return new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(until));
        }
    }

    @Nested
    class AnOutage {

        @BeforeEach
        void begin() {
            liftTheRate();
            for (String instance : INSTANCES) {
                poll(instance, Priority.Routine);
                answerWell();
            }
            for (String instance : INSTANCES) {
                poll(instance, Priority.Routine);
                refuse(Kind.GatewayUnavailable);
            }
        }

        @Test
        void holdsEverythingBackAsWithheld() {
            Failure held = new Failure(Kind.GatewayUnavailable, Delivery.Withheld);
            assertThat(failure(poll("A", Priority.Routine))).isEqualTo(held);
            assertThat(failure(poll("A", Priority.Requested))).isEqualTo(held);
            assertThat(failure(act("A"))).isEqualTo(held);
            assertThat(client.nextProbe()).contains(clock.instant().plusSeconds(4));
        }

        @Test
        void isNoLongerKnownToAProcessThatLeadsAgain() {
            client.forgetHealth();

            assertThat(client.nextProbe()).isEmpty();
            int before = sent();
            poll("A", Priority.Routine);
            act("B");
            assertThat(sent()).isEqualTo(before + 2);
        }

        @Test
        void endsForAllWithOneGoodProbe() {
            clock.advance(Duration.ofSeconds(4));
            poll("A", Priority.Routine);
            answerWell();
            assertThat(client.nextProbe()).isEmpty();
            int before = sent();
            act("A");
            poll("B", Priority.Routine);
            assertThat(sent()).isEqualTo(before + 2);
        }

        @ParameterizedTest
        @EnumSource(mode = Mode.EXCLUDE, names = "GatewayUnavailable")
        void endsWithARefusalTooSinceTheGatewayMadeIt(Kind refusal) {
            clock.advance(Duration.ofSeconds(4));
            poll("A", Priority.Routine);
            refuse(refusal);
            assertThat(client.nextProbe()).isEmpty();
        }
    }

    @Nested
    class BrokenEngines {

        @BeforeEach
        void begin() {
            liftTheRate();
        }

        @Test
        void ofAHundredSessionsDoNotStopTenGoodOnesOfAnotherToken() {
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 100; i++) {
                    CompletableFuture<WawpResponse> broken = pollWith("broken", "BROKEN" + i, Priority.Routine);
                    refuse(Kind.GatewayUnavailable);
                    assertThat(failure(broken).delivery()).isEqualTo(Delivery.Answered);
                    if (i % 10 == 0) {
                        assertThatGoodOneIsPolled("good", "GOOD" + i);
                    }
                }
                clock.advance(Duration.ofSeconds(30));
            }
        }

        @Test
        void ofAHundredSessionsDoNotStopTenGoodOnesOfTheSameToken() {
            for (int i = 0; i < 10; i++) {
                assertThatGoodOneIsPolled(TOKEN, "GOOD" + i);
            }
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 100; i++) {
                    poll("BROKEN" + i, Priority.Routine);
                    refuse(Kind.GatewayUnavailable);
                    clock.advance(Duration.ofMillis(300));
                }
                assertThatGoodOneIsPolled(TOKEN, "GOOD" + round % 10);
            }
        }

        @Test
        void thatHangDoNotTakeAllConnections() {
            pollWith("good", "GOOD", Priority.Routine);
            answerWell();
            for (int i = 0; i < 100; i++) {
                poll("BROKEN" + i, Priority.Routine);
                refuse(new Failure(Kind.GatewayUnavailable, Delivery.Unanswered));
            }
            int before = sent();
            for (int i = 0; i < 100; i++) {
                clock.advance(Duration.ofSeconds(1));
                poll("BROKEN" + i, Priority.Routine);
            }
            assertThat(sent()).isEqualTo(before + LimitedWawpClient.MOST_CALLS_TO_FAILING_INSTANCES);
            poll("BROKEN99", Priority.Prompt);
            act("BROKEN99");
            pollWith("good", "GOOD", Priority.Routine);
            assertThat(sent()).isEqualTo(before + LimitedWawpClient.MOST_CALLS_TO_FAILING_INSTANCES + 3);

            answerWell();
            poll("BROKEN99", Priority.Routine);
            assertThat(sent()).isEqualTo(before + LimitedWawpClient.MOST_CALLS_TO_FAILING_INSTANCES + 3);
            answerWell();
            answerWell();
            answerWell();
            poll("BROKEN99", Priority.Routine);
            assertThat(sent()).isEqualTo(before + LimitedWawpClient.MOST_CALLS_TO_FAILING_INSTANCES + 4);
        }

        @Test
        void whoseCallsFailWithoutAnAnswerAreNotInFlightAnyMore() {
            pollWith("good", "GOOD", Priority.Routine);
            answerWell();
            poll("BROKEN", Priority.Routine);
            refuse(Kind.GatewayUnavailable);
            int before = sent();
            for (int i = 0; i <= LimitedWawpClient.MOST_CALLS_TO_FAILING_INSTANCES; i++) {
                clock.advance(Duration.ofSeconds(1));
                poll("BROKEN", Priority.Routine);
                failToAnswer();
            }
            assertThat(sent()).isEqualTo(before + LimitedWawpClient.MOST_CALLS_TO_FAILING_INSTANCES + 1);
        }

        private void assertThatGoodOneIsPolled(String token, String instance) {
            CompletableFuture<WawpResponse> good = pollWith(token, instance, Priority.Routine);
            answerWell();
            assertThat(good.join()).isInstanceOf(WawpResponse.Success.class);
        }
    }

    @Test
    void callsThatTheirGuardHeldBackSayNothingAboutWawp() {
        poll("A", Priority.Routine);
        answerWell();
        for (int i = 0; i < 100; i++) {
            act("A" + i);
            wawp.answerNext(ScriptedWawpClient.withheld(Kind.GatewayUnavailable));
        }
        assertThat(client.nextProbe()).isEmpty();
    }

    /** It may have waited too long for one of the operator's own connections. Polls tell soon enough when Wawp refuses them. */
    @Test
    void aCommandWithoutAConnectionSaysNothingAboutWawpButAPollWithoutOneDoes() {
        Failure unreached = new Failure(Kind.GatewayUnavailable, Delivery.Unreached);
        poll("A", Priority.Prompt);
        answerWell();
        for (int i = 0; i < 100; i++) {
            assertThat(failure(afterwards(act("A" + i), unreached))).isEqualTo(unreached);
        }
        assertThat(client.nextProbe()).isEmpty();

        for (int i = 0; i < CircuitBreaker.CONNECTIONS; i++) {
            afterwards(poll("A" + i, Priority.Prompt), unreached);
        }
        assertThat(client.nextProbe()).isPresent();
    }

    private CompletableFuture<WawpResponse> afterwards(CompletableFuture<WawpResponse> call, Failure failure) {
        refuse(failure);
        return call;
    }

    private void liftTheRate() {
        client = new LimitedWawpClient(wawp, 10_000, 10_000, clock, () -> 0L);
    }

    private CompletableFuture<WawpResponse> poll(String instance, Priority priority) {
        return pollWith(TOKEN, instance, priority);
    }

    private CompletableFuture<WawpResponse> pollWith(String token, String instance, Priority priority) {
        return client.send(WawpRequest.info(new Credentials(instance, token), priority, () -> true))
                .toCompletableFuture();
    }

    private CompletableFuture<WawpResponse> act(String instance) {
        return client.send(WawpRequest.change(Action.Stop, new Credentials(instance, TOKEN), () -> true))
                .toCompletableFuture();
    }

    /** How many calls have come through to Wawp. */
    private int sent() {
        return wawp.calls().size();
    }

    private void answerWell() {
        wawp.answerNext(ScriptedWawpClient.observed(SessionState.WORKING));
    }

    private void refuse(Kind kind) {
        refuse(new Failure(kind, Delivery.Answered));
    }

    private void refuse(Failure failure) {
        wawp.answerNext(new WawpResponse.Refused(failure));
    }

    /** Breaks the promise of the port: the oldest call that waits ends with an exception. */
    private void failToAnswer() {
        wawp.calls().stream()
                .filter(call -> !call.answer().isDone())
                .findFirst()
                .orElseThrow()
                .answer()
                .completeExceptionally(new IllegalStateException("broken"));
    }

    private static Failure failure(CompletableFuture<WawpResponse> response) {
        assertThat(response).isCompleted();
        assertThat(response.join()).isInstanceOf(WawpResponse.Refused.class);
        return ((WawpResponse.Refused) response.join()).failure();
    }
}
