package net.wawp.operator.command;

import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static net.wawp.operator.testing.ScriptedWawpClient.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.Failure.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The lane of an instance: one command at a time, remembered across resources. */
class InstanceLanesTest {

    private static final Duration MEMORY = Duration.ofMinutes(30);

    private final SenderFixture fixture = new SenderFixture();
    private final CommandSender sender = fixture.sender;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void twoResourcesOnOneInstanceNeverHaveTwoCommandsInFlight() {
        assertThat(sender.send(fixture.command("uid-1", "3EB0BCB2E3D4", Action.Logout)))
                .isTrue();
        assertThat(sender.send(fixture.command("uid-2", "3eb0bcb2e3d4", Action.Logout)))
                .isFalse();
        fixture.settle();
        assertThat(fixture.client.commands()).hasSize(1);
        assertThat(sender.last("3eb0bcb2e3d4").orElseThrow().uid()).isEqualTo("uid-1");
        fixture.answer(observed(STOPPED));
        assertThat(sender.send(fixture.command("uid-2", "3eb0bcb2e3d4", Action.Logout)))
                .isTrue();
    }

    @Test
    void ofManyThreadsThatSendToOneInstanceOneSucceeds() throws Exception {
        int senders = 8;
        ExecutorService threads = Executors.newFixedThreadPool(senders);
        try {
            for (int round = 0; round < 50; round++) {
                String instance = "instance-" + round;
                CyclicBarrier together = new CyclicBarrier(senders);
                List<Callable<Boolean>> attempts = IntStream.range(0, senders)
                        .<Callable<Boolean>>mapToObj(number -> () -> {
                            together.await();
                            return sender.send(fixture.command("uid-" + number, instance, Action.Logout));
                        })
                        .toList();
                int sent = 0;
                for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
                    sent += attempt.get() ? 1 : 0;
                }
                assertThat(sent).isEqualTo(1);
            }
        } finally {
            threads.shutdown();
        }
        fixture.settle();
        assertThat(fixture.client.commands()).hasSize(50);
    }

    @Test
    void aBusyLaneRefusesAndKeepsTheReportOfTheCommandInFlight() {
        sender.send(fixture.command("uid-1", "a", Action.Stop));
        assertThat(sender.send(fixture.command("uid-1", "a", Action.Logout))).isFalse();
        fixture.settle();
        assertThat(fixture.client.commands()).hasSize(1);
        assertThat(sender.last("a").map(SentCommand::report))
                .contains(new CommandReport("id", Action.Stop, new CommandReport.Pending()));
        assertThat(fixture.settled).isEmpty();
    }

    @Test
    void aSlowInstanceHoldsUpNoOther() {
        sender.send(fixture.command("uid-1", "a", Action.Stop));
        assertThat(sender.send(fixture.command("uid-2", "b", Action.Stop))).isTrue();
        fixture.settle();
        assertThat(fixture.client.commands()).hasSize(2);
        assertThat(sender.last("c").map(SentCommand::report)).isEmpty();
    }

    @Test
    void theNextResourceOnTheInstanceFindsWhatTheOneBeforeDid() {
        fixture.sendAndAnswer("a", observed(STOPPED));
        fixture.clock.advance(Duration.ofMinutes(1));
        assertThat(sender.last("A")).isPresent().get().satisfies(sent -> {
            assertThat(sent.uid()).isEqualTo("uid-1");
            assertThat(sent.report().outcome()).isInstanceOf(Accepted.class);
        });
    }

    @Test
    void aCommandIsRecentWhileItIsInFlightAndForAMinuteAfterItsEnd() {
        sender.send(fixture.command("uid-1", "a", Action.Logout));
        fixture.settle();
        fixture.clock.advance(Duration.ofMinutes(5));
        assertThat(isRecent()).as("in flight").isTrue();
        fixture.answer(observed(STOPPED));
        fixture.clock.advance(Duration.ofSeconds(59));
        assertThat(isRecent()).as("59 s after its end").isTrue();
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(isRecent()).as("60 s after its end").isFalse();
    }

    @Test
    void thePausesAfterFailuresBelongToTheInstanceToo() {
        fixture.sendAndAnswer("a", refused(Kind.GatewayUnavailable));
        for (int failure = 2; failure <= 9; failure++) {
            sender.send(fixture.command("uid-" + failure, "a", Action.Start));
            fixture.settle();
            fixture.answer(refused(Kind.GatewayUnavailable));
        }
        assertThat(fixture.pause("a")).isGreaterThan(Duration.ofSeconds(2));
        fixture.sendAndAnswer("b", refused(Kind.GatewayUnavailable));
        assertThat(fixture.pause("b")).isLessThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aLaneIsForgottenWhenItWasIdleForThirtyMinutes() {
        fixture.sendAndAnswer("a", observed(STOPPED));
        fixture.clock.advance(MEMORY);
        fixture.sendAndAnswer("b", observed(STOPPED));
        assertThat(sender.last("a")).as("after exactly 30 minutes").isPresent();
        fixture.clock.advance(Duration.ofMinutes(2));
        fixture.sendAndAnswer("c", observed(STOPPED));
        assertThat(sender.last("a")).isEmpty();
        assertThat(sender.last("b")).isPresent();
    }

    @Test
    void aLaneWithACommandInFlightIsNeverForgotten() {
        sender.send(fixture.command("uid-1", "a", Action.Stop));
        fixture.settle();
        fixture.clock.advance(MEMORY.multipliedBy(10));
        sender.send(fixture.command("uid-2", "b", Action.Stop));
        assertThat(sender.send(fixture.command("uid-1", "a", Action.Stop))).isFalse();
        fixture.settle();
        fixture.unanswered().forEach(call -> call.answer().complete(observed(STOPPED)));
        fixture.settle();
        assertThat(fixture.outcome("a")).isInstanceOf(Accepted.class);
    }

    @Test
    void aControllerThatFailsDoesNotKeepTheLaneBusy() {
        fixture.failureOfTheController = new IllegalStateException("the controller is not there");
        fixture.sendAndAnswer("a", observed(STOPPED));
        assertThat(sender.send(fixture.command("uid-1", "a", Action.Stop))).isTrue();
    }

    private boolean isRecent() {
        return sender.last("a").orElseThrow().isRecent(fixture.clock.instant());
    }
}
