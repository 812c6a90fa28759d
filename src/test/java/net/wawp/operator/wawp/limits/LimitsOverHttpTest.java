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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the limits spare Wawp, counted where it matters: in the ledger of the other side. */
class LimitsOverHttpTest {

    private static final int SESSIONS = 50;

    private final ManualClock clock = new ManualClock();
    private final Vertx vertx = Vertx.vertx();
    private final WawpSimulator simulator = WawpSimulator.start();
    private final LimitedWawpClient client = new LimitedWawpClient(
            new HttpWawpClient(
                    vertx,
                    WawpEndpoint.direct(simulator.baseUrl()),
                    Style.Body,
                    Duration.ofSeconds(30),
                    16,
                    clock,
                    clock),
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
        assertThat(pollAll("bad token")).allMatch(WawpResponse.Refused.class::isInstance);
        assertThat(simulator.ledger().calls()).hasSize(1);
    }

    @Test
    void anOutageIsProbedByOnePollEveryFourSecondsAndEndsForAll() {
        IntStream.range(0, SESSIONS).forEach(i -> simulator.add("SESSION" + i, "token"));
        simulator.inject(Fault.error(503, BodyFormat.Html));
        pollAll("token");
        long callsUntilOpen = simulator.ledger().lastNumber();

        for (int probe = 1; probe <= 10; probe++) {
            clock.advance(Duration.ofSeconds(4));
            pollAll("token");
            assertThat(simulator.ledger().lastNumber()).isEqualTo(callsUntilOpen + probe);
        }

        simulator.heal();
        clock.advance(Duration.ofSeconds(4));
        pollAll("token");
        assertThat(pollAll("token")).allMatch(WawpResponse.Success.class::isInstance);
    }

    @ParameterizedTest
    @EnumSource(names = {"Error", "ResetBeforeAnswer", "ResetMidBody", "Garbage"})
    void tenGoodSessionsStayPolledBesideAHundredWhoseEnginesAreBroken(Fault.Kind breakage) {
        IntStream.range(0, 100).forEach(i -> {
            simulator.add("BROKEN" + i, "token");
            Fault fault = breakage == Fault.Kind.Error ? Fault.error(502, BodyFormat.Xml) : Fault.of(breakage);
            simulator.inject(fault.at("BROKEN" + i));
        });
        IntStream.range(0, 10).forEach(i -> simulator.add("GOOD" + i, "another token"));
        poll("GOOD", 10, "another token");

        for (int round = 0; round < 5; round++) {
            List<CompletionStage<WawpResponse>> broken = begin("BROKEN", 100, "token");
            assertThat(poll("GOOD", 10, "another token")).allMatch(WawpResponse.Success.class::isInstance);
            assertThat(join(broken)).noneMatch(WawpResponse.Success.class::isInstance);
            assertThat(client.nextProbe()).isEmpty();
            clock.advance(Duration.ofSeconds(30));
        }
    }

    private List<WawpResponse> pollAll(String token) {
        return poll("SESSION", SESSIONS, token);
    }

    private List<WawpResponse> poll(String instances, int count, String token) {
        return join(begin(instances, count, token));
    }

    private List<CompletionStage<WawpResponse>> begin(String instances, int count, String token) {
        return IntStream.range(0, count)
                .mapToObj(i -> client.send(
                        WawpRequest.info(new Credentials(instances + i, token), Priority.Routine, () -> true)))
                .toList();
    }

    private static List<WawpResponse> join(List<CompletionStage<WawpResponse>> polls) {
        return polls.stream().map(poll -> poll.toCompletableFuture().join()).toList();
    }
}
