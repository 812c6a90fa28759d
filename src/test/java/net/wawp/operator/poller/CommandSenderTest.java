package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.BOUND;
import static net.wawp.operator.poller.PollerFixture.MINUTE;
import static net.wawp.operator.poller.PollerFixture.refused;
import static net.wawp.operator.poller.PollerFixture.seen;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import net.wawp.operator.poller.ScriptedWawpClient.Sent;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandSenderTest {

    private final PollerFixture fixture = new PollerFixture();
    private final SessionPoller poller = fixture.poller;
    private final ScriptedWawpClient client = fixture.client;

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
        poller.send("a", Action.Start, "id-1", () -> true);
        assertThat(report()).isEqualTo(new CommandReport("id-1", Action.Start, new CommandReport.Pending()));
        fixture.settle();
        assertThat(client.commands()).extracting(Sent::operation).containsExactly(Operation.Start);
        fixture.clock.advance(Duration.ofSeconds(2));
        Instant answered = fixture.clock.instant();
        answerCommand(seen(STARTING));
        assertThat(report().outcome()).isEqualTo(new Accepted(answered));
        assertThat(fixture.woken).isEmpty();
        assertThat(fixture.onlyPoll().urgency()).isEqualTo(Priority.Prompt);
        fixture.answer(seen(STARTING));
        assertThat(fixture.woken).containsExactly("a");
        assertThat(poller.observation("a").observed().orElseThrow().begun()).isAfterOrEqualTo(answered);
    }

    @Test
    void aCommandPassesPollsThatFillTheBound() {
        IntStream.range(0, BOUND).forEach(number -> fixture.watchSettled("session-" + number, MINUTE));
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).hasSize(BOUND);
        poller.send("a", Action.Stop, "id-1", () -> true);
        fixture.settle();
        assertThat(client.commands()).hasSize(1);
    }

    @Test
    void aSecondCommandForTheSameSessionIsNotSent() {
        poller.send("a", Action.Stop, "id-1", () -> true);
        poller.send("a", Action.Logout, "id-2", () -> true);
        fixture.settle();
        assertThat(client.commands()).extracting(Sent::operation).containsExactly(Operation.Stop);
        assertThat(report().id()).isEqualTo("id-1");
    }

    @Test
    void nothingIsSentForASessionThatIsNotWatched() {
        poller.unwatch("a");
        poller.send("a", Action.Stop, "id-1", () -> true);
        poller.send("unknown", Action.Stop, "id-2", () -> true);
        fixture.settle();
        assertThat(client.commands()).isEmpty();
        assertThat(poller.report("a")).isEmpty();
        assertThat(poller.report("unknown")).isEmpty();
    }

    @Test
    void theClientAsksTheSendersPermissionAndABrokenOneIsNone() {
        poller.send("a", Action.Logout, "id-1", () -> {
            throw new IllegalStateException("the lease cannot be read");
        });
        fixture.settle();
        assertThat(client.commands().get(0).guard().maySend()).isFalse();
    }

    @Test
    void withoutPermissionTheCommandMayFollowAgainAtOnce() {
        poller.send("a", Action.Logout, "id-1", () -> false);
        fixture.settle();
        assertThat(client.commands().get(0).guard().maySend()).isFalse();
        answerCommand(new WawpResponse.Refused(new Failure(Kind.GatewayUnavailable, Delivery.Withheld)));
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
        sendAndAnswer(
                new WawpResponse.Refused(new Failure(Kind.RateLimited, Delivery.Answered, Optional.of(notBefore))));
        assertThat(failed().retryAt()).isBetween(notBefore, notBefore.plusSeconds(1));
        sendAndAnswer(refused(Kind.RateLimited));
        assertThat(failed().retryAt()).isAfterOrEqualTo(fixture.clock.instant().plusSeconds(1));
    }

    @Test
    void aClientThatBreaksItsWordMayHaveSentTheCommand() {
        poller.send("a", Action.Stop, "id-1", () -> true);
        fixture.settle();
        client.commands().get(0).answer().completeExceptionally(new IllegalStateException("broken"));
        fixture.settle();
        assertThat(failed().failure().delivery()).isEqualTo(Delivery.Unanswered);
    }

    @Test
    void theEndOfACommandIsToldAlsoWhenTheSessionIsNotWatchedAnyMore() {
        poller.send("a", Action.Stop, "id-1", () -> true);
        poller.unwatch("a");
        fixture.settle();
        answerCommand(seen(WORKING));
        assertThat(report().outcome()).isInstanceOf(Accepted.class);
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void aForgottenSessionIsNotBroughtBackByTheEndOfACommand() {
        poller.send("a", Action.Stop, "id-1", () -> true);
        fixture.settle();
        poller.forget("a");
        answerCommand(seen(WORKING));
        assertThat(poller.report("a")).isEmpty();
        assertThat(fixture.woken).isEmpty();
        assertThat(client.polls()).isEmpty();
    }

    @Test
    void stoppingWaitsForCommandsInFlightAndBeginsNothingNew() {
        poller.send("a", Action.Stop, "id-1", () -> true);
        fixture.settle();
        CompletableFuture<Void> stopped = poller.stop(MINUTE).toCompletableFuture();
        fixture.settle();
        assertThat(stopped).isNotDone();
        answerCommand(seen(WORKING));
        assertThat(stopped).isCompleted();
        assertThat(fixture.woken).as("told at once, as no poll follows").containsExactly("a");
        poller.send("a", Action.Start, "id-2", () -> true);
        poller.pollNow("a", Priority.Requested);
        fixture.settle();
        assertThat(client.commands()).hasSize(1);
        assertThat(client.polls()).isEmpty();
        assertThat(failed().failure().delivery()).isEqualTo(Delivery.Withheld);
    }

    @Test
    void stoppingDoesNotWaitLongerThanItMay() {
        poller.send("a", Action.Stop, "id-1", () -> true);
        CompletableFuture<Void> stopped = poller.stop(Duration.ofMillis(1)).toCompletableFuture();
        await().until(stopped::isDone);
        assertThat(report().isPending()).isTrue();
    }

    /** One command from its sending to the poll that follows it. */
    private void sendAndAnswer(WawpResponse reply) {
        poller.send("a", Action.Start, "id", () -> true);
        fixture.settle();
        answerCommand(reply);
        fixture.answer(seen(WORKING));
    }

    private void answerCommand(WawpResponse reply) {
        client.commands().get(client.commands().size() - 1).answer().complete(reply);
        fixture.settle();
    }

    private CommandReport report() {
        return poller.report("a").orElseThrow();
    }

    private Failed failed() {
        assertThat(report().outcome()).isInstanceOf(Failed.class);
        return (Failed) report().outcome();
    }
}
