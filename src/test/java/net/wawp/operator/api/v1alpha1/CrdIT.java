package net.wawp.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import net.wawp.operator.kube.KubernetesCluster;
import net.wawp.operator.kube.OnKubernetes;
import net.wawp.operator.kube.ProgramRun;
import org.junit.jupiter.api.Test;

@OnKubernetes
class CrdIT {

    @Test
    void installsWithoutAWarning(KubernetesCluster cluster) {
        ProgramRun apply = cluster.kubectl("apply", "-f", CrdFile.PATH.toString());

        assertThat(apply.orThrow().errors()).isEmpty();
    }
}
