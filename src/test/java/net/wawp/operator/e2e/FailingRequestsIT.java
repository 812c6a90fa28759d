package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The operator gets over requests that the API server refuses and connections that break. */
@OnKubernetes(needs = {Program.KubeControllerManager, Program.Helm})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class FailingRequestsIT {

    private static final String NAME = "support-line";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final OperatedCluster cluster = OperatedCluster.create();
    private FaultyGateway gateway;
    private OperatorJar operator;

    @BeforeAll
    void startOperator() {
        gateway = new FaultyGateway(
                URI.create(cluster.kubernetes().client().getMasterUrl().toString()));
        operator = cluster.startOperator(
                        gateway.kubeconfigLike(cluster.installation().kubeconfig()), Map.of())
                .awaitReady();
    }

    @AfterAll
    void stopCluster() {
        operator.terminate();
        gateway.close();
        cluster.close();
    }

    @Test
    void conflictsOnItsWritesMakeItReadAgainAndRepeatNoCall() {
        SessionFixture fixture = working();

        gateway.refuseStatusWrites(409, 409, 409);
        fixture.resource(NAME, "desiredState: LoggedOut");
        await().atMost(PATIENCE).until(gateway::hasRefusedAll);

        fixture.awaitReason(NAME, "LoggedOut");
        assertThat(fixture.changes()).containsExactly(Operation.logout);
        assertAlive();
    }

    @Test
    void anOverloadedApiServerDelaysItsWritesAndRepeatsNoCall() {
        SessionFixture fixture = working();

        gateway.refuseStatusWrites(429, 429, 429);
        fixture.resource(NAME, "desiredState: Stopped");
        await().atMost(PATIENCE).until(gateway::hasRefusedAll);

        fixture.awaitReason(NAME, "Stopped");
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        assertAlive();
    }

    @Test
    void aWatchThatIsDroppedIsTakenUpAgainAndMissesNothing() {
        SessionFixture fixture = working();

        gateway.dropConnections();
        fixture.resource(NAME, "desiredState: Stopped");

        fixture.awaitReason(NAME, "Stopped");
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        assertAlive();
    }

    private SessionFixture working() {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "Working");
        return fixture;
    }

    private void assertAlive() {
        assertThat(operator.isRunning()).as("the process runs").isTrue();
        assertThat(operator.probe("/livez")).as("/livez").isEqualTo(200);
    }
}
