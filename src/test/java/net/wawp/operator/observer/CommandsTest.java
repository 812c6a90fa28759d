package net.wawp.operator.observer;

import static net.wawp.operator.observer.ObserverFixture.BOUND;
import static net.wawp.operator.observer.ObserverFixture.MINUTE;
import static net.wawp.operator.observer.ObserverFixture.refused;
import static net.wawp.operator.observer.ObserverFixture.seen;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import net.wawp.operator.observer.ClientAnsweredByHand.Sent;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Reply;
import net.wawp.operator.wawp.Urgency;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandsTest {

    private final ObserverFixture fixture = new ObserverFixture();
    private final SessionObserver observer = fixture.observer;
    private final ClientAnsweredByHand client = fixture.client;

    @BeforeEach
    void watch() {
        fixture.watchSettled("a", Duration.ofHours(24));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aCommandIsPendingAtOnceAndItsEndIsToldTogetherWithALookThatBeganAfterIt() {
        observer.send("a", Action.Start, "id-1", () -> true);
        assertThat(report()).isEqualTo(new CommandReport("id-1", Action.Start, new CommandReport.Pending()));
        fixture.settle();
        assertThat(client.commands()).extracting(Sent::action).containsExactly(Action.Start);
        fixture.clock.advance(Duration.ofSeconds(2));
        Instant answered = fixture.clock.instant();
        answerCommand(seen(STARTING));
        assertThat(report().outcome()).isEqualTo(new Accepted(answered));
        assertThat(fixture.woken).isEmpty();
        assertThat(fixture.onlyLook().urgency()).isEqualTo(Urgency.Prompt);
        fixture.answer(seen(STARTING));
        assertThat(fixture.woken).containsExactly("a");
        assertThat(observer.observation("a").sighting().orElseThrow().begun()).isAfterOrEqualTo(answered);
    }

    @Test
    void aCommandPassesLooksThatFillTheBound() {
        IntStream.range(0, BOUND).forEach(number -> fixture.watchSettled("session-" + number, MINUTE));
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).hasSize(BOUND);
        observer.send("a", Action.Stop, "id-1", () -> true);
        fixture.settle();
        assertThat(client.commands()).hasSize(1);
    }

    @Test
    void aSecondCommandForTheSameSessionIsNotSent() {
        observer.send("a", Action.Stop, "id-1", () -> true);
        observer.send("a", Action.Logout, "id-2", () -> true);
        fixture.settle();
        assertThat(client.commands()).extracting(Sent::action).containsExactly(Action.Stop);
        assertThat(report().id()).isEqualTo("id-1");
    }

    @Test
    void nothingIsSentForASessionThatIsNotWatched() {
        observer.unwatch("a");
        observer.send("a", Action.Stop, "id-1", () -> true);
        observer.send("unknown", Action.Stop, "id-2", () -> true);
        fixture.settle();
        assertThat(client.commands()).isEmpty();
        assertThat(observer.report("a")).isEmpty();
        assertThat(observer.report("unknown")).isEmpty();
    }

    @Test
    void theClientAsksTheSendersPermissionAndABrokenOneIsNone() {
        observer.send("a", Action.Logout, "id-1", () -> {
            throw new IllegalStateException("the lease cannot be read");
        });
        fixture.settle();
        assertThat(client.commands().get(0).mayStillSend().getAsBoolean()).isFalse();
    }

    @Test
    void withoutPermissionTheCommandMayFollowAgainAtOnce() {
        observer.send("a", Action.Logout, "id-1", () -> false);
        fixture.settle();
        assertThat(client.commands().get(0).mayStillSend().getAsBoolean()).isFalse();
        answerCommand(new Reply.Refused(new Failure(Kind.GatewayUnavailable, Delivery.Withheld)));
        assertThat(failed().retryAt()).isEqualTo(fixture.clock.instant());
    }

    @ParameterizedTest
    @CsvSource({
        "RequestRejected, 600",
        "Unauthorized, 600",
        "QuotaExceeded, 600",
        "InstanceNotFound, 600",
    })
    void afterARefusalThatAPersonMustCureACommandMayFollowInTenMinutes(Kind kind, int seconds) {
        sendAndAnswer(refused(kind));
        assertThat(failed().failure().kind()).isEqualTo(kind);
        assertThat(failed().retryAt()).isEqualTo(fixture.clock.instant().plusSeconds(seconds));
    }

    @Test
    void theBackoffGrowsWithEachFailureUpToFiveMinutesAndEndsWithASuccess() {
        for (int failure = 1; failure <= 12; failure++) {
            sendAndAnswer(refused(Kind.GatewayUnavailable));
            assertThat(Duration.between(fixture.clock.instant(), failed().retryAt()))
                    .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(Math.min(300, 1L << failure)));
        }
        sendAndAnswer(seen(WORKING));
        sendAndAnswer(refused(Kind.GatewayUnavailable));
        assertThat(Duration.between(fixture.clock.instant(), failed().retryAt()))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void aRateLimitIsWaitedFor() {
        Instant notBefore = fixture.clock.instant().plusSeconds(42);
        sendAndAnswer(new Reply.Refused(new Failure(Kind.RateLimited, Delivery.Answered, Optional.of(notBefore))));
        assertThat(failed().retryAt()).isBetween(notBefore, notBefore.plusSeconds(1));
        sendAndAnswer(refused(Kind.RateLimited));
        assertThat(failed().retryAt()).isAfterOrEqualTo(fixture.clock.instant().plusSeconds(1));
    }

    @Test
    void aClientThatBreaksItsWordMayHaveSentTheCommand() {
        observer.send("a", Action.Stop, "id-1", () -> true);
        fixture.settle();
        client.commands().get(0).answer().completeExceptionally(new IllegalStateException("broken"));
        fixture.settle();
        assertThat(failed().failure().delivery()).isEqualTo(Delivery.Unanswered);
    }

    @Test
    void theEndOfACommandIsToldAlsoWhenTheSessionIsNotWatchedAnyMore() {
        observer.send("a", Action.Stop, "id-1", () -> true);
        observer.unwatch("a");
        fixture.settle();
        answerCommand(seen(WORKING));
        assertThat(report().outcome()).isInstanceOf(Accepted.class);
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void aForgottenSessionIsNotBroughtBackByTheEndOfACommand() {
        observer.send("a", Action.Stop, "id-1", () -> true);
        fixture.settle();
        observer.forget("a");
        answerCommand(seen(WORKING));
        assertThat(observer.report("a")).isEmpty();
        assertThat(fixture.woken).isEmpty();
        assertThat(client.looks()).isEmpty();
    }

    @Test
    void stoppingWaitsForCommandsInFlightAndBeginsNothingNew() {
        observer.send("a", Action.Stop, "id-1", () -> true);
        fixture.settle();
        CompletableFuture<Void> stopped = observer.stop(MINUTE).toCompletableFuture();
        fixture.settle();
        assertThat(stopped).isNotDone();
        answerCommand(seen(WORKING));
        assertThat(stopped).isCompleted();
        assertThat(fixture.woken).as("told at once, as no look follows").containsExactly("a");
        observer.send("a", Action.Start, "id-2", () -> true);
        observer.lookNow("a", Urgency.Requested);
        fixture.settle();
        assertThat(client.commands()).hasSize(1);
        assertThat(client.looks()).isEmpty();
        assertThat(failed().failure().delivery()).isEqualTo(Delivery.Withheld);
    }

    @Test
    void stoppingDoesNotWaitLongerThanItMay() {
        observer.send("a", Action.Stop, "id-1", () -> true);
        CompletableFuture<Void> stopped = observer.stop(Duration.ofMillis(1)).toCompletableFuture();
        await().until(stopped::isDone);
        assertThat(report().isPending()).isTrue();
    }

    /** One command from its sending to the look that follows it. */
    private void sendAndAnswer(Reply reply) {
        observer.send("a", Action.Start, "id", () -> true);
        fixture.settle();
        answerCommand(reply);
        fixture.answer(seen(WORKING));
    }

    private void answerCommand(Reply reply) {
        client.commands().get(client.commands().size() - 1).answer().complete(reply);
        fixture.settle();
    }

    private CommandReport report() {
        return observer.report("a").orElseThrow();
    }

    private Failed failed() {
        assertThat(report().outcome()).isInstanceOf(Failed.class);
        return (Failed) report().outcome();
    }
}
