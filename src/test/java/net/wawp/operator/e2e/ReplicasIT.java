package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.Map;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.Signal;
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
    void theStandbyPollsAtNothingUntilItLeads() {
        SessionFixture fixture = working();
        standby.close();
        try (WawpSimulator ofStandby = WawpSimulator.start()) {
            ofStandby.add(fixture.instanceId(), SessionFixture.TOKEN).put(EngineState.WORKING);
            standby = cluster.startOperator(
                            cluster.installation().kubeconfig(),
                            Map.of("WAWP_BASE_URL", ofStandby.baseUrl().toString()))
                    .awaitReady();

            fixture.awaitPolls();
            assertThat(ofStandby.ledger().calls()).isEmpty();

            leader.terminate();
            await().atMost(PATIENCE).until(() -> !ofStandby.ledger().calls().isEmpty());
        }
    }

    @Test
    void theLeadIsHandedOverAtOnceWhenTheLeaderIsAskedToEnd() {
        SessionFixture fixture = working();
        assertThat(leads(standby)).isFalse();
        Lease held = lease();

        assertThat(leader.terminate()).as("exit status").isZero();
        await().atMost(PATIENCE).until(() -> leads(standby));

        assertThat(holder(lease())).isNotEqualTo(holder(held));
        assertThat(Duration.between(
                        held.getSpec().getRenewTime(), lease().getSpec().getAcquireTime()))
                .as("the lease was handed over, it did not run out")
                .isLessThan(Duration.ofSeconds(held.getSpec().getLeaseDurationSeconds()));
        fixture.assertAtRest();
        assertThat(fixture.changes()).isEmpty();
    }

    @Test
    void aLeaderThatIsKilledInTheMiddleOfALogoutIsFollowedByOneThatDoesNotRepeatIt() {
        SessionFixture fixture = working();
        cluster.wawp().inject(Fault.of(Fault.Kind.Hang).on(Operation.logout).withEffect());
        fixture.resource(NAME, "desiredState: LoggedOut");
        fixture.awaitCalls(Operation.logout, 1);

        leader.send(Signal.KILL);
        await().atMost(PATIENCE).until(() -> leads(standby));

        fixture.awaitReason(NAME, "LoggedOut");
        assertThat(fixture.changes()).containsExactly(Operation.logout);
        fixture.assertAtRest();
    }

    @Test
    void aFrozenLeaderThatWakesUpRepeatsNothingAndStandsBy() {
        SessionFixture fixture = working();
        cluster.wawp().inject(Fault.of(Fault.Kind.Hang).on(Operation.stop).withEffect());
        fixture.resource(NAME, "desiredState: Stopped");
        fixture.awaitCalls(Operation.stop, 1);

        leader.send(Signal.STOP);
        await().atMost(PATIENCE).until(() -> leads(standby));
        fixture.awaitReason(NAME, "Stopped");
        leader.send(Signal.CONT);
        await().atMost(PATIENCE).until(() -> leader.log().contains("No longer leading"));

        fixture.assertAtRest();
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        assertThat(leader.probe("/livez")).isEqualTo(200);
        assertThat(leader.isRunning()).isTrue();
    }

    private SessionFixture working() {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "Working");
        return fixture;
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
