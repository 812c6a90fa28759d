package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import net.wawp.operator.e2e.FaultyGateway.Write;
import net.wawp.operator.simulator.EngineState;
import org.junit.jupiter.api.Test;

/** The chart grants what the operator uses, and nothing else. */
@WithOperator
class RightsIT {

    private static final String NAME = "support-line";
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @Test
    void everyRightIsUsedAndNoneIsMissing(OperatedCluster cluster, FaultyGateway gateway) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN);
        gateway.refuse(Write.Finalizers, fixture.namespace(), 409); // a conflict makes it read the resource again
        fixture.resource(NAME, "desiredState: Running\ndeletionPolicy: Stop");
        fixture.awaitReason(NAME, "Working");
        suspend(fixture, true);
        suspend(fixture, false); // the Event of the first status counts up
        fixture.kubectl("delete", "was/" + NAME, "--timeout=150s");

        handOutTwoCodes(cluster);

        Installation installation = cluster.installation();
        // Events are written a moment after the status
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(installation.used())
                .containsExactlyInAnyOrderElementsOf(installation.granted()));
        assertThat(installation.refused()).isEmpty();
    }

    /** The Secret is created, renewed with the second code and deleted after the last. */
    private static void handOutTwoCodes(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster).showManyCodes();
        fixture.ask("scan").awaitPhase("scan", "Offered").awaitNextCode();
        fixture.endCodes().awaitPhase("scan", "Expired").awaitNothingLeft();
    }

    private static void suspend(SessionFixture fixture, boolean suspend) {
        fixture.kubectl(
                "patch", "was/" + NAME, "--type=merge", "--patch", "{\"spec\": {\"suspend\": %s}}".formatted(suspend));
        fixture.awaitReason(NAME, suspend ? "Suspended" : "Working");
    }
}
