package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.Timing;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.Signal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** Two replicas: one leads, the other stands by and takes over, however the leader ends. */
@OnKubernetes(
        needs = {Program.KubeControllerManager, Program.Helm},
        cluster = Cluster.Own)
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts API servers and operators")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicasIT {

    private static final String NAME = "support-line";

    /** So long that no busy machine loses the Lease unasked. */
    private static final Map<String, String> LONG_LEASE =
            Map.of("WAWP_LEASE_DURATION", "60s", "WAWP_LEASE_RENEW_DEADLINE", "40s", "WAWP_LEASE_RETRY_PERIOD", "1s");

    /** For what has to wait until it runs out. */
    private static final Map<String, String> SHORT_LEASE =
            Map.of("WAWP_LEASE_DURATION", "5s", "WAWP_LEASE_RENEW_DEADLINE", "3s", "WAWP_LEASE_RETRY_PERIOD", "1s");

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** A session whose operator was followed by another, and the calls that it needed in all. */
    private record HandedOver(SessionFixture fixture, List<Operation> changes) {}

    private final OperatedCluster cluster = OperatedCluster.create();
    private final List<HandedOver> handedOver = new ArrayList<>();
    private OperatorJar leader;
    private OperatorJar standby;

    private void startLeader(Map<String, String> settings) {
        leader = start(settings);
        await().atMost(TIMEOUT).until(() -> leads(leader));
    }

    private OperatorJar start(Map<String, String> settings) {
        return cluster.startOperator(cluster.installation().kubeconfig(), settings)
                .awaitReady();
    }

    /** Frozen until the leader has ended: so it takes over then, and not when a busy machine loses a short Lease before. */
    private void startFrozenStandby() {
        standby = start(SHORT_LEASE);
        standby.send(Signal.STOP);
    }

    private void thawStandby() {
        assertThat(leads(standby)).as("the standby leads too early").isFalse();
        standby.send(Signal.CONT);
        await().atMost(TIMEOUT).until(() -> leads(standby));
    }

    @AfterEach
    void stop() {
        cluster.wawp().heal();
        leader.close();
        standby.close();
        // a killed leader leaves it held, and the next test would wait until it runs out
        lease().delete();
    }

    /** Once for all of them, since it takes several polls; the last of their leaders has just begun. */
    @AfterAll
    void atRestNothingIsWrittenAndNoCallIsRepeated() {
        try (cluster;
                OperatorJar last = start(LONG_LEASE)) {
            await().atMost(TIMEOUT).until(() -> leads(last));
            handedOver.stream()
                    .map(each -> each.fixture().restBegins())
                    .toList()
                    .forEach(SessionFixture.Rest::assertKept);
            assertThat(handedOver)
                    .allSatisfy(each -> assertThat(each.fixture().changes()).isEqualTo(each.changes()));
        }
    }

    @Test
    void theStandbyPollsNothingUntilItLeads() {
        startLeader(LONG_LEASE);
        SessionFixture fixture = working();
        try (WawpSimulator ofStandby = WawpSimulator.start()) {
            ofStandby.add(fixture.instanceId(), SessionFixture.TOKEN).put(EngineState.WORKING);
            Map<String, String> settings = new HashMap<>(LONG_LEASE);
            settings.put("WAWP_BASE_URL", ofStandby.baseUrl().toString());
            settings.put("WAWP_WATCH_NAMESPACES", fixture.namespace()); // its Wawp knows no other session
            standby = start(settings);

            fixture.awaitPolls();
            assertThat(ofStandby.ledger().calls()).isEmpty();

            leader.terminate();
            await().atMost(TIMEOUT).until(() -> !ofStandby
                    .ledger()
                    .calls(Operation.info, fixture.instanceId())
                    .isEmpty());
        }
    }

    @Test
    void theLeadIsHandedOverAtOnceWhenTheLeaderIsAskedToEnd() {
        startLeader(LONG_LEASE);
        standby = start(LONG_LEASE);
        SessionFixture fixture = working();
        assertThat(leads(standby)).isFalse();
        List<String> holders = new CopyOnWriteArrayList<>();
        Watch watch = lease().watch(new Holders(holders));
        assertThat(leader.terminate()).as("exit status").isZero();
        await().atMost(TIMEOUT).until(() -> leads(standby));

        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(holders.stream().distinct())
                .as("the Lease was handed over, it did not run out")
                .hasSize(3)
                .element(1)
                .isEqualTo(""));
        watch.close();
        assertThat(fixture.changes()).isEmpty();
        handedOver.add(new HandedOver(fixture, List.of()));
    }

    @Test
    void aLeaderThatIsAskedToEndWritesTheAnswerToALogoutBeforeItGoes() {
        Map<String, String> settings = new HashMap<>(LONG_LEASE);
        settings.put("WAWP_REQUEST_TIMEOUT", "20s");
        startLeader(settings);
        startFrozenStandby();
        SessionFixture fixture = working();
        // it is asked to end between the call and its answer
        fixture.session().conduct().timing(Timing.DEFAULT.withLatency(3_000));
        fixture.resource(NAME, "desiredState: LoggedOut");
        fixture.awaitCalls(Operation.logout, 1);

        assertThat(leader.terminate()).as("exit status").isZero();

        fixture.session().conduct().timing(Timing.DEFAULT);
        assertThat(fixture.status(NAME).lastAction())
                .as("what came of the logout, while nobody leads")
                .extracting(LastAction::type, LastAction::phase)
                .containsExactly("Logout", "Confirmed");
        thawStandby();
        fixture.awaitReason(NAME, "LoggedOut");
        assertThat(fixture.changes()).containsExactly(Operation.logout);
        handedOver.add(new HandedOver(fixture, List.of(Operation.logout)));
    }

    @Test
    void aLeaderThatIsKilledInTheMiddleOfALogoutIsFollowedByOneThatDoesNotRepeatIt() {
        startLeader(SHORT_LEASE);
        startFrozenStandby();
        SessionFixture fixture = working();
        cluster.wawp().inject(Fault.of(Fault.Kind.Hang).on(Operation.logout).withEffect());
        fixture.resource(NAME, "desiredState: LoggedOut");
        fixture.awaitCalls(Operation.logout, 1);

        leader.send(Signal.KILL);
        thawStandby();

        fixture.awaitReason(NAME, "LoggedOut");
        assertThat(fixture.changes()).containsExactly(Operation.logout);
        handedOver.add(new HandedOver(fixture, List.of(Operation.logout)));
    }

    @Test
    void aFrozenLeaderThatWakesUpRepeatsNothingAndStandsBy() {
        startLeader(SHORT_LEASE);
        startFrozenStandby();
        SessionFixture fixture = working();
        cluster.wawp().inject(Fault.of(Fault.Kind.Hang).on(Operation.stop).withEffect());
        fixture.resource(NAME, "desiredState: Stopped");
        fixture.awaitCalls(Operation.stop, 1);

        leader.send(Signal.STOP);
        long losses = losses(leader);
        thawStandby();
        fixture.awaitReason(NAME, "Stopped");
        leader.send(Signal.CONT);
        await().atMost(TIMEOUT).until(() -> losses(leader) > losses);

        fixture.awaitPolls();
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        leader.assertAlive();
        handedOver.add(new HandedOver(fixture, List.of(Operation.stop)));
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

    private static long losses(OperatorJar operator) {
        return operator.log()
                .lines()
                .filter(line -> line.contains("No longer leading"))
                .count();
    }

    private Resource<Lease> lease() {
        return cluster.kubernetes()
                .client()
                .leases()
                .inNamespace(cluster.installation().namespace())
                .withName("wawp-operator");
    }

    /** Records who held a Lease, one after the other; empty: nobody. */
    private record Holders(List<String> holders) implements Watcher<Lease> {

        @Override
        public void eventReceived(Action action, Lease lease) {
            holders.add(lease.getSpec().getHolderIdentity());
        }

        @Override
        public void onClose(WatcherException cause) {
            holders.add("the watch broke: " + cause.getMessage());
        }
    }
}
