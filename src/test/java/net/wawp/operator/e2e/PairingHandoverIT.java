package net.wawp.operator.e2e;

import static net.wawp.operator.e2e.PairingFixture.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.Quirk;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** The operator is killed while ways to pair are made, offered and taken back: whoever leads next leaves none behind. */
@OnKubernetes(
        needs = {Program.KubeControllerManager, Program.Helm},
        cluster = Cluster.Own)
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts an API server and operators")
class PairingHandoverIT {

    private static final Map<String, String> SHORT_LEASE =
            Map.of("WAWP_LEASE_DURATION", "5s", "WAWP_LEASE_RENEW_DEADLINE", "3s", "WAWP_LEASE_RETRY_PERIOD", "1s");

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @Test
    void aKillAtAnyMomentLeavesNoWayToPairBehindOnceASuccessorLeads() {
        try (OperatedCluster cluster = OperatedCluster.create()) {
            PairingFixture preparing;
            PairingFixture withoutSecret;
            PairingFixture offered;
            PairingFixture scanned;
            PairingFixture closing;
            try (OperatorJar killed = start(cluster)) {
                // the engine hangs before it shows a code
                preparing = PairingFixture.start(cluster);
                preparing.session().session().conduct().turnOn(Quirk.StuckStarting);
                preparing.ask("scan").awaitPhase("scan", "Preparing");
                // the page is made, the code never comes, so that the Secret is yet to be written
                withoutSecret = PairingFixture.start(cluster);
                cluster.wawp()
                        .inject(Fault.of(Fault.Kind.Hang)
                                .on(Operation.qr)
                                .at(withoutSecret.session().instanceId()));
                withoutSecret.ask("scan");
                PairingFixture made = withoutSecret;
                await().atMost(TIMEOUT)
                        .until(() -> made.session().session().link().isPresent());
                offered = PairingFixture.start(cluster).ask("scan").awaitPhase("scan", "Offered");
                // linked, and the link cannot be revoked yet
                closing = PairingFixture.start(cluster).ask("scan").awaitPhase("scan", "Offered");
                cluster.wawp()
                        .inject(Fault.of(Fault.Kind.Hang)
                                .on(Operation.revokeLink)
                                .at(closing.session().instanceId()));
                closing.scan();
                PairingFixture half = closing;
                await().atMost(TIMEOUT).until(() -> half.secret().isEmpty());
                // scanned in the last moment
                scanned = PairingFixture.start(cluster).ask("scan").awaitPhase("scan", "Offered");
                scanned.scan();
                assertThat(killed.isRunning()).isTrue();
            }
            cluster.wawp().heal();
            preparing.session().session().conduct().turnOff(Quirk.StuckStarting);
            assertThat(List.of(withoutSecret, offered, closing))
                    .allSatisfy(
                            left -> assertThat(left.session().session().link()).isPresent());

            try (OperatorJar successor = start(cluster)) {
                for (PairingFixture asked : List.of(preparing, withoutSecret, offered)) {
                    asked.awaitPhase("scan", "Offered");
                    await().atMost(TIMEOUT)
                            .until(() -> asked.secret().isPresent()
                                    && asked.session()
                                            .session()
                                            .link()
                                            .filter(asked.held("link")::equals)
                                            .isPresent());
                    asked.scan();
                }
                for (PairingFixture each : List.of(preparing, withoutSecret, offered, scanned, closing)) {
                    each.session().awaitReason(NAME, "Working");
                    each.awaitNothingLeft();
                    each.awaitPhase("scan", "Paired");
                    assertThat(each.session().session().state()).isEqualTo(EngineState.WORKING);
                }
                assertThat(successor.log()).doesNotContain("temp-qr");
            }
        }
    }

    private static OperatorJar start(OperatedCluster cluster) {
        return cluster.startOperator(cluster.installation().kubeconfig(), SHORT_LEASE)
                .awaitReady();
    }
}
