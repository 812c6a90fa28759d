package net.wawp.operator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a session when its resource goes. */
@WithOperator
@Execution(ExecutionMode.CONCURRENT)
class DeletionIT {

    private static final String NAME = "support-line";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void withRetainNothingIsCalledAndNoFinalizerHoldsTheResource(OperatedCluster cluster) {
        SessionScene scene = working(cluster, "Retain");
        assertThat(scene.find(NAME).orElseThrow().getFinalizers()).isEmpty();

        scene.kubectl("delete", "was/" + NAME);

        assertThat(scene.find(NAME)).isEmpty();
        assertThat(scene.writes()).as("writes for a deletion").isEmpty();
        assertThat(scene.changes()).isEmpty();
        assertThat(scene.session().state()).isEqualTo(EngineState.WORKING);
    }

    @ParameterizedTest
    @CsvSource({"Stop, stop, STOPPED, 3", "Logout, logout, SCAN_QR_CODE, 4"})
    void thePolicyIsCarriedOutBeforeTheResourceGoes(
            String policy, Operation call, EngineState end, int writes, OperatedCluster cluster) {
        SessionScene scene = working(cluster, policy);

        scene.kubectl("delete", "was/" + NAME, "--timeout=60s");

        assertThat(scene.changes()).containsExactly(call);
        assertThat(scene.session().state()).isEqualTo(end);
        assertThat(scene.writes())
                .as("writes for the call, and one for the finalizer")
                .hasSizeLessThanOrEqualTo(writes);
    }

    @Test
    void aNamespaceGoesAlthoughItsSecretWentFirst(OperatedCluster cluster) {
        SessionScene scene = working(cluster, "Stop");

        scene.kubectl("delete", "secret/wawp-credentials");
        cluster.kubernetes()
                .kubectl("delete", "namespace", scene.namespace(), "--timeout=60s")
                .orThrow();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(scene.changes())
                .as("the last credentials known are tried")
                .isEqualTo(List.of(Operation.stop)));
    }

    @Test
    void aResourceWhoseSecretWasNeverThereGoesAtOnceAndSaysWhatWasLeftUndone(OperatedCluster cluster) {
        SessionScene scene = cluster.newScene();
        scene.resource(NAME, "desiredState: Running\ndeletionPolicy: Logout");
        scene.awaitReason(NAME, "SecretNotFound");

        scene.kubectl("delete", "was/" + NAME, "--timeout=60s");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(scene.kubectl("get", "events").output())
                        .contains("Warning")
                        .contains("FinalizerReleased"));
        assertThat(scene.changes()).isEmpty();
    }

    private static SessionScene working(OperatedCluster cluster, String policy) {
        SessionScene scene = cluster.newScene();
        scene.session().put(EngineState.WORKING);
        scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Running\ndeletionPolicy: " + policy);
        scene.awaitReason(NAME, "Working");
        scene.writes();
        return scene;
    }
}
