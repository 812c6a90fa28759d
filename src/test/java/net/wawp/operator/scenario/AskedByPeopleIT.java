package net.wawp.operator.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What people ask for beside the desired state: a pause, a new QR code, other credentials. */
@WithOperator
@Execution(ExecutionMode.CONCURRENT)
class AskedByPeopleIT {

    private static final String NAME = "support-line";

    @Test
    void anUnscannedSessionIsParkedAndRestartedOnceForEachRequest(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene();
        scene.session().conduct().timing(scene.session().conduct().timing().withQrCodes(1, 3_000));
        scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Running");
        scene.awaitReason(NAME, "PairingRequired");
        scene.awaitSessionState(NAME, "FAILED");
        scene.assertAtRest();
        assertThat(scene.changes()).containsExactly(Operation.start);

        scene.session().conduct().timing(scene.session().conduct().timing().withQrCodes(1, 600_000));
        scene.requestNow(NAME, "first");
        scene.awaitSessionState(NAME, "SCAN_QR_CODE");

        assertThat(scene.status(NAME).lastHandledRequestAt()).isEqualTo("first");
        assertThat(scene.changes()).containsExactly(Operation.start, Operation.stop, Operation.start);
        scene.assertAtRest();
    }

    @Test
    void aSuspendedResourceTellsWhatItWouldCallAndCallsItLater(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene();
        scene.session().put(EngineState.WORKING);
        scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Stopped\nsuspend: true");

        WhatsAppSessionStatus suspended = scene.awaitReason(NAME, "Suspended");
        assertThat(suspended.plannedAction()).isEqualTo("Stop");
        assertThat(scene.writes()).hasSize(1);
        scene.assertAtRest();
        assertThat(scene.changes()).isEmpty();

        scene.kubectl("patch", "was/" + NAME, "--type=merge", "--patch", "{\"spec\": {\"suspend\": false}}");
        WhatsAppSessionStatus stopped = scene.awaitReason(NAME, "Stopped");
        assertThat(stopped.plannedAction()).isNull();
        assertThat(scene.changes()).containsExactly(Operation.stop);
        scene.assertWritesForTransitions(1);
    }

    @Test
    void aResourceWaitsForItsSecretAndGoesOnByItself(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene();
        scene.resource(NAME, "desiredState: Running");
        scene.awaitReason(NAME, "SecretNotFound");
        assertThat(scene.calls(Operation.info)).isEmpty();
        assertThat(scene.writes()).hasSize(1);

        scene.secret(SessionScene.TOKEN);

        scene.awaitReason(NAME, "PairingRequired");
        scene.assertWritesForTransitions(2); // STOPPED to STARTING to SCAN_QR_CODE
    }

    @Test
    void aTokenThatIsRotatedWhileTheSessionWorksIsTakenUp(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene();
        String old = "old-" + scene.instanceId();
        String rotated = "rotated-" + scene.instanceId();
        cluster.wawp().add(scene.instanceId(), old).put(EngineState.WORKING);
        scene.secret(old).resource(NAME, "desiredState: Running");
        scene.awaitReason(NAME, "Working");

        cluster.wawp().add(scene.instanceId(), rotated).put(EngineState.WORKING);
        cluster.wawp().revoke(old);
        scene.awaitReason(NAME, "Unauthorized");
        scene.writes();
        scene.secret(rotated);
        scene.requestNow(NAME, "rotated");

        scene.awaitReason(NAME, "Working");
        scene.assertWritesForTransitions(1);
        assertThat(scene.changes()).isEmpty();
        scene.assertAtRest();
    }
}
