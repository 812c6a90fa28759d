package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import net.wawp.operator.ManualClock;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the limits spare Wawp, counted where it matters: in the ledger of the other side. */
class LimitsOverHttpTest {

    private static final int SESSIONS = 50;

    private final ManualClock clock = new ManualClock();
    private final Vertx vertx = Vertx.vertx();
    private final WawpSimulator simulator = WawpSimulator.start();
    private final LimitedWawpClient client = new LimitedWawpClient(
            new HttpWawpClient(vertx, Route.direct(simulator.baseUrl()), Style.Body, Duration.ofSeconds(30), 16, clock),
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
        assertThat(lookAtAll("bad token")).allMatch(Reply.Refused.class::isInstance);
        assertThat(simulator.ledger().calls()).hasSize(1);
    }

    @Test
    void anOutageIsProbedByOneLookAndEndsForAll() {
        IntStream.range(0, SESSIONS).forEach(i -> simulator.add("SESSION" + i, "token"));
        simulator.inject(Fault.error(503, BodyFormat.Html));
        lookAtAll("token");
        long callsUntilOpen = simulator.ledger().lastNumber();

        clock.advance(Duration.ofSeconds(1));
        lookAtAll("token");
        assertThat(simulator.ledger().lastNumber()).isEqualTo(callsUntilOpen + 1);

        simulator.heal();
        clock.advance(Duration.ofSeconds(2));
        lookAtAll("token");
        assertThat(lookAtAll("token")).allMatch(Reply.Success.class::isInstance);
    }

    private List<Reply> lookAtAll(String token) {
        List<CompletionStage<Reply>> looks = IntStream.range(0, SESSIONS)
                .mapToObj(i -> client.look(new Credentials("SESSION" + i, token), Urgency.Prompt))
                .toList();
        return looks.stream().map(look -> look.toCompletableFuture().join()).toList();
    }
}
