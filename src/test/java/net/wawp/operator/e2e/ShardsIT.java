package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.status.Conditions;
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

/** Three operators that share all namespaces: two shards, and the one without. */
@OnKubernetes(needs = Program.Helm, cluster = Cluster.Own)
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts an API server and operators")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShardsIT {

    private static final String NAME = "support-line";
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final Map<String, String> SETTINGS = Map.of("WAWP_REQUEST_TIMEOUT", "3s");

    private final OperatedCluster cluster = OperatedCluster.create();
    private final Shards shards = new Shards(cluster, "a", "b");
    private OperatorJar none;
    private OperatorJar a;
    private OperatorJar b;

    @BeforeAll
    void startTheOperators() {
        // its release has no right to claim instances
        none = cluster.startOperator(cluster.installation().kubeconfig(), Map.of());
        a = shards.lead("a", SETTINGS);
        b = shards.lead("b", SETTINGS);
        none.awaitReady();
    }

    @AfterEach
    void heal() {
        cluster.wawp().heal();
    }

    @AfterAll
    void stop() {
        none.close();
        shards.close();
        cluster.close();
    }

    @Test
    void eachShardHasALeaseOfItsOwn() {
        assertThat(cluster.kubernetes()
                        .client()
                        .leases()
                        .inNamespace(cluster.installation().namespace())
                        .list()
                        .getItems())
                .filteredOn(lease -> !name(lease).startsWith("wawp-instance-"))
                .extracting(ShardsIT::name)
                .containsExactlyInAnyOrder("wawp-operator", "wawp-operator-a", "wawp-operator-b");
    }

    @Test
    void aResourceThatLeavesAShardLooksDeletedToItAndIsServedByTheNextWithoutACall() {
        SessionFixture fixture = working("a", "deletionPolicy: Logout");
        assertThat(fixture.find(NAME).orElseThrow().getMetadata().getFinalizers())
                .containsExactly("wawp.net/session");

        for (String shard : List.of("b", "", "a")) {
            Shards.move(fixture, NAME, shard);
            fixture.awaitPolls();
        }

        assertThat(fixture.changes()).isEmpty();
        assertThat(fixture.find(NAME).orElseThrow().getMetadata().getFinalizers())
                .containsExactly("wawp.net/session");
        assertThat(fixture.session().state()).isEqualTo(EngineState.WORKING);
        fixture.kubectl("delete", "was/" + NAME);
        assertThat(fixture.changes()).as("the shard that it came back to").containsExactly(Operation.logout);
    }

    @Test
    void aResourceOfAShardThatNobodyServesIsLeftAlone() {
        SessionFixture other = working("b", "");
        SessionFixture fixture = working("a", "deletionPolicy: Logout");

        Shards.move(fixture, NAME, "nobody");
        fixture.kubectl(
                "patch", "was/" + NAME, "--type=merge", "--patch={\"spec\": {\"desiredState\": \"LoggedOut\"}}");
        await("shard a has noticed that it left")
                .atMost(TIMEOUT)
                .until(() -> gauge(a, "shard_sessions{shard=\"a\"}") == labelled("a"));
        other.awaitPolls();
        int before = fixture.calls(Operation.info).size();
        other.awaitPolls();

        assertThat(fixture.calls(Operation.info)).as("polls").hasSize(before);
        assertThat(fixture.changes()).isEmpty();
        Shards.move(fixture, NAME, "b");
        fixture.awaitReason(NAME, "LoggedOut");
        assertThat(fixture.changes()).containsExactly(Operation.logout);
    }

    @Test
    void theShardsSayHowManyResourcesEachServesAndAllSayHowManyThereAre() {
        SessionFixture inA = working("a", "");
        SessionFixture inB = working("b", "");
        int all = cluster.kubernetes()
                .client()
                .resources(WhatsAppSession.class)
                .inAnyNamespace()
                .list()
                .getItems()
                .size();

        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(List.of(none, a, b)).allSatisfy(operator -> assertThat(gauge(operator, "existing_sessions"))
                    .isEqualTo(all));
            assertThat(gauge(none, "shard_sessions")
                            + gauge(a, "shard_sessions{shard=\"a\"}")
                            + gauge(b, "shard_sessions{shard=\"b\"}"))
                    .isEqualTo(all);
        });

        Shards.move(inA, NAME, "nobody");
        Shards.move(inB, NAME, "nobody");
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(gauge(none, "shard_sessions")
                        + gauge(a, "shard_sessions{shard=\"a\"}")
                        + gauge(b, "shard_sessions{shard=\"b\"}"))
                .isEqualTo(all - 2));
    }

    /** How many resources belong to a shard. */
    private int labelled(String shard) {
        return cluster.kubernetes()
                .client()
                .resources(WhatsAppSession.class)
                .inAnyNamespace()
                .withLabel(Shards.LABEL, shard)
                .list()
                .getItems()
                .size();
    }

    private static int gauge(OperatorJar operator, String series) {
        return operator.metrics()
                .lines()
                .filter(line -> line.startsWith("wawp_operator_" + series + " "))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(-1);
    }

    @Test
    void aLogoutInFlightWhenTheResourceMovesIsSettledByTheNextShardAndNotRepeated() {
        SessionFixture fixture = working("a", "");
        cluster.wawp().inject(Fault.of(Fault.Kind.Hang).on(Operation.logout).withEffect());
        fixture.kubectl(
                "patch", "was/" + NAME, "--type=merge", "--patch={\"spec\": {\"desiredState\": \"LoggedOut\"}}");
        fixture.awaitCalls(Operation.logout, 1);
        String id = fixture.status(NAME).lastAction().id();

        Shards.move(fixture, NAME, "b");

        WhatsAppSessionStatus status = fixture.awaitReason(NAME, "LoggedOut");
        assertThat(status.lastAction())
                .extracting(LastAction::id, LastAction::phase)
                .containsExactly(id, "Confirmed");
        fixture.awaitPolls();
        assertThat(fixture.changes()).containsExactly(Operation.logout);
    }

    @Test
    void aLogoutWithoutEffectInFlightWhenTheResourceMovesIsAnnouncedAnewOnceItsTimeIsOver() {
        SessionFixture fixture = working("a", "");
        cluster.wawp().inject(Fault.of(Fault.Kind.Hang).on(Operation.logout).times(1));
        fixture.kubectl(
                "patch", "was/" + NAME, "--type=merge", "--patch={\"spec\": {\"desiredState\": \"LoggedOut\"}}");
        fixture.awaitCalls(Operation.logout, 1);
        String id = fixture.status(NAME).lastAction().id();

        Shards.move(fixture, NAME, "b");

        fixture.awaitReason(NAME, "LoggedOut");
        assertThat(fixture.status(NAME).lastAction())
                .satisfies(last -> assertThat(last.id()).isNotEqualTo(id))
                .extracting(LastAction::attempt)
                .isEqualTo(2);
        assertThat(fixture.changes()).containsExactly(Operation.logout, Operation.logout);
    }

    @Test
    void anInstanceThatTwoShardsWantBelongsToTheResourceThatActedFirstUntilItIsGone() {
        SessionFixture fixture = working("a", "");
        fixture.kubectl("patch", "was/" + NAME, "--type=merge", "--patch={\"spec\": {\"desiredState\": \"Stopped\"}}");
        fixture.awaitReason(NAME, "Stopped");

        fixture.apply(resource("their-line", "b", "LoggedOut", fixture.instanceId(), "deletionPolicy: Retain"));

        WhatsAppSessionStatus refused = fixture.awaitReason("their-line", "InstanceConflict");
        assertThat(Conditions.find(refused.conditions(), Conditions.READY)
                        .orElseThrow()
                        .message())
                .isEqualTo("The instance belongs to the WhatsAppSession support-line that another operator serves:"
                        + " delete one of the two.");
        assertThat(fixture.changes()).containsExactly(Operation.stop);

        fixture.kubectl("delete", "was/" + NAME);

        fixture.awaitReason("their-line", "LoggedOut");
        assertThat(fixture.changes()).containsExactly(Operation.stop, Operation.logout);
        assertThat(a.log() + b.log()).as("rights").doesNotContain("forbidden");
    }

    @Test
    void aRivalInAnotherShardStopsNothingAndItsDeletionLogsNothingOut() {
        List<Contested> lines = List.of(started(Place.SameNamespace), started(Place.OtherNamespace));

        lines.forEach(line -> line.addInB("their-line", "Stopped"));
        lines.forEach(line -> line.theirs().awaitReason("their-line", "InstanceConflict"));
        lines.forEach(line -> line.theirs().kubectl("delete", "was/their-line"));

        lines.forEach(Contested::assertStartedAndNoMore);
    }

    @Test
    void aSessionThatNeededNoCallYetBelongsToTheOlderResource() {
        List<SessionFixture> lines = List.of(working("a", ""), working("a", ""));
        List<Contested> contested = List.of(
                new Contested(lines.get(0), lines.get(0)),
                new Contested(lines.get(1), cluster.newFixture().secret(SessionFixture.TOKEN)));

        lines.forEach(line -> line.awaitSecondAfterCreation(NAME));
        contested.forEach(line -> line.addInB("their-line", "Stopped"));

        contested.forEach(line -> line.theirs().awaitReason("their-line", "InstanceConflict"));
        lines.forEach(line -> assertThat(line.changes()).isEmpty());
    }

    @Test
    void aResourceThatIsRenamedIntoAnotherShardKeepsItsSessionInEitherOrder() {
        List<Contested> newFirst = List.of(started(Place.SameNamespace), started(Place.OtherNamespace));
        List<Contested> oldFirst = List.of(started(Place.SameNamespace), started(Place.OtherNamespace));
        List<Contested> all =
                Stream.of(newFirst, oldFirst).flatMap(List::stream).toList();

        newFirst.forEach(line -> line.addInB("renamed", "Running"));
        oldFirst.forEach(line -> {
            line.ours().delete(NAME);
            // the operator waits 5 s for it
            line.theirs().create(line.ofB("renamed", "Running"));
        });
        newFirst.forEach(line -> line.ours().kubectl("delete", "--wait=false", "was/" + NAME));

        all.forEach(line ->
                await().atMost(TIMEOUT).until(() -> line.ours().find(NAME).isEmpty()));
        all.forEach(line -> line.theirs().awaitReason("renamed", "Working"));
        all.forEach(Contested::assertStartedAndNoMore);
        newFirst.get(0).theirs().kubectl("delete", "was/renamed");
        assertThat(newFirst.get(0).ours().changes())
                .as("those of the last one too")
                .containsExactly(Operation.start, Operation.logout);
    }

    /** Where the other resource of an instance is. */
    private enum Place {
        SameNamespace,
        OtherNamespace
    }

    /**
     * An instance that two resources name.
     *
     * @param ours has the first one, in shard a
     * @param theirs where the other one is
     */
    private record Contested(SessionFixture ours, SessionFixture theirs) {

        void addInB(String name, String desired) {
            theirs.apply(ofB(name, desired));
        }

        String ofB(String name, String desired) {
            return resource(name, "b", desired, ours.instanceId(), "deletionPolicy: Logout");
        }

        void assertStartedAndNoMore() {
            assertThat(ours.changes()).containsExactly(Operation.start);
            assertThat(ours.session().state()).isEqualTo(EngineState.WORKING);
        }
    }

    /** The first one has its session started by the operator, so that the claim of the instance is its own. */
    private Contested started(Place place) {
        SessionFixture ours = cluster.newFixture();
        ours.session().put(EngineState.WORKING);
        ours.session().stopInDashboard();
        ours.secret(SessionFixture.TOKEN)
                .apply(resource(NAME, "a", "Running", ours.instanceId(), "deletionPolicy: Logout"));
        ours.awaitReason(NAME, "Working");
        return new Contested(
                ours,
                switch (place) {
                    case SameNamespace -> ours;
                    case OtherNamespace -> cluster.newFixture().secret(SessionFixture.TOKEN);
                });
    }

    private SessionFixture working(String shard, String fields) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).apply(resource(NAME, shard, "Running", fixture.instanceId(), fields));
        fixture.awaitReason(NAME, "Working");
        await().atMost(TIMEOUT)
                .until(() -> fields.isEmpty()
                        || !fixture.find(NAME)
                                .orElseThrow()
                                .getMetadata()
                                .getFinalizers()
                                .isEmpty());
        return fixture;
    }

    private static String resource(String name, String shard, String desired, String instance, String fields) {
        return """
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: %s, labels: {%s: %s}}
                spec:
                  desiredState: %s
                  instanceId: %s
                  credentialsSecretRef: {name: wawp-credentials}
                  %s
                """.formatted(name, Shards.LABEL, shard, desired, instance, fields);
    }

    private static String name(Lease lease) {
        return lease.getMetadata().getName();
    }
}
