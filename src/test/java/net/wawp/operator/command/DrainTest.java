package net.wawp.operator.command;

import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.Failure.Delivery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the sender ends: nothing new, and what is in flight may end. */
class DrainTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final SenderFixture fixture = new SenderFixture();
    private final CommandSender sender = fixture.sender;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void drainingWaitsForCommandsInFlightAndRefusesNewOnes() {
        sender.send(fixture.command("uid-1", "a", Action.Stop));
        fixture.settle();
        CompletableFuture<Void> drained = sender.drain(MINUTE).toCompletableFuture();
        fixture.settle();
        assertThat(drained).isNotDone();
        assertThat(sender.send(fixture.command("uid-2", "b", Action.Stop))).isFalse();
        assertThat(sender.last("b").map(SentCommand::report)).isEmpty();
        CompletableFuture<Integer> handedOver = drained.thenApply(done -> fixture.settled.size());
        fixture.answer(observed(STOPPED));
        assertThat(handedOver).as("outcomes handed over before it ended").isCompletedWithValue(1);
        assertThat(fixture.outcome("a")).isInstanceOf(Accepted.class);
        assertThat(fixture.client.commands()).hasSize(1);
    }

    @Test
    void drainingWithNothingInFlightEndsAtOnce() {
        CompletableFuture<Void> drained = sender.drain(MINUTE).toCompletableFuture();
        fixture.settle();
        assertThat(drained).isCompleted();
    }

    @Test
    void drainingDoesNotWaitLongerThanItMay() {
        sender.send(fixture.command("uid-1", "a", Action.Stop));
        fixture.settle();
        CompletableFuture<Void> drained = sender.drain(Duration.ofMillis(1)).toCompletableFuture();
        await().until(drained::isDone);
        assertThat(sender.last("a").map(SentCommand::report).orElseThrow().isPending())
                .isTrue();
    }

    @Test
    void aCommandThatWaitsForItsConfirmationIsNotSentAnyMore() {
        CompletableFuture<Boolean> confirmation = new CompletableFuture<>();
        sender.send(fixture.command("uid-1", "a", Action.Logout, () -> confirmation));
        fixture.settle();
        CompletableFuture<Void> drained = sender.drain(MINUTE).toCompletableFuture();
        await().until(drained::isDone);
        confirmation.complete(true);
        fixture.settle();
        assertThat(fixture.client.commands()).isEmpty();
        assertThat(fixture.failed("a").failure().delivery()).isEqualTo(Delivery.Withheld);
        assertThat(fixture.settled).hasSize(1);
    }

    @Test
    void aCommandThatTheClientHoldsIsNotSentAnyMore() {
        sender.send(fixture.command("uid-1", "a", Action.Logout));
        fixture.settle();
        assertThat(fixture.onlyCall().request().guard().maySend()).isTrue();
        sender.drain(MINUTE);
        assertThat(fixture.onlyCall().request().guard().maySend()).isFalse();
    }
}
