package net.wawp.operator.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.ProgramSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The demo where the programs of an API server are there. */
@OnKubernetes(cluster = Cluster.Own)
@Isolated("starts an API server and an operator")
class DemoOnARealApiServerIT {

    @Test
    void anInterruptLeavesNoProgramOfTheApiServerBehind(@TempDir Path folder) throws Exception {
        Path programs = ProgramSource.ofThisCheckout(System.out)
                .alreadyThere()
                .orElseThrow()
                .directory();
        try (DemoProcess demo = DemoProcess.start(
                folder,
                "KUBE_API_TEST_DIR",
                programs.resolve("../..").normalize().toString())) {
            demo.awaitFirstSample();
            List<ProcessHandle> children = demo.children();

            demo.interrupt();

            demo.assertSaysThatItWasInterrupted();
            assertThat(demo.output()).contains("a real Kubernetes API server");
            assertThat(children).isNotEmpty();
            // the watchdogs notice a little later
            await().untilAsserted(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
        }
    }
}
