package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import net.wawp.operator.simulator.EngineState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The chart grants what the operator uses, and nothing else. */
@WithOperator
@Execution(ExecutionMode.CONCURRENT)
class RightsIT {

    private static final String NAME = "support-line";
    private static final int EDITS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void everyRightIsUsedAndNoneIsMissing(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running\ndeletionPolicy: Stop");
        fixture.awaitReason(NAME, "Working");
        suspend(fixture, true);
        suspend(fixture, false); // the Event of the first judgement counts up
        fixture.kubectl("delete", "was/" + NAME, "--timeout=60s");

        Installation installation = cluster.installation();
        await().atMost(PATIENCE).untilAsserted(() -> {
            editWhileTheFinalizerComes(cluster);
            assertThat(installation.used()).containsExactlyInAnyOrderElementsOf(installation.granted());
        });
        assertThat(installation.refused()).isEmpty();
    }

    /** The finalizer meets a conflict, unless it is quicker than the edits: then the resource is read anew. */
    private static void editWhileTheFinalizerComes(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.resource(NAME, "desiredState: Running\ndeletionPolicy: Stop");
        for (int i = 0; i < EDITS; i++) {
            fixture.label(NAME, Integer.toString(i));
        }
        await().atMost(PATIENCE)
                .until(() -> !fixture.find(NAME).orElseThrow().getFinalizers().isEmpty());
        fixture.kubectl("delete", "was/" + NAME, "--timeout=60s");
    }

    private static void suspend(SessionFixture fixture, boolean suspend) {
        fixture.kubectl(
                "patch", "was/" + NAME, "--type=merge", "--patch", "{\"spec\": {\"suspend\": %s}}".formatted(suspend));
        fixture.awaitReason(NAME, suspend ? "Suspended" : "Working");
    }
}
