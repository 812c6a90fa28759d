package net.wawp.operator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import net.wawp.operator.kube.OnKubernetes;
import net.wawp.operator.kube.Program;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
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
class TroubledRequestsIT {

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
        SessionScene scene = working();

        gateway.refuseStatusWrites(409, 409, 409);
        scene.resource(NAME, "desiredState: LoggedOut");
        await().atMost(PATIENCE).until(gateway::hasRefusedAll);

        scene.awaitReason(NAME, "LoggedOut");
        assertThat(scene.changes()).containsExactly(Operation.logout);
        assertAlive();
    }

    @Test
    void anOverloadedApiServerDelaysItsWritesAndRepeatsNoCall() {
        SessionScene scene = working();

        gateway.refuseStatusWrites(429, 429, 429);
        scene.resource(NAME, "desiredState: Stopped");
        await().atMost(PATIENCE).until(gateway::hasRefusedAll);

        scene.awaitReason(NAME, "Stopped");
        assertThat(scene.changes()).containsExactly(Operation.stop);
        assertAlive();
    }

    @Test
    void aWatchThatIsDroppedIsTakenUpAgainAndMissesNothing() {
        SessionScene scene = working();

        gateway.dropConnections();
        scene.resource(NAME, "desiredState: Stopped");

        scene.awaitReason(NAME, "Stopped");
        assertThat(scene.changes()).containsExactly(Operation.stop);
        assertAlive();
    }

    private SessionScene working() {
        SessionScene scene = cluster.newScene();
        scene.session().put(EngineState.WORKING);
        scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Running");
        scene.awaitReason(NAME, "Working");
        return scene;
    }

    private void assertAlive() {
        assertThat(operator.isRunning()).as("the process runs").isTrue();
        assertThat(operator.probe("/livez")).as("/livez").isEqualTo(200);
    }
}
