package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a session when its resource goes. */
@WithOperator
class DeletionIT {

    private static final String NAME = "support-line";
    private static final Duration TIMEOUT = Duration.ofSeconds(150);

    @Test
    void withRetainNothingIsCalledAndNoFinalizerHoldsTheResource(OperatedCluster cluster) {
        SessionFixture fixture = working(cluster, "Retain");
        assertThat(fixture.find(NAME).orElseThrow().getFinalizers()).isEmpty();

        fixture.kubectl("delete", "was/" + NAME);

        assertThat(fixture.find(NAME)).isEmpty();
        assertThat(fixture.writes()).as("writes for a deletion").isEmpty();
        assertThat(fixture.changes()).isEmpty();
        assertThat(fixture.session().state()).isEqualTo(EngineState.WORKING);
    }

    @ParameterizedTest
    @CsvSource({"Stop, stop, STOPPED, 3", "Logout, logout, SCAN_QR_CODE, 4"})
    void thePolicyIsCarriedOutBeforeTheResourceGoes(
            String policy, Operation call, EngineState end, int writes, OperatedCluster cluster) {
        SessionFixture fixture = working(cluster, policy);

        fixture.kubectl("delete", "was/" + NAME, "--timeout=150s");

        assertThat(fixture.changes()).containsExactly(call);
        assertThat(fixture.session().state()).isEqualTo(end);
        assertThat(fixture.writes())
                .as("writes for the call, and one for the finalizer")
                .hasSizeLessThanOrEqualTo(writes);
    }

    @Test
    void aFinalizerOfSomebodyElseStaysWhenThePolicyIsCarriedOut(OperatedCluster cluster) {
        SessionFixture fixture = working(cluster, "Stop");
        fixture.kubectl(
                "patch",
                "was/" + NAME,
                "--type=json",
                "--patch",
                "[{\"op\": \"add\", \"path\": \"/metadata/finalizers/0\", \"value\": \"example.com/hold\"}]");

        fixture.kubectl("delete", "was/" + NAME, "--wait=false");

        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(fixture.find(NAME).orElseThrow().getFinalizers())
                        .containsExactly("example.com/hold"));
        assertThat(fixture.changes()).containsExactly(Operation.stop);
        fixture.kubectl("patch", "was/" + NAME, "--type=merge", "--patch", "{\"metadata\": {\"finalizers\": null}}");
        assertThat(fixture.find(NAME)).isEmpty();
        assertThat(fixture.changes()).containsExactly(Operation.stop);
    }

    @Test
    void aNamespaceGoesAlthoughItsSecretWentFirst(OperatedCluster cluster) {
        SessionFixture fixture = working(cluster, "Stop");

        fixture.kubectl("delete", "secret/wawp-credentials");
        cluster.kubernetes()
                .kubectl("delete", "namespace", fixture.namespace(), "--timeout=150s")
                .orThrow();

        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(fixture.changes())
                .as("the last credentials known are tried")
                .isEqualTo(List.of(Operation.stop)));
    }

    @Test
    void aResourceWhoseSecretWasNeverThereGoesAtOnceAndSaysWhatWasLeftUndone(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.resource(NAME, "desiredState: Running\ndeletionPolicy: Logout");
        fixture.awaitReason(NAME, "SecretNotFound");

        fixture.kubectl("delete", "was/" + NAME, "--timeout=150s");

        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(fixture.kubectl("get", "events").output())
                        .contains("Warning")
                        .contains("FinalizerReleased"));
        assertThat(fixture.changes()).isEmpty();
    }

    private static SessionFixture working(OperatedCluster cluster, String policy) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running\ndeletionPolicy: " + policy);
        fixture.awaitReason(NAME, "Working");
        fixture.writes();
        return fixture;
    }
}
