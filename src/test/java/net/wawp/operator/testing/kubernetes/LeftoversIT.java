package net.wawp.operator.testing.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@OnKubernetes(needs = Program.KubeControllerManager, cluster = Cluster.Own)
@Isolated("starts API servers")
class LeftoversIT {

    @TempDir
    private Path folder;

    /** A JVM with a cluster, and nothing that would stop it. */
    public static final class JvmWithACluster {

        private JvmWithACluster() {}

        public static void main(String[] args) throws InterruptedException {
            KubernetesPrograms programs =
                    ProgramSource.ofThisCheckout(System.out).alreadyThere().orElseThrow();
            try (KubernetesCluster cluster = KubernetesCluster.start(programs);
                    ApiServerReplica replica = cluster.startReplica()) {
                replica.pause();
                System.out.println("The cluster runs.");
                new CountDownLatch(1).await();
            }
        }
    }

    @Test
    void noProgramOutlivesAKilledJvm() throws Exception {
        Process jvm =
                jvm(ProgramSource.ofThisCheckout(System.out).alreadyThere().orElseThrow());
        await().atMost(Duration.ofMinutes(3))
                .until(() -> Files.readString(log()).contains("The cluster runs.") || !jvm.isAlive());
        List<ProcessHandle> children = jvm.descendants().toList();
        assertThat(children)
                .extracting(LeftoversIT::program)
                .contains("kube-apiserver", "etcd", "kube-controller-manager")
                .filteredOn("kube-apiserver"::equals)
                .hasSize(2);

        Signal.KILL.sendTo(jvm.pid());

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
    }

    private Process jvm(KubernetesPrograms programs) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        JvmWithACluster.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        builder.environment()
                .put(
                        ProgramSource.DIRECTORY_VARIABLE,
                        programs.directory().resolve("../..").normalize().toString());
        return builder.start();
    }

    private Path log() {
        return folder.resolve("jvm.log");
    }

    private static String program(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName().toString())
                .orElse("");
    }
}
