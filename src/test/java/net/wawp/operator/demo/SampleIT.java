package net.wawp.operator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@OnKubernetes
class SampleIT {

    private static KubernetesCluster cluster;
    private static String namespace;

    @BeforeAll
    static void installTheCrd(KubernetesCluster started) {
        cluster = started;
        cluster.installCrd();
        namespace = cluster.createNamespace("samples");
    }

    @ParameterizedTest
    @MethodSource("net.wawp.operator.demo.SampleTest#files")
    void everySampleIsAcceptedWithoutAWarning(String fileName) {
        String file = Sample.read(fileName).file().toString();

        ProgramRun apply = cluster.kubectl("apply", "-n", namespace, "-f", file);

        assertThat(apply.orThrow().errors()).isEmpty();
    }
}
