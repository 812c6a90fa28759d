package net.wawp.operator.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Every sample ends as its header says, with few writes on the way and none at rest. */
@WithOperator
@Execution(ExecutionMode.CONCURRENT)
class SamplesIT {

    private static final String CREDENTIALS = "credentials.yaml";

    @Test
    void aSessionIsStartedThenScannedByAPersonAndWorks(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene("3EB0BCB2E3D1");
        scene.sample(CREDENTIALS).sample("1-start-and-scan.yaml");
        scene.awaitReason("welcome-line", "PairingRequired");
        scene.assertWritesForTransitions(2); // STOPPED to STARTING to SCAN_QR_CODE
        scene.assertAtRest();

        scene.session().scan();
        scene.kubectl("wait", "was/welcome-line", "--for=condition=Ready", "--timeout=60s");
        assertThat(scene.status("welcome-line").pairing()).isEqualTo("Paired");
        scene.assertWritesForTransitions(1);
        assertThat(scene.changes()).containsExactly(Operation.start);
        scene.assertAtRest();
    }

    @Test
    void aSessionIsStoppedAndKeepsItsPairing(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene("3EB0BCB2E3D2");
        scene.session().put(EngineState.WORKING);
        scene.sample(CREDENTIALS).sample("2-stop.yaml");

        scene.kubectl("wait", "was/night-line", "--for=condition=Ready", "--timeout=60s");
        scene.awaitReason("night-line", "Stopped");

        assertThat(scene.status("night-line").pairing()).isEqualTo("Paired");
        assertThat(scene.session().isPaired()).isTrue();
        assertThat(scene.changes()).containsExactly(Operation.stop);
        scene.assertWritesForTransitions(1);
        scene.assertAtRest();
    }

    @Test
    void aSessionIsLoggedOutByOneCall(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene("3EB0BCB2E3D3");
        scene.session().put(EngineState.WORKING);
        scene.sample(CREDENTIALS).sample("3-log-out.yaml");

        scene.awaitReason("former-line", "LoggedOut");

        assertThat(scene.status("former-line").pairing()).isEqualTo("Unpaired");
        assertThat(scene.status("former-line").lastAction().phase()).isEqualTo("Confirmed");
        assertThat(scene.session().isPaired()).isFalse();
        assertThat(scene.changes()).containsExactly(Operation.logout);
        assertThat(scene.writes()).as("writes for a logout").hasSizeLessThanOrEqualTo(3);
        scene.assertAtRest();
    }

    @Test
    void aSessionThatFailedIsStoppedAndStartedAgain(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene("3EB0BCB2E3D4");
        scene.session().put(EngineState.WORKING).fail();
        scene.sample(CREDENTIALS).sample("4-recover.yaml");
        scene.awaitReason("shaky-line", "Recovering");

        scene.awaitReason("shaky-line", "Working");

        assertThat(scene.status("shaky-line").restarts()).isEqualTo(1);
        assertThat(scene.changes()).containsExactly(Operation.stop, Operation.start);
        scene.assertWritesForTransitions(4); // found FAILED, then STOPPED, STARTING and WORKING
        scene.assertAtRest();
    }

    @Test
    void aSessionThatSomebodyStoppedInTheDashboardIsStartedAgain(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene("3EB0BCB2E3D5");
        scene.session().put(EngineState.WORKING);
        scene.sample(CREDENTIALS).sample("5-drift.yaml");
        scene.awaitReason("steady-line", "Working");
        scene.assertWritesForTransitions(1);
        assertThat(scene.changes()).isEmpty();

        scene.session().stopInDashboard();
        scene.awaitCalls(Operation.start, 1);
        scene.awaitReason("steady-line", "Working");

        assertThat(scene.changes()).containsExactly(Operation.start);
        scene.assertWritesForTransitions(2); // STOPPED to STARTING to WORKING
        scene.assertAtRest();
    }

    @Test
    void aWrongTokenChangesNothingAndAValidOneIsUsedByItself(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene("3EB0BCB2E3D6");
        scene.sample("6-bad-token.yaml");
        scene.awaitReason("locked-line", "Unauthorized");
        assertThat(scene.changes()).isEmpty();
        scene.assertWritesForTransitions(1);

        String valid = "{\"stringData\": {\"access_token\": \"%s\"}}".formatted(SessionScene.TOKEN);
        scene.kubectl("patch", "secret", "wawp-expired-credentials", "--patch", valid);

        scene.awaitReason("locked-line", "PairingRequired");
        scene.assertWritesForTransitions(2); // STOPPED to STARTING to SCAN_QR_CODE
        assertThat(scene.changes()).containsExactly(Operation.start);
    }

    @Test
    void theYoungerOfTwoResourcesOnOneInstanceCallsNothingUntilTheElderGoes(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene("3EB0BCB2E3D7");
        scene.session().put(EngineState.WORKING);
        scene.sample(CREDENTIALS).sample("7-two-on-one-instance.yaml");

        scene.awaitReason("first-line", "Working");
        scene.awaitReason("second-line", "InstanceConflict");
        assertThat(scene.changes()).isEmpty();
        scene.assertWritesForTransitions(2); // one judgement for each of the two
        scene.assertAtRest();

        scene.kubectl("delete", "was/first-line");
        scene.awaitReason("second-line", "Stopped");
        assertThat(scene.changes()).containsExactly(Operation.stop);
        scene.assertWritesForTransitions(1);
        scene.assertAtRest();
    }
}
