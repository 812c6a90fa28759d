package net.wawp.operator.scenario;

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
        SessionScene scene = cluster.newScene();
        scene.session().put(EngineState.WORKING);
        scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Running\ndeletionPolicy: Stop");
        scene.awaitReason(NAME, "Working");
        suspend(scene, true);
        suspend(scene, false); // the Event of the first judgement counts up
        scene.kubectl("delete", "was/" + NAME, "--timeout=60s");

        Installation installation = cluster.installation();
        await().atMost(PATIENCE).untilAsserted(() -> {
            editWhileTheFinalizerComes(cluster);
            assertThat(installation.used()).containsExactlyInAnyOrderElementsOf(installation.granted());
        });
        assertThat(installation.refused()).isEmpty();
    }

    /** The finalizer meets a conflict, unless it is quicker than the edits: then the resource is read anew. */
    private static void editWhileTheFinalizerComes(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene();
        scene.resource(NAME, "desiredState: Running\ndeletionPolicy: Stop");
        for (int i = 0; i < EDITS; i++) {
            scene.label(NAME, Integer.toString(i));
        }
        await().atMost(PATIENCE)
                .until(() -> !scene.find(NAME).orElseThrow().getFinalizers().isEmpty());
        scene.kubectl("delete", "was/" + NAME, "--timeout=60s");
    }

    private static void suspend(SessionScene scene, boolean suspend) {
        scene.kubectl(
                "patch", "was/" + NAME, "--type=merge", "--patch", "{\"spec\": {\"suspend\": %s}}".formatted(suspend));
        scene.awaitReason(NAME, suspend ? "Suspended" : "Working");
    }
}
