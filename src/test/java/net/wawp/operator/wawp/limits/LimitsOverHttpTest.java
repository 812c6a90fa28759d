package net.wawp.operator.wawp.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.HttpWawpClient;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpEndpoint;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the limits spare Wawp, counted where it matters: in the ledger of the other side. */
class LimitsOverHttpTest {

    private static final int SESSIONS = 50;

    private final ManualClock clock = new ManualClock();
    private final Vertx vertx = Vertx.vertx();
    private final WawpSimulator simulator = WawpSimulator.start();
    private final LimitedWawpClient client = new LimitedWawpClient(
            new HttpWawpClient(
                    vertx, WawpEndpoint.direct(simulator.baseUrl()), Style.Body, Duration.ofSeconds(30), 16, clock),
            1000,
            1000,
            clock,
            () -> 0L);

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        simulator.close();
    }

    @Test
    void aBadTokenThatManySessionsShareIsTriedOnce() {
        assertThat(pollAtAll("bad token")).allMatch(WawpResponse.Refused.class::isInstance);
        assertThat(simulator.ledger().calls()).hasSize(1);
    }

    @Test
    void anOutageIsProbedByOnePollAndEndsForAll() {
        IntStream.range(0, SESSIONS).forEach(i -> simulator.add("SESSION" + i, "token"));
        simulator.inject(Fault.error(503, BodyFormat.Html));
        pollAtAll("token");
        long callsUntilOpen = simulator.ledger().lastNumber();

        clock.advance(Duration.ofSeconds(1));
        pollAtAll("token");
        assertThat(simulator.ledger().lastNumber()).isEqualTo(callsUntilOpen + 1);

        simulator.heal();
        clock.advance(Duration.ofSeconds(2));
        pollAtAll("token");
        assertThat(pollAtAll("token")).allMatch(WawpResponse.Success.class::isInstance);
    }

    private List<WawpResponse> pollAtAll(String token) {
        List<CompletionStage<WawpResponse>> polls = IntStream.range(0, SESSIONS)
                .mapToObj(i -> client.send(WawpRequest.info(new Credentials("SESSION" + i, token), Priority.Prompt)))
                .toList();
        return polls.stream().map(poll -> poll.toCompletableFuture().join()).toList();
    }
}
