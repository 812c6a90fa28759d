package net.wawp.operator.e2e;

import static net.wawp.operator.testing.EmbeddedCluster.NAMESPACE;
import static net.wawp.operator.testing.EmbeddedCluster.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.FastClock;
import net.wawp.operator.testing.RunningOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operator keeps of each resource in memory. */
class KeptResourcesTest {

    private static final String NAME = "support-line";

    @ParameterizedTest(name = "namespaces watched: \"{0}\"")
    @ValueSource(strings = {"", NAMESPACE, NAMESPACE + ",sales,support"})
    void fieldOwnershipLabelsAndAnnotationsOfOthersAreNotKept(String namespaces) {
        try (WawpSimulator wawp = WawpSimulator.start();
                EmbeddedCluster cluster = new EmbeddedCluster()) {
            wawp.add("3EB0BCB2E3D4", TOKEN);
            cluster.secret("wawp-credentials", TOKEN);
            cluster.apply(NAME, "3EB0BCB2E3D4", DesiredState.Stopped);
            owned(cluster);

            try (RunningOperator operator = new RunningOperator(cluster, wawp, new FastClock(8), namespaces)) {
                await().atMost(Duration.ofMinutes(1)).until(() -> cluster.status(NAME) != null);

                // a status is written with all that is kept of its resource
                assertThat(operator.writes()).isNotEmpty().allSatisfy(write -> assertThat(write.body())
                        .doesNotContain("managedFields")
                        .doesNotContain("kept by others"));
            }
        }
    }

    private static void owned(EmbeddedCluster cluster) {
        cluster.client()
                .resources(WhatsAppSession.class)
                .inNamespace(NAMESPACE)
                .withName(NAME)
                .edit(session -> {
                    session.getMetadata().setLabels(Map.of("example.com/label", "kept by others"));
                    session.getMetadata().setAnnotations(Map.of("example.com/notes", "kept by others"));
                    session.getMetadata()
                            .setManagedFields(List.of(new ManagedFieldsEntryBuilder()
                                    .withManager("kubectl")
                                    .build()));
                    return session;
                });
        assertThat(cluster.get(NAME).getMetadata().getManagedFields()).isNotEmpty();
    }
}
