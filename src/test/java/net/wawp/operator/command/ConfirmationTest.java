package net.wawp.operator.command;

import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked before a command is sent. */
class ConfirmationTest {

    private final SenderFixture fixture = new SenderFixture();
    private final CompletableFuture<Boolean> confirmation = new CompletableFuture<>();
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aCommandIsSentOnceItsConfirmationSaysYes() {
        send();
        assertThat(fixture.client.commands()).isEmpty();
        assertThat(fixture.sender
                        .last("a")
                        .map(SentCommand::report)
                        .orElseThrow()
                        .isPending())
                .isTrue();
        confirmation.complete(true);
        fixture.settle();
        fixture.answer(observed(STOPPED));
        assertThat(fixture.outcome("a")).isInstanceOf(Accepted.class);
        assertThat(asked).hasValue(1);
    }

    @Test
    void aCommandIsNotSentWhenItsConfirmationSaysNo() {
        send();
        confirmation.complete(false);
        fixture.settle();
        assertWithheld(Duration.ofSeconds(10));
    }

    @Test
    void aCommandIsNotSentWhenItsConfirmationFails() {
        send();
        confirmation.completeExceptionally(new IllegalStateException("the API server is away"));
        fixture.settle();
        assertWithheld(Duration.ofSeconds(10));
    }

    @Test
    void aCommandIsNotSentWhenItsConfirmationCannotEvenBegin() {
        fixture.sender.send(fixture.command("uid-1", "a", Action.Logout, () -> {
            throw new IllegalStateException("the client is closed");
        }));
        fixture.settle();
        assertWithheld(Duration.ofSeconds(10));
    }

    @Test
    void theGuardIsAskedAgainAfterASlowConfirmation() {
        send();
        fixture.mayStillSend = () -> false;
        confirmation.complete(true);
        fixture.settle();
        assertThat(fixture.client.commands().stream()
                        .map(call -> call.request().guard().maySend()))
                .as("what the client is told")
                .doesNotContain(true);
    }

    @Test
    void aConfirmationThatNeverComesIsGivenUpWhenTheGuardSaysNo() {
        send();
        fixture.mayStillSend = () -> false;
        await().until(() -> !fixture.settled.isEmpty());
        assertWithheld(Duration.ZERO);
        confirmation.complete(true);
        fixture.settle();
        assertWithheld(Duration.ZERO);
    }

    @Test
    void theGuardIsAskedBeforeTheConfirmationToo() {
        fixture.mayStillSend = () -> false;
        send();
        assertThat(asked).as("no question for a command that may not be sent").hasValue(0);
        assertWithheld(Duration.ZERO);
    }

    private void send() {
        fixture.sender.send(fixture.command("uid-1", "a", Action.Logout, () -> {
            asked.incrementAndGet();
            return confirmation;
        }));
        fixture.settle();
    }

    /** Nothing was sent, the controller knows, and the next command may follow at once. */
    private void assertWithheld(Duration pause) {
        assertThat(fixture.client.commands()).isEmpty();
        assertThat(fixture.outcome("a"))
                .isEqualTo(new Failed(
                        new Failure(Kind.GatewayUnavailable, Delivery.Withheld),
                        fixture.clock.instant(),
                        fixture.clock.instant().plus(pause)));
        assertThat(fixture.settled).hasSize(1);
    }
}
