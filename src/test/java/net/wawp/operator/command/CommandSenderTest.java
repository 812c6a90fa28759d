package net.wawp.operator.command;

import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static net.wawp.operator.testing.ScriptedWawpClient.refused;
import static net.wawp.operator.testing.ScriptedWawpClient.withheld;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.CommandReport.Pending;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.testing.RecordedLog;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One command after the other: what is sent, and what is reported. */
class CommandSenderTest {

    private final SenderFixture fixture = new SenderFixture();
    private final CommandSender sender = fixture.sender;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aCommandIsPendingAtOnceAndHandedOverWhenItsOutcomeIsReported() {
        Instant sentAt = fixture.clock.instant();
        Command command = fixture.command("uid-1", "a", Action.Start);
        assertThat(sender.send(command)).isTrue();
        assertThat(sender.last("a"))
                .contains(new SentCommand(
                        "uid-1", command.intent(), sentAt, new CommandReport("id", Action.Start, new Pending())));
        fixture.settle();
        assertThat(fixture.onlyCall().operation()).isEqualTo(Operation.Start);
        assertThat(fixture.settled).isEmpty();
        fixture.clock.advance(Duration.ofSeconds(2));
        fixture.answer(observed(STARTING));
        assertThat(fixture.outcome("a")).isEqualTo(new Accepted(sentAt.plusSeconds(2)));
        assertThat(sender.last("a").orElseThrow().sentAt()).isEqualTo(sentAt);
        assertThat(fixture.settled).containsExactly(command);
    }

    @ParameterizedTest
    @EnumSource(Action.class)
    void eachActionIsItsOwnCall(Action action) {
        sender.send(fixture.command("uid-1", "a", action));
        fixture.settle();
        assertThat(fixture.onlyCall().operation()).isEqualTo(Operation.of(action));
        assertThat(fixture.onlyCall().credentials()).isEqualTo(SenderFixture.credentials("a"));
    }

    @Test
    void theClientAsksTheGuardAndABrokenOneSaysNo() {
        fixture.mayStillSend = () -> true;
        sender.send(fixture.command("uid-1", "a", Action.Logout));
        fixture.settle();
        Call call = fixture.onlyCall();
        assertThat(call.request().guard().maySend()).isTrue();
        fixture.mayStillSend = () -> {
            throw new IllegalStateException("the lease cannot be read");
        };
        assertThat(call.request().guard().maySend()).isFalse();
    }

    @Test
    void afterTheGuardSaidNoTheNextCommandMayFollowAtOnce() {
        sender.send(fixture.command("uid-1", "a", Action.Logout));
        fixture.settle();
        fixture.mayStillSend = () -> false;
        assertThat(fixture.onlyCall().request().guard().maySend()).isFalse();
        fixture.answer(withheld(Kind.GatewayUnavailable));
        assertThat(fixture.failed("a"))
                .isEqualTo(new Failed(
                        new Failure(Kind.GatewayUnavailable, Delivery.Withheld),
                        fixture.clock.instant(),
                        fixture.clock.instant()));
    }

    @Test
    void aCommandThatALimitHeldBackMayFollowAtTheTimeThatTheLimitGaveIt() {
        Instant until = fixture.clock.instant().plusSeconds(7);
        sender.send(fixture.command("uid-1", "a", Action.Stop));
        fixture.settle();
        fixture.answer(new WawpResponse.Refused(new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(until))));
        assertThat(fixture.failed("a").retryAt()).isEqualTo(until);
    }

    @Test
    void aGuardThatSaysNoAtOnceIsNotCarriedAsFarAsTheClient() {
        fixture.mayStillSend = () -> false;
        sender.send(fixture.command("uid-1", "a", Action.Logout));
        fixture.settle();
        assertThat(fixture.client.commands()).isEmpty();
        assertThat(fixture.failed("a").failure().delivery()).isEqualTo(Delivery.Withheld);
        assertThat(fixture.settled).hasSize(1);
    }

    @Test
    void anAnswerCountsAlsoWhereTheGuardWouldSayNoByNow() {
        sender.send(fixture.command("uid-1", "a", Action.Stop));
        fixture.settle();
        Call call = fixture.onlyCall();
        fixture.mayStillSend = () -> false;
        assertThat(call.request().guard().maySend()).isFalse();
        fixture.answer(observed(WORKING));
        assertThat(fixture.outcome("a")).isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @CsvSource({
        "RequestRejected, 600",
        "Unauthorized, 600",
        "QuotaExceeded, 600",
        "InstanceNotFound, 600",
    })
    void afterARefusalThatAPersonMustCureACommandMayFollowInTenMinutes(Kind kind, int seconds) {
        fixture.sendAndAnswer("a", refused(kind));
        assertThat(fixture.failed("a").failure().kind()).isEqualTo(kind);
        assertThat(fixture.failed("a").retryAt())
                .isEqualTo(fixture.clock.instant().plusSeconds(seconds));
    }

    @Test
    void thePauseGrowsWithEachFailureUpToFiveMinutesAndASuccessEndsThat() {
        for (int failure = 1; failure <= 12; failure++) {
            fixture.sendAndAnswer("a", refused(Kind.GatewayUnavailable));
            assertThat(fixture.pause("a"))
                    .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(Math.min(300, 1L << failure)));
        }
        fixture.sendAndAnswer("a", observed(WORKING));
        fixture.sendAndAnswer("a", refused(Kind.GatewayUnavailable));
        assertThat(fixture.pause("a")).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void manyInstancesThatFailTogetherDoNotComeBackTogether() {
        for (String instance : new String[] {"a", "b", "c", "d", "e"}) {
            for (int failure = 0; failure < 9; failure++) {
                fixture.sendAndAnswer(instance, refused(Kind.GatewayUnavailable));
            }
        }
        assertThat(new String[] {"a", "b", "c", "d", "e"})
                .extracting(fixture::pause)
                .doesNotHaveDuplicates();
    }

    @Test
    void whatTheOperatorsOwnLimitsHeldBackIsNoFailedCommand() {
        for (int held = 1; held <= 12; held++) {
            fixture.sendAndAnswer("a", withheld(Kind.GatewayUnavailable));
        }
        assertThat(fixture.pause("a")).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        fixture.sendAndAnswer("a", refused(Kind.GatewayUnavailable));
        assertThat(fixture.pause("a")).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void aRateLimitIsWaitedFor() {
        Instant notBefore = fixture.clock.instant().plusSeconds(42);
        fixture.sendAndAnswer(
                "a",
                new WawpResponse.Refused(new Failure(Kind.RateLimited, Delivery.Answered, Optional.of(notBefore))));
        assertThat(fixture.failed("a").retryAt()).isBetween(notBefore.plusSeconds(1), notBefore.plusSeconds(2));
        fixture.sendAndAnswer("a", refused(Kind.RateLimited));
        assertThat(fixture.pause("a")).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(4));
    }

    @Test
    void aClientThatBreaksItsPromiseMayHaveSentTheCommand() {
        sender.send(fixture.command("uid-1", "a", Action.Stop));
        fixture.settle();
        fixture.onlyCall().answer().completeExceptionally(new IllegalStateException("broken"));
        fixture.settle();
        assertThat(fixture.failed("a").failure().delivery()).isEqualTo(Delivery.Unanswered);
    }

    @Test
    void theNextCommandOfAnInstanceIsReportedInPlaceOfTheLast() {
        fixture.sendAndAnswer("a", observed(STARTING));
        fixture.clock.advance(Duration.ofSeconds(1));
        Command next = fixture.command("uid-2", "a", Action.Stop);

        assertThat(sender.send(next)).isTrue();

        assertThat(sender.last("a"))
                .contains(new SentCommand(
                        "uid-2",
                        next.intent(),
                        fixture.clock.instant(),
                        new CommandReport("id", Action.Stop, new Pending())));
    }

    @Test
    void theGuardIsNotAskedAgainAndAgainOnceTheConfirmationIsThere() {
        AtomicInteger confirmed = new AtomicInteger();
        AtomicInteger unconfirmed = new AtomicInteger();
        sender.send(guarded("a", confirmed, Confirmation.NONE));
        fixture.settle();
        int soFar = confirmed.get();

        // the timer of this one is the younger: when it has fired, one of the first would have fired too
        sender.send(guarded("b", unconfirmed, CompletableFuture::new));
        await().until(() -> unconfirmed.get() > 2);

        assertThat(confirmed).hasValue(soFar);
    }

    @Test
    void aConfirmationThatFailsIsLoggedUnlessTheGuardSaidNoBefore() {
        RecordedLog log = new RecordedLog(CommandSender.class);
        try (log) {
            CompletableFuture<Boolean> dropped = new CompletableFuture<>();
            sender.send(fixture.command("uid-of-a-dropped-one", "a", Action.Logout, () -> dropped));
            fixture.settle();
            fixture.mayStillSend = () -> false;
            await().until(() -> fixture.settled.size() == 1);
            dropped.completeExceptionally(new CancellationException());
            fixture.mayStillSend = () -> true;
            sender.send(fixture.command(
                    "uid-of-a-failed-one",
                    "b",
                    Action.Logout,
                    () -> CompletableFuture.failedStage(new IllegalStateException())));
            await().until(() -> fixture.settled.size() == 2);
        }

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                // other tests fail confirmations meanwhile, and the logger is theirs too
                .filteredOn(message -> message.contains("uid-of-a-"))
                .singleElement()
                .asString()
                .contains("uid-of-a-failed-one");
    }

    private Command guarded(String instance, AtomicInteger asked, Confirmation confirmation) {
        Command command = fixture.command("uid-1", instance, Action.Logout, confirmation);
        return new Command(
                command.uid(),
                command.credentials(),
                command.intent(),
                () -> asked.incrementAndGet() > 0,
                command.confirmation());
    }

    @Test
    void neitherACommandNorItsMemoryShowsCredentials() {
        Command command = fixture.command("uid-1", "3EB0BCB2E3D4", Action.Stop);
        sender.send(command);
        assertThat(command).hasToString("Stop id for resource uid-1");
        assertThat(command + " " + sender.last("3EB0BCB2E3D4"))
                .contains("uid-1")
                .doesNotContain("3EB0BCB2E3D4")
                .doesNotContain(command.credentials().accessToken());
    }
}
