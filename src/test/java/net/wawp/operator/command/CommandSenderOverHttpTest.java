package net.wawp.operator.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.wawp.operator.poller.EventLoop;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.HttpWawpClient;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import net.wawp.operator.wawp.WawpEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sender in real time, against Wawp as the simulator speaks it. */
class CommandSenderOverHttpTest {

    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "token-of-the-command-test");

    private final WawpSimulator simulator = WawpSimulator.start();
    private final Queue<Command> settled = new ConcurrentLinkedQueue<>();
    private final Vertx vertx = Vertx.vertx();
    private final CommandSender sender = new CommandSender(
            new EventLoop(vertx.getOrCreateContext()),
            new HttpWawpClient(
                    vertx,
                    WawpEndpoint.direct(simulator.baseUrl()),
                    Style.Body,
                    Duration.ofSeconds(10),
                    16,
                    InstantSource.system(),
                    InstantSource.system()),
            InstantSource.system(),
            new SplittableRandom(1),
            settled::add);

    @BeforeEach
    void addSession() {
        simulator.add(CREDENTIALS.instanceId(), CREDENTIALS.accessToken());
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        simulator.close();
    }

    @Test
    void aCommandIsSentOnceAndItsAnswerIsReported() {
        assertThat(sender.send(start(true))).isTrue();
        await().until(() -> !settled.isEmpty());
        assertThat(outcome()).isInstanceOf(CommandReport.Accepted.class);
        assertThat(simulator.ledger().calls(Operation.start, CREDENTIALS.instanceId()))
                .hasSize(1);
    }

    @Test
    void aCommandThatIsNotConfirmedNeverReachesWawp() {
        assertThat(sender.send(start(false))).isTrue();
        await().until(() -> !settled.isEmpty());
        assertThat(outcome()).isInstanceOf(CommandReport.Failed.class);
        assertThat(simulator.ledger().calls(Operation.start, CREDENTIALS.instanceId()))
                .isEmpty();
    }

    private static Command start(boolean confirmed) {
        Confirmation confirmation = () -> Confirmation.NONE.confirm().thenApply(yes -> confirmed);
        LastAction intent =
                new LastAction(Action.Start, "id-1", Purpose.Desired, LastAction.Phase.Intended, 1, 1, Instant.now());
        return new Command("uid-1", CREDENTIALS, intent, () -> true, confirmation);
    }

    private CommandReport.Outcome outcome() {
        return sender.last(CREDENTIALS.instanceId())
                .map(SentCommand::report)
                .orElseThrow()
                .outcome();
    }
}
