package net.wawp.operator.e2e;

import static net.wawp.operator.testing.EmbeddedCluster.NAMESPACE;
import static net.wawp.operator.testing.EmbeddedCluster.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.Recovery;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.Quirk;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.Timing;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.FastClock;
import net.wawp.operator.testing.RunningOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole loop, from the resource to Wawp and back to the status, on a clock that runs eight times as fast, or more. */
class SessionLoopTest {

    private static final String NAME = "support-line";
    private static final String SECRET = "wawp-credentials";
    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final String OTHER_INSTANCE = "A1B2C3D4E5F6";
    private static final int FAST = 8;

    /** For waits of some minutes. */
    private static final int FASTER = 24;

    /** For longer ones: ten minutes take eight seconds. Too fast where the operator has to act: it does so on fresh observations alone. */
    private static final int VERY_FAST = 80;

    private static final Duration TIMEOUT = Duration.ofSeconds(150);

    private final WawpSimulator wawp = WawpSimulator.start();
    private final EmbeddedCluster cluster = new EmbeddedCluster();
    private final SimulatedSession session = wawp.add(INSTANCE, TOKEN);
    private final FastClock clock = new FastClock(FAST);
    private RunningOperator operator = new RunningOperator(cluster, wawp, clock);

    @AfterEach
    void close() {
        operator.close();
        cluster.close();
        wawp.close();
    }

    @Test
    void aSessionIsStartedAndWorksOnceAPersonHasScannedIt() {
        cluster.secret(SECRET, TOKEN);
        cluster.apply(NAME, INSTANCE, DesiredState.Running);

        awaitReason("PairingRequired");
        session.scan();
        awaitReason("Working");

        WhatsAppSessionStatus status = cluster.status(NAME);
        assertThat(status.observedGeneration()).isEqualTo(1);
        assertThat(status.sessionState()).isEqualTo("WORKING");
        assertThat(status.pairing()).isEqualTo("Paired");
        assertThat(status.instanceId()).isEqualTo(INSTANCE);
        assertThat(status.account().id()).contains("•");
        assertThat(status.lastAction().type()).isEqualTo("Start");
        assertThat(status.lastAction().phase()).isEqualTo("Confirmed");
        assertThat(calls(Operation.start)).isEqualTo(1);
    }

    @Test
    void aStoppedSessionKeepsItsPairingUntilItIsLoggedOut() {
        working();

        cluster.edit(NAME, spec -> desired(spec, DesiredState.Stopped));
        awaitReason("Stopped");
        assertThat(cluster.status(NAME).pairing()).isEqualTo("Paired");
        assertThat(session.isPaired()).isTrue();

        cluster.edit(NAME, spec -> desired(spec, DesiredState.LoggedOut));
        awaitReason("LoggedOut");
        assertThat(session.isPaired()).isFalse();
        assertThat(cluster.status(NAME).account()).isNull();
        assertThat(calls(Operation.stop)).isEqualTo(1);
        assertThat(calls(Operation.logout)).isEqualTo(1);
    }

    @Test
    void aSessionStoppedInTheDashboardIsStartedAgain() {
        working();

        session.stopInDashboard();

        await().atMost(TIMEOUT).until(() -> session.state() == EngineState.WORKING);
        awaitReason("Working");
    }

    @Test
    void afterTheLastRestartAPersonIsNeededAndTheirRequestBeginsAnew() {
        cluster.secret(SECRET, TOKEN);
        session.put(EngineState.WORKING).conduct().turnOn(Quirk.BootFails);
        cluster.apply(NAME, spec(DesiredState.Running, null, null, new Recovery("60s", 1)));
        awaitReason("Working");

        session.fail();
        awaitReason("RecoveryExhausted");
        assertThat(cluster.status(NAME).restarts()).isEqualTo(1);
        assertThat(calls(Operation.start)).isEqualTo(1);

        session.conduct().turnOff(Quirk.BootFails);
        cluster.request(NAME, "once more");
        awaitReason("Working");
        assertThat(cluster.status(NAME).lastHandledRequestAt()).isEqualTo("once more");
        assertThat(calls(Operation.start)).isEqualTo(2);
    }

    @Test
    void anUnscannedSessionIsParkedUntilAPersonAsksForAFreshCode() {
        cluster.secret(SECRET, TOKEN);
        cluster.apply(NAME, INSTANCE, DesiredState.Running);
        awaitStatus(status -> assertThat(status.sessionState()).isEqualTo("SCAN_QR_CODE"));
        session.conduct().timing(Timing.DEFAULT.withQrCodes(1, 1)); // the last code is gone
        awaitStatus(status -> {
            assertThat(status.sessionState()).isEqualTo("FAILED");
            assertThat(reason(status)).contains("PairingRequired");
        });
        assertThat(calls(Operation.start)).isEqualTo(1);

        session.conduct().timing(Timing.DEFAULT);
        cluster.request(NAME, "a phone is at hand");
        awaitStatus(status -> {
            assertThat(status.sessionState()).isEqualTo("SCAN_QR_CODE");
            assertThat(status.lastHandledRequestAt()).isEqualTo("a phone is at hand");
        });
        assertThat(calls(Operation.start)).isEqualTo(2);
        assertThat(cluster.status(NAME).restarts()).isZero();
    }

    @Test
    void aSuspendedResourceOnlyTellsWhatItWouldDo() {
        cluster.secret(SECRET, TOKEN);
        session.put(EngineState.WORKING);
        cluster.apply(NAME, spec(DesiredState.Stopped, true, null, null));

        awaitReason("Suspended");
        assertThat(cluster.status(NAME).plannedAction()).isEqualTo("Stop");
        assertThat(conditions()).containsKeys("Ready", "Stalled");
        assertThat(calls(Operation.stop)).isZero();

        cluster.edit(NAME, spec -> spec(DesiredState.Stopped, false, null, null));
        awaitReason("Stopped");
        assertThat(cluster.status(NAME).plannedAction()).isNull();
    }

    @Test
    void aSecretMayComeLaterThanItsResource() {
        session.put(EngineState.WORKING);
        cluster.apply(NAME, INSTANCE, DesiredState.Running);

        awaitReason("SecretNotFound");
        assertThat(conditions()).containsKey("Reconciling").doesNotContainKey("Stalled");
        clock.runAt(VERY_FAST);
        // the framework's timer knows real time alone, so that the fast two minutes need somebody who stirs
        awaitStatus(status -> {
            cluster.stir(NAME);
            assertThat(conditions()).containsKey("Stalled").doesNotContainKey("Reconciling");
        });

        cluster.secret(SECRET, TOKEN);
        awaitReason("Working");
        assertThat(conditions()).containsOnlyKeys("Ready", "Paired");
    }

    @Test
    void aNewTokenIsUsedAsSoonAsTheSecretHasIt() {
        session.put(EngineState.WORKING);
        cluster.secret(SECRET, "a-token-that-was-revoked");
        clock.runAt(VERY_FAST);
        cluster.apply(NAME, INSTANCE, DesiredState.Running);
        awaitReason("Unauthorized");

        cluster.secret(SECRET, TOKEN);

        awaitReason("Working");
    }

    /** The bound is far below the ten minutes of the routine, which take 75 s on this clock. */
    @Test
    void anInstanceThatWawpDoesNotKnowIsGivenUpForTheOneThatTheSecretNamesNow() {
        session.put(EngineState.WORKING);
        cluster.secret(SECRET, Map.of("access_token", TOKEN, "instance_id", "AAAAAAAAAAAA"));
        cluster.apply(
                NAME,
                WhatsAppSessionSpec.builder()
                        .desiredState(DesiredState.Running)
                        .credentialsSecretRef(new CredentialsSecretRef(SECRET))
                        .build());
        awaitReason("InstanceNotFound");

        cluster.secret(SECRET, Map.of("access_token", TOKEN, "instance_id", INSTANCE));

        await().atMost(Duration.ofSeconds(40))
                .until(() -> cluster.status(NAME).conditions().get(0).reason().equals("Working"));
        assertThat(cluster.status(NAME).instanceId()).isEqualTo(INSTANCE);
    }

    @Test
    void aRequestWithinAMinuteOfARefusalIsKeptAndAnsweredWhenTheMinuteIsOver() {
        cluster.secret(SECRET, "wrong-token-0123456789");
        session.put(EngineState.WORKING);
        cluster.apply(NAME, INSTANCE, DesiredState.Running);
        awaitReason("Unauthorized");
        int refused = calls(Operation.info);

        cluster.request(NAME, "now");

        await().atMost(Duration.ofSeconds(40))
                .until(() -> "now".equals(cluster.status(NAME).lastHandledRequestAt()));
        assertThat(calls(Operation.info)).isEqualTo(refused + 1);
    }

    @Test
    void aResourceNeverMovesToAnotherInstance() {
        session.put(EngineState.WORKING);
        wawp.add(OTHER_INSTANCE, TOKEN).put(EngineState.WORKING);
        cluster.secret(SECRET, Map.of("access_token", TOKEN, "instance_id", INSTANCE));
        cluster.apply(
                NAME,
                WhatsAppSessionSpec.builder()
                        .desiredState(DesiredState.Running)
                        .credentialsSecretRef(new CredentialsSecretRef(SECRET))
                        .build());
        awaitReason("Working");

        cluster.secret(SECRET, Map.of("access_token", TOKEN, "instance_id", OTHER_INSTANCE));
        cluster.edit(NAME, spec -> desired(spec, DesiredState.LoggedOut));
        cluster.request(NAME, "now");

        awaitReason("SecretInvalid");
        assertThat(message()).contains(INSTANCE).doesNotContain(OTHER_INSTANCE);
        assertThat(cluster.status(NAME).instanceId()).isEqualTo(INSTANCE);
        assertThat(calls(Operation.logout)).isZero();
        assertThat(wawp.ledger().calls(Operation.logout, OTHER_INSTANCE)).isEmpty();
    }

    @Test
    void ofTwoResourcesTheOlderOwnsTheInstanceAndTheOtherTakesOver() {
        working();
        cluster.apply("young", INSTANCE, DesiredState.Stopped);

        awaitReason("young", "InstanceConflict");
        assertThat(calls(Operation.stop)).isZero();

        cluster.delete(NAME);
        awaitReason("young", "Stopped");
        assertThat(calls(Operation.stop)).isEqualTo(1);
    }

    @Test
    void withoutADeletionPolicyNothingIsCalled() {
        working();
        assertThat(cluster.get(NAME).getFinalizers()).isEmpty();

        cluster.delete(NAME);

        awaitGone();
        assertThat(session.state()).isEqualTo(EngineState.WORKING);
    }

    @Test
    void aSessionIsStoppedBeforeItsResourceGoes() {
        working(DeletionPolicy.Stop);

        cluster.delete(NAME);

        awaitGone();
        assertThat(session.state()).isEqualTo(EngineState.STOPPED);
        assertThat(session.isPaired()).isTrue();
    }

    @Test
    void aSessionIsLoggedOutBeforeItsResourceGoes() {
        working(DeletionPolicy.Logout);

        cluster.delete(NAME);

        awaitGone();
        assertThat(session.isPaired()).isFalse();
        assertThat(calls(Operation.logout)).isEqualTo(1);
    }

    @Test
    void aSecretThatWentFirstIsRemembered() {
        working(DeletionPolicy.Stop);

        cluster.client().secrets().inNamespace(NAMESPACE).withName(SECRET).delete();
        cluster.delete(NAME);

        awaitGone();
        assertThat(session.state()).isEqualTo(EngineState.STOPPED);
    }

    @Test
    void aSuspendedResourceGoesAndLeavesTheSessionAsItIs() {
        cluster.secret(SECRET, TOKEN);
        session.put(EngineState.WORKING);
        cluster.apply(NAME, spec(DesiredState.Running, true, DeletionPolicy.Logout, null));
        awaitReason("Suspended");

        cluster.delete(NAME);

        awaitGone();
        awaitEvent("FinalizerReleased");
        assertThat(session.isPaired()).isTrue();
    }

    @Test
    void aSessionThatASuccessorWaitsForIsKept() {
        working(DeletionPolicy.Logout);
        cluster.apply("young", INSTANCE, DesiredState.Running);
        awaitReason("young", "InstanceConflict");

        cluster.delete(NAME);

        awaitReason("young", "Working");
        assertThat(session.isPaired()).isTrue();
        assertThat(calls(Operation.logout)).isZero();
    }

    @Test
    void aResourceIsGoneTenMinutesAfterItsDeletionWhateverHappens() {
        working(DeletionPolicy.Logout);
        wawp.inject(Fault.error(502, BodyFormat.Html));
        clock.runAt(VERY_FAST);

        cluster.delete(NAME);

        // the framework's timer knows real time alone, so that the fast ten minutes need somebody who stirs
        await().atMost(TIMEOUT).until(() -> {
            cluster.stir(NAME);
            return cluster.get(NAME) == null;
        });
        awaitEvent("FinalizerReleased");
    }

    @Test
    void aResourceWhoseLogoutsHaveNoEffectGoesAfterTheThirdAndSaysSo() {
        working(DeletionPolicy.Logout);
        session.conduct().turnOn(Quirk.LogoutIgnored);
        clock.runAt(FASTER);

        cluster.delete(NAME);

        awaitGone();
        awaitEvent("FinalizerReleased");
        assertThat(calls(Operation.logout)).isEqualTo(3);
        assertThat(session.isPaired()).isTrue();
    }

    @Test
    void aSecretThatWentWhileTheOperatorWasAwayIsToldAndNothingIsCalled() {
        working();
        operator.close();
        cluster.client().secrets().inNamespace(NAMESPACE).withName(SECRET).delete();
        session.stopInDashboard();
        cluster.edit(NAME, spec -> desired(spec, DesiredState.LoggedOut));

        operator = new RunningOperator(cluster, wawp, clock);
        awaitReason("SecretNotFound");
        assertThat(calls(Operation.logout)).isZero();
        assertThat(cluster.status(NAME).pairing()).isEqualTo("Paired");

        cluster.secret(SECRET, TOKEN);
        awaitReason("LoggedOut");
        assertThat(calls(Operation.logout)).isEqualTo(1);
        assertThat(session.isPaired()).isFalse();
    }

    @Test
    void threeIneffectiveLogoutsNeedAPersonWhoseRequestBeginsAnew() {
        cluster.secret(SECRET, TOKEN);
        session.put(EngineState.WORKING).conduct().turnOn(Quirk.LogoutIgnored);
        cluster.apply(NAME, INSTANCE, DesiredState.LoggedOut);
        clock.runAt(FASTER);

        awaitReason("LogoutUncertain");
        assertThat(calls(Operation.logout)).isEqualTo(3);

        clock.runAt(FAST);
        session.conduct().turnOff(Quirk.LogoutIgnored);
        cluster.request(NAME, "again");
        awaitReason("LoggedOut");
        assertThat(calls(Operation.logout)).isEqualTo(4);
    }

    @Test
    void anOutageIsToldAndItsEndIsNoticed() {
        working();

        clock.runAt(VERY_FAST);
        wawp.inject(Fault.error(503, BodyFormat.Text));
        awaitReason("GatewayUnavailable");
        assertThat(conditions().get("Ready").status()).isEqualTo("Unknown");

        wawp.heal();
        awaitReason("Working");
    }

    @Test
    void wawpIsAskedNothingBeforeTheTimeItNamed() {
        working();

        clock.runAt(VERY_FAST);
        wawp.inject(Fault.error(429, BodyFormat.Json).retryAfter("120"));
        awaitReason("RateLimited");

        wawp.heal();
        awaitReason("Working");
    }

    @Test
    void aSpecThatMakesNoSenseStopsNobodyElse() {
        cluster.apply("nonsense", spec(null, null, null, null));
        working();

        awaitReason("nonsense", "RequestRejected");
        awaitStatus("nonsense", status -> assertThat(Conditions.find(status.conditions(), Conditions.READY)
                        .orElseThrow()
                        .message())
                .contains("spec.desiredState"));
    }

    @Test
    void aRequestThatIsTooLongIsToldOfAndIgnored() {
        working();

        cluster.request(NAME, "x".repeat(129));

        awaitStatus(status -> assertThat(message()).contains("wawp.net/requestedAt", "128 characters"));
        assertThat(cluster.status(NAME).lastHandledRequestAt()).isNull();
    }

    @Test
    void whileNothingChangesNothingIsWritten() {
        working();
        cluster.edit(NAME, spec -> spec.toBuilder().pollInterval("5s").build());
        awaitStatus(status -> assertThat(status.observedGeneration()).isEqualTo(2));
        int written = operator.writes().size();
        int polls = calls(Operation.info);
        clock.runAt(FASTER);

        cluster.request(NAME, "a pass that finds all as it was");
        awaitStatus(status -> assertThat(status.lastHandledRequestAt()).isNotNull());
        await().atMost(TIMEOUT).until(() -> calls(Operation.info) >= polls + 20);

        assertThat(operator.writes()).as("the handled request alone").hasSize(written + 1);
    }

    @Test
    void aWipedStatusIsWrittenAnew() {
        working();

        WhatsAppSession wiped = cluster.get(NAME);
        wiped.setStatus(null);
        cluster.client().resource(wiped).updateStatus();

        awaitReason("Working");
        assertThat(cluster.status(NAME).instanceId()).isEqualTo(INSTANCE);
    }

    @Test
    void aResourceCreatedAnewUnderItsNameBeginsAnew() {
        working();

        cluster.delete(NAME);
        cluster.apply(NAME, INSTANCE, DesiredState.Stopped);

        awaitReason("Stopped");
        assertThat(session.state()).isEqualTo(EngineState.STOPPED);
    }

    private void working() {
        working(null);
    }

    private void working(DeletionPolicy policy) {
        cluster.secret(SECRET, TOKEN);
        session.put(EngineState.WORKING);
        cluster.apply(NAME, spec(DesiredState.Running, null, policy, null));
        awaitReason("Working");
    }

    private static WhatsAppSessionSpec spec(
            DesiredState desired, Boolean suspend, DeletionPolicy policy, Recovery recovery) {
        return WhatsAppSessionSpec.builder()
                .desiredState(desired)
                .instanceId(INSTANCE)
                .credentialsSecretRef(new CredentialsSecretRef(SECRET))
                .suspend(suspend)
                .deletionPolicy(policy)
                .recovery(recovery)
                .build();
    }

    private static WhatsAppSessionSpec desired(WhatsAppSessionSpec spec, DesiredState desired) {
        return spec.toBuilder()
                .desiredState(desired)
                .suspend(null)
                .pollInterval(null)
                .recovery(null)
                .build();
    }

    private int calls(Operation operation) {
        return wawp.ledger().calls(operation, INSTANCE).size();
    }

    private void awaitReason(String reason) {
        awaitReason(NAME, reason);
    }

    private void awaitReason(String name, String reason) {
        awaitStatus(name, status -> {
            assertThat(reason(status)).contains(reason);
            assertThat(status.observedGeneration())
                    .isEqualTo(cluster.get(name).getMetadata().getGeneration());
        });
    }

    private void awaitStatus(Consumer<WhatsAppSessionStatus> expected) {
        awaitStatus(NAME, expected);
    }

    private void awaitStatus(String name, Consumer<WhatsAppSessionStatus> expected) {
        await().atMost(TIMEOUT)
                .ignoreException(NullPointerException.class)
                .untilAsserted(() -> expected.accept(cluster.status(name)));
    }

    private void awaitGone() {
        await().atMost(TIMEOUT).until(() -> cluster.get(NAME) == null);
    }

    private void awaitEvent(String reason) {
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(cluster.client()
                        .v1()
                        .events()
                        .inNamespace(NAMESPACE)
                        .list()
                        .getItems())
                .anySatisfy(event -> assertThat(event.getReason()).isEqualTo(reason)));
    }

    private String message() {
        return conditions().get("Ready").message();
    }

    private Map<String, Condition> conditions() {
        return cluster.status(NAME).conditions().stream()
                .collect(Collectors.toMap(Condition::type, condition -> condition));
    }

    private static Optional<String> reason(WhatsAppSessionStatus status) {
        return Conditions.find(status.conditions(), Conditions.READY).map(Condition::reason);
    }
}
