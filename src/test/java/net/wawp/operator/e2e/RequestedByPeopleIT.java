package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.Timing;
import org.junit.jupiter.api.Test;

/** What people ask for beside the desired state: a pause, a new QR code, other credentials. */
@WithOperator
class RequestedByPeopleIT {

    private static final String NAME = "support-line";

    @Test
    void anUnscannedSessionIsParkedAndRestartedOnceForEachRequest(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        Timing endlessCodes = Timing.DEFAULT.withQrCodes(1, 600_000);
        fixture.session().conduct().timing(endlessCodes);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.awaitSessionState(NAME, "SCAN_QR_CODE");
        fixture.session().conduct().timing(Timing.DEFAULT.withQrCodes(1, 1)); // the last code is gone
        fixture.awaitSessionState(NAME, "FAILED");
        fixture.awaitReason(NAME, "PairingRequired");
        fixture.assertAtRest();
        assertThat(fixture.changes()).containsExactly(Operation.start);

        fixture.session().conduct().timing(endlessCodes);
        fixture.requestNow(NAME, "first");
        fixture.awaitSessionState(NAME, "SCAN_QR_CODE");

        assertThat(fixture.status(NAME).lastHandledRequestAt()).isEqualTo("first");
        assertThat(fixture.changes()).containsExactly(Operation.start, Operation.stop, Operation.start);
        fixture.assertAtRest();
    }

    @Test
    void aSuspendedResourceTellsWhatItWouldCallAndCallsItLater(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Stopped\nsuspend: true");

        WhatsAppSessionStatus suspended = fixture.awaitReason(NAME, "Suspended");
        assertThat(suspended.plannedAction()).isEqualTo("Stop");
        assertThat(fixture.writes()).hasSize(1);
        fixture.assertAtRest();
        assertThat(fixture.changes()).isEmpty();

        fixture.kubectl("patch", "was/" + NAME, "--type=merge", "--patch", "{\"spec\": {\"suspend\": false}}");
        WhatsAppSessionStatus stopped = fixture.awaitReason(NAME, "Stopped");
        assertThat(stopped.plannedAction()).isNull();
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        fixture.assertWritesForTransitions(1);
    }

    @Test
    void aResourceWaitsForItsSecretAndGoesOnByItself(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "SecretNotFound");
        assertThat(fixture.calls(Operation.info)).isEmpty();
        assertThat(fixture.writes()).hasSize(1);

        fixture.secret(SessionFixture.TOKEN);

        fixture.awaitReason(NAME, "PairingRequired");
        fixture.assertWritesForTransitions(2); // STOPPED to STARTING to SCAN_QR_CODE
    }

    @Test
    void aTokenThatIsRotatedWhileTheSessionWorksIsTakenUp(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        String old = "old-" + fixture.instanceId();
        String rotated = "rotated-" + fixture.instanceId();
        cluster.wawp().add(fixture.instanceId(), old).put(EngineState.WORKING);
        fixture.secret(old).resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "Working");

        cluster.wawp().add(fixture.instanceId(), rotated).put(EngineState.WORKING);
        cluster.wawp().revoke(old);
        fixture.awaitReason(NAME, "Unauthorized");
        fixture.writes();
        fixture.secret(rotated);
        fixture.requestNow(NAME, "rotated");

        fixture.awaitReason(NAME, "Working");
        fixture.assertWritesForTransitions(1);
        assertThat(fixture.changes()).isEmpty();
        fixture.assertAtRest();
    }
}
