package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import net.wawp.operator.api.v1alpha1.PairingRequest;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.Timing;
import org.junit.jupiter.api.Test;

/** Every sample ends as its header says, with few writes on the way and none at rest. */
@WithOperator
class SamplesIT {

    private static final String CREDENTIALS = "credentials.yaml";

    @Test
    void aSessionIsStartedThenScannedByAPersonAndWorks(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture("3EB0BCB2E3D1");
        fixture.session().conduct().timing(Timing.DEFAULT.withQrCodes(1, 600_000));
        fixture.sample(CREDENTIALS).sample("1-start-and-scan.yaml");
        fixture.awaitReason("welcome-line", "PairingRequired");
        awaitPairing(fixture, "Offered");
        fixture.assertWritesForTransitions(3); // STOPPED to STARTING to SCAN_QR_CODE, and the code is offered
        fixture.assertAtRest();

        fixture.session().scan();
        fixture.kubectl("wait", "was/welcome-line", "--for=condition=Ready", "--timeout=150s");
        assertThat(fixture.status("welcome-line").pairing()).isEqualTo("Paired");
        awaitPairing(fixture, "Paired");
        fixture.assertWritesForTransitions(2);
        assertThat(fixture.changes()).containsExactly(Operation.start);
        fixture.assertAtRest();
    }

    @Test
    void aSessionIsStoppedAndKeepsItsPairing(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture("3EB0BCB2E3D2");
        fixture.session().put(EngineState.WORKING);
        fixture.sample(CREDENTIALS).sample("2-stop.yaml");

        fixture.kubectl("wait", "was/night-line", "--for=condition=Ready", "--timeout=150s");
        fixture.awaitReason("night-line", "Stopped");

        assertThat(fixture.status("night-line").pairing()).isEqualTo("Paired");
        assertThat(fixture.session().isPaired()).isTrue();
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        fixture.assertWritesForTransitions(1);
        fixture.assertAtRest();
    }

    @Test
    void aSessionIsLoggedOutByOneCall(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture("3EB0BCB2E3D3");
        fixture.session().put(EngineState.WORKING);
        fixture.sample(CREDENTIALS).sample("3-log-out.yaml");

        fixture.awaitReason("former-line", "LoggedOut");

        assertThat(fixture.status("former-line").pairing()).isEqualTo("Unpaired");
        assertThat(fixture.status("former-line").lastAction().phase()).isEqualTo("Confirmed");
        assertThat(fixture.session().isPaired()).isFalse();
        assertThat(fixture.changes()).containsExactly(Operation.logout);
        assertThat(fixture.writes()).as("writes for a logout").hasSizeLessThanOrEqualTo(3);
        fixture.assertAtRest();
    }

    @Test
    void aSessionThatFailedIsStoppedAndStartedAgain(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture("3EB0BCB2E3D4");
        fixture.session().put(EngineState.WORKING).fail();
        try (SessionFixture.RecordedReasons reasons = fixture.recordReasons()) {
            fixture.sample(CREDENTIALS).sample("4-recover.yaml");
            reasons.awaitSeen("Recovering");
            fixture.awaitReason("shaky-line", "Working");
        }

        assertThat(fixture.status("shaky-line").restarts()).isEqualTo(1);
        assertThat(fixture.changes()).containsExactly(Operation.stop, Operation.start);
        fixture.assertWritesForTransitions(4); // found FAILED, then STOPPED, STARTING and WORKING
        fixture.assertAtRest();
    }

    @Test
    void aSessionThatSomebodyStoppedInTheDashboardIsStartedAgain(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture("3EB0BCB2E3D5");
        fixture.session().put(EngineState.WORKING);
        fixture.sample(CREDENTIALS).sample("5-drift.yaml");
        fixture.awaitReason("steady-line", "Working");
        fixture.assertWritesForTransitions(1);
        assertThat(fixture.changes()).isEmpty();

        fixture.session().stopInDashboard();
        fixture.awaitCalls(Operation.start, 1);
        fixture.awaitReason("steady-line", "Working");

        assertThat(fixture.changes()).containsExactly(Operation.start);
        fixture.assertWritesForTransitions(2); // STOPPED to STARTING to WORKING
        fixture.assertAtRest();
    }

    @Test
    void aWrongTokenChangesNothingAndAValidOneIsUsedByItself(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture("3EB0BCB2E3D6");
        fixture.sample("6-bad-token.yaml");
        fixture.awaitReason("locked-line", "Unauthorized");
        assertThat(fixture.changes()).isEmpty();
        fixture.assertWritesForTransitions(1);

        String valid = "{\"stringData\": {\"access_token\": \"%s\"}}".formatted(SessionFixture.TOKEN);
        fixture.kubectl("patch", "secret", "wawp-expired-credentials", "--patch", valid);

        fixture.awaitReason("locked-line", "PairingRequired");
        fixture.assertWritesForTransitions(2); // STOPPED to STARTING to SCAN_QR_CODE
        assertThat(fixture.changes()).containsExactly(Operation.start);
    }

    @Test
    void theYoungerOfTwoResourcesOnOneInstanceCallsNothingUntilTheElderGoes(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture("3EB0BCB2E3D7");
        fixture.session().put(EngineState.WORKING);
        fixture.sample(CREDENTIALS).sample("7-two-on-one-instance.yaml");

        fixture.awaitReason("first-line", "Working");
        fixture.awaitReason("second-line", "InstanceConflict");
        assertThat(fixture.changes()).isEmpty();
        fixture.assertWritesForTransitions(2); // one status for each of the two
        fixture.assertAtRest();

        fixture.kubectl("delete", "was/first-line");
        fixture.awaitReason("second-line", "Stopped");
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        fixture.assertWritesForTransitions(1);
        fixture.assertAtRest();
    }

    private static void awaitPairing(SessionFixture fixture, String phase) {
        await().untilAsserted(() -> assertThat(fixture.status("welcome-line").pairingRequest())
                .isNotNull()
                .extracting(PairingRequest::phase)
                .isEqualTo(phase));
    }
}
