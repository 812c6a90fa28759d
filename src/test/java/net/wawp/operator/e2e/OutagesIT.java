package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.testing.kubernetes.ApiServerReplica;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The operator outlives the API server that it talks to, and Wawp. Users have another API server of the same cluster. One test at a time,
 * since the faults of Wawp concern every session.
 */
@OnKubernetes(
        needs = {Program.KubeControllerManager, Program.Helm},
        cluster = Cluster.Own)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts API servers and operators")
class OutagesIT {

    private static final String NAME = "support-line";
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** So long that no busy machine loses the Lease unasked. */
    private static final Map<String, String> LONG_LEASE =
            Map.of("WAWP_LEASE_DURATION", "60s", "WAWP_LEASE_RENEW_DEADLINE", "40s", "WAWP_LEASE_RETRY_PERIOD", "1s");

    /** For what has to wait until it runs out. */
    private static final Map<String, String> SHORT_LEASE =
            Map.of("WAWP_LEASE_DURATION", "5s", "WAWP_LEASE_RENEW_DEADLINE", "3s", "WAWP_LEASE_RETRY_PERIOD", "1s");

    private final OperatedCluster cluster = OperatedCluster.create();
    private ApiServerReplica server;
    private OperatorJar operator;

    @BeforeAll
    void startOperator() {
        server = cluster.kubernetes().startReplica();
        start(SHORT_LEASE);
    }

    private void start(Map<String, String> lease) {
        operator = cluster.startOperator(
                        server.kubeconfigLike(cluster.installation().kubeconfig()), lease)
                .awaitReady();
        awaitMore("Leading as", 0);
    }

    @AfterEach
    void endTheOutage() {
        cluster.wawp().heal();
    }

    @AfterAll
    void stopCluster() {
        operator.terminate();
        server.close();
        cluster.close();
    }

    @Test
    void whatWasChangedWhileTheApiServerWasAwayIsDoneOnce() {
        SessionFixture fixture = working();

        long losses = times("No longer leading");
        server.kill();
        fixture.resource(NAME, "desiredState: Stopped");
        awaitMore("No longer leading", losses);
        operator.assertAlive();
        server.start();

        fixture.awaitReason(NAME, "Stopped");
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        operator.assertAlive();
    }

    @Test
    void anApiServerThatIsBackBeforeTheLeaseRunsOutCostsNoLeadAndNoChangeIsMissed() {
        SessionFixture fixture = working();

        server.kill();
        server.start();
        fixture.resource(NAME, "desiredState: Stopped");

        fixture.awaitReason(NAME, "Stopped");
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        operator.assertAlive();
    }

    @Test
    void aFrozenApiServerEndsTheLeadAndALogoutUnderWayIsNotRepeated() {
        SessionFixture fixture = working();
        cluster.wawp().inject(Fault.of(Fault.Kind.Hang).on(Operation.logout).withEffect());
        fixture.resource(NAME, "desiredState: LoggedOut");
        fixture.awaitCalls(Operation.logout, 1);

        long losses = times("No longer leading");
        server.pause();
        awaitMore("No longer leading", losses);
        operator.assertAlive();
        long terms = times("Leading as");
        server.resume();
        awaitMore("Leading as", terms);

        fixture.awaitReason(NAME, "LoggedOut");
        assertThat(fixture.changes()).containsExactly(Operation.logout);
        assertThat(fixture.status(NAME).lastAction().attempt()).isEqualTo(1);
        operator.assertAlive();
    }

    /** {@code SessionLoopTest} has the outage that lasts, on a fast clock: it is reported after three minutes. */
    @Test
    void anOutageOfWawpThatIsShortChangesNoStatusAndNothingIsCalledUntilItsEnd() {
        SessionFixture fixture = working();
        cluster.wawp().inject(Fault.error(502, BodyFormat.Html));
        int polls = fixture.calls(Operation.info).size();

        fixture.resource(NAME, "desiredState: Stopped");

        fixture.awaitCalls(Operation.info, polls + 3);
        assertThat(fixture.status(NAME).sessionState()).isEqualTo("WORKING");
        assertThat(Conditions.find(fixture.status(NAME).conditions(), Conditions.READY))
                .map(Condition::reason)
                .contains("Working");
        assertThat(fixture.changes()).isEmpty();
        operator.assertAlive();
        cluster.wawp().heal();

        fixture.awaitReason(NAME, "Stopped");
        assertThat(fixture.changes()).containsExactly(Operation.stop);
    }

    /** With it go all resources; nothing is called for them. */
    @Test
    void aDefinitionThatIsDeletedIsNamedOnceAndTheOperatorServesAgainWhenItIsBack() {
        // who lost the lead meanwhile would start anew, and say more
        operator.terminate();
        start(LONG_LEASE);
        SessionFixture fixture = working();
        String missing = "The API server does not know whatsappsessions.wawp.net";
        long told = times(missing);
        long stacks = times("\tat ");

        cluster.kubernetes().kubectl("delete", "crd", "whatsappsessions.wawp.net");
        await().atMost(TIMEOUT).until(() -> operator.probe("/readyz") == 503);
        operator.assertAlive();
        cluster.kubernetes().installCrd();
        await().atMost(TIMEOUT).until(() -> operator.probe("/readyz") == 200);

        working();
        assertThat(fixture.changes()).isEmpty();
        assertThat(times(missing) - told).isEqualTo(1);
        assertThat(times("\tat ") - stacks).as(operator::log).isZero();
        operator.terminate();
        start(SHORT_LEASE);
    }

    private SessionFixture working() {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "Working");
        return fixture;
    }

    /** On a busy machine the lead may be lost without the test's doing as well; no test depends on how often. */
    private void awaitMore(String words, long before) {
        await().atMost(TIMEOUT).until(() -> times(words) > before);
    }

    private long times(String words) {
        return operator.log().lines().filter(line -> line.contains(words)).count();
    }
}
