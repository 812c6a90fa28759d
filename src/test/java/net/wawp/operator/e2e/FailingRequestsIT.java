package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import net.wawp.operator.e2e.FaultyGateway.Write;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import org.junit.jupiter.api.Test;

/** The operator gets over requests that the API server refuses and connections that break. */
@WithOperator
class FailingRequestsIT {

    private static final String NAME = "support-line";
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int DROPS = 10;
    private static final int EDITORS = 4;

    @Test
    void conflictsOnItsWritesMakeItReadAgainAndRepeatNoCall(
            OperatedCluster cluster, FaultyGateway gateway, OperatorJar operator) {
        SessionFixture fixture = working(cluster);

        gateway.refuse(Write.Status, fixture.namespace(), 409, 409, 409);
        fixture.resource(NAME, "desiredState: LoggedOut");
        await().atMost(TIMEOUT).until(() -> gateway.hasRefusedAll(Write.Status, fixture.namespace()));

        fixture.awaitReason(NAME, "LoggedOut");
        assertThat(fixture.changes()).containsExactly(Operation.logout);
        operator.assertAlive();
    }

    @Test
    void anOverloadedApiServerDelaysItsWritesAndRepeatsNoCall(
            OperatedCluster cluster, FaultyGateway gateway, OperatorJar operator) {
        SessionFixture fixture = working(cluster);

        gateway.refuse(Write.Status, fixture.namespace(), 429, 429, 429);
        fixture.resource(NAME, "desiredState: Stopped");
        await().atMost(TIMEOUT).until(() -> gateway.hasRefusedAll(Write.Status, fixture.namespace()));

        fixture.awaitReason(NAME, "Stopped");
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        operator.assertAlive();
    }

    @Test
    void watchesThatBreakOffWhileEventsComeInAreTakenUpAgainAndMissNothing(
            OperatedCluster cluster, FaultyGateway gateway, OperatorJar operator) {
        SessionFixture fixture = working(cluster);
        SessionFixture neighbour = working(cluster);
        AtomicBoolean isOver = new AtomicBoolean();
        List<CompletableFuture<Void>> edits = Stream.generate(() -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; !isOver.get(); i++) {
                        neighbour.annotate(NAME, "edit", i);
                    }
                }))
                .limit(EDITORS)
                .toList();

        try {
            for (int drop = 0; drop < DROPS; drop++) {
                await("a watch").atMost(TIMEOUT).until(() -> gateway.dropWatches() > 0);
            }
            fixture.resource(NAME, "desiredState: Stopped");
            fixture.awaitReason(NAME, "Stopped");
        } finally {
            isOver.set(true);
            edits.forEach(CompletableFuture::join);
        }

        assertThat(fixture.changes()).containsExactly(Operation.stop);
        operator.assertAlive();
    }

    private static SessionFixture working(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "Working");
        return fixture;
    }
}
