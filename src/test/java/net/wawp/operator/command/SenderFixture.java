package net.wawp.operator.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.CommandReport.Outcome;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.testing.LoopFixture;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.SendGuard;
import net.wawp.operator.wawp.WawpResponse;

/** A command sender on a real event loop, whose time, guard and answers the test sets. */
final class SenderFixture implements AutoCloseable {

    final ManualClock clock = new ManualClock();
    final ScriptedWawpClient client = new ScriptedWawpClient();
    final Queue<Command> settled = new ConcurrentLinkedQueue<>();
    volatile SendGuard mayStillSend = () -> true;
    volatile RuntimeException failureOfTheController;
    private final LoopFixture loop = new LoopFixture();
    final CommandSender sender = new CommandSender(loop.loop(), client, clock, new SplittableRandom(1), this::settled);

    private void settled(Command command) {
        assertThat(outcome(command.credentials().instanceId())).isNotNull();
        settled.add(command);
        if (failureOfTheController != null) {
            throw failureOfTheController;
        }
    }

    static Credentials credentials(String instanceId) {
        return new Credentials(instanceId, "token of " + instanceId);
    }

    Command command(String uid, String instanceId, Action action) {
        return command(uid, instanceId, action, Confirmation.NONE);
    }

    Command command(String uid, String instanceId, Action action, Confirmation confirmation) {
        return new Command(
                uid,
                credentials(instanceId),
                new LastAction(action, "id", Purpose.Desired, LastAction.Phase.Intended, 1, 1, clock.instant()),
                () -> mayStillSend.maySend(),
                confirmation);
    }

    void settle() {
        loop.settle();
    }

    List<Call> unanswered() {
        return client.commands().stream()
                .filter(call -> !call.answer().isDone())
                .toList();
    }

    /** The command that is in flight. */
    Call onlyCall() {
        assertThat(unanswered()).hasSize(1);
        return unanswered().get(0);
    }

    void answer(WawpResponse response) {
        onlyCall().answer().complete(response);
        settle();
    }

    /** One command from its sending to its outcome. */
    void sendAndAnswer(String instanceId, WawpResponse response) {
        assertThat(sender.send(command("uid-1", instanceId, Action.Start))).isTrue();
        settle();
        answer(response);
    }

    Outcome outcome(String instanceId) {
        return sender.last(instanceId).map(SentCommand::report).orElseThrow().outcome();
    }

    Failed failed(String instanceId) {
        assertThat(outcome(instanceId)).isInstanceOf(Failed.class);
        return (Failed) outcome(instanceId);
    }

    /** How long after its end the next command may follow. */
    Duration pause(String instanceId) {
        return Duration.between(failed(instanceId).at(), failed(instanceId).retryAt());
    }

    @Override
    public void close() {
        loop.close();
    }
}
