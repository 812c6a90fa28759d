package net.wawp.operator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.Map;
import net.wawp.operator.kube.OnKubernetes;
import net.wawp.operator.kube.Program;
import net.wawp.operator.kube.Signal;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.WawpSimulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two replicas: one leads, the other stands by and takes over, however the leader ends. */
@OnKubernetes(needs = {Program.KubeControllerManager, Program.Helm})
@Execution(ExecutionMode.CONCURRENT)
class ReplicasIT {

    private static final String NAME = "support-line";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final OperatedCluster cluster = OperatedCluster.create();
    private OperatorJar leader;
    private OperatorJar standby;

    @BeforeEach
    void startTwoReplicas() {
        leader = cluster.startOperator().awaitReady();
        await().atMost(PATIENCE).until(() -> leads(leader));
        standby = cluster.startOperator().awaitReady();
    }

    @AfterEach
    void stop() {
        leader.close();
        standby.close();
        cluster.close();
    }

    @Test
    void theStandbyLooksAtNothingUntilItLeads() {
        SessionScene scene = working();
        standby.close();
        try (WawpSimulator ofStandby = WawpSimulator.start()) {
            ofStandby.add(scene.instanceId(), SessionScene.TOKEN).put(EngineState.WORKING);
            standby = cluster.startOperator(
                            cluster.installation().kubeconfig(),
                            Map.of("WAWP_BASE_URL", ofStandby.baseUrl().toString()))
                    .awaitReady();

            scene.awaitLooks();
            assertThat(ofStandby.ledger().calls()).isEmpty();

            leader.terminate();
            await().atMost(PATIENCE).until(() -> !ofStandby.ledger().calls().isEmpty());
        }
    }

    @Test
    void theLeadIsHandedOverAtOnceWhenTheLeaderIsAskedToEnd() {
        SessionScene scene = working();
        assertThat(leads(standby)).isFalse();
        Lease held = lease();

        assertThat(leader.terminate()).as("exit status").isZero();
        await().atMost(PATIENCE).until(() -> leads(standby));

        assertThat(holder(lease())).isNotEqualTo(holder(held));
        assertThat(Duration.between(
                        held.getSpec().getRenewTime(), lease().getSpec().getAcquireTime()))
                .as("the lease was handed over, it did not run out")
                .isLessThan(Duration.ofSeconds(held.getSpec().getLeaseDurationSeconds()));
        scene.assertAtRest();
        assertThat(scene.changes()).isEmpty();
    }

    @Test
    void aLeaderThatIsKilledInTheMiddleOfALogoutIsFollowedByOneThatDoesNotRepeatIt() {
        SessionScene scene = working();
        cluster.wawp().inject(Fault.of(Fault.Kind.Hang).on(Operation.logout).withEffect());
        scene.resource(NAME, "desiredState: LoggedOut");
        scene.awaitCalls(Operation.logout, 1);

        leader.send(Signal.KILL);
        await().atMost(PATIENCE).until(() -> leads(standby));

        scene.awaitReason(NAME, "LoggedOut");
        assertThat(scene.changes()).containsExactly(Operation.logout);
        scene.assertAtRest();
    }

    @Test
    void aFrozenLeaderThatWakesUpRepeatsNothingAndStandsBy() {
        SessionScene scene = working();
        cluster.wawp().inject(Fault.of(Fault.Kind.Hang).on(Operation.stop).withEffect());
        scene.resource(NAME, "desiredState: Stopped");
        scene.awaitCalls(Operation.stop, 1);

        leader.send(Signal.STOP);
        await().atMost(PATIENCE).until(() -> leads(standby));
        scene.awaitReason(NAME, "Stopped");
        leader.send(Signal.CONT);
        await().atMost(PATIENCE).until(() -> leader.log().contains("No longer leading"));

        scene.assertAtRest();
        assertThat(scene.changes()).containsExactly(Operation.stop);
        assertThat(leader.probe("/livez")).isEqualTo(200);
        assertThat(leader.isRunning()).isTrue();
    }

    private SessionScene working() {
        SessionScene scene = cluster.newScene();
        scene.session().put(EngineState.WORKING);
        scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Running");
        scene.awaitReason(NAME, "Working");
        return scene;
    }

    private static boolean leads(OperatorJar operator) {
        return operator.log().contains("Leading as");
    }

    private static String holder(Lease lease) {
        return lease.getSpec().getHolderIdentity();
    }

    private Lease lease() {
        return cluster.kubernetes()
                .client()
                .leases()
                .inNamespace(cluster.installation().namespace())
                .withName("wawp-operator")
                .get();
    }
}
