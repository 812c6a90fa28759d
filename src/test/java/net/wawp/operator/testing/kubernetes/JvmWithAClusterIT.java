package net.wawp.operator.testing.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@OnKubernetes(needs = Program.KubeControllerManager, cluster = Cluster.Own)
@Isolated("starts API servers")
class JvmWithAClusterIT {

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
        Process jvm = jvm();
        awaitCluster(jvm);
        List<ProcessHandle> children = jvm.descendants().toList();
        assertThat(children)
                .extracting(JvmWithAClusterIT::program)
                .contains("kube-apiserver", "etcd", "kube-controller-manager")
                .filteredOn("kube-apiserver"::equals)
                .hasSize(2);

        Signal.KILL.sendTo(jvm.pid());

        await().untilAsserted(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void itStartsInTheLastMinuteOfADay() throws Exception {
        Process jvm = jvm("-Duser.timezone=" + zoneInTheLastMinuteOfADay());

        try {
            awaitCluster(jvm);
            assertThat(Files.readString(log())).contains("The cluster runs.");
        } finally {
            jvm.destroyForcibly();
        }
    }

    private static String zoneInTheLastMinuteOfADay() {
        int untilThen = 23 * 60 + 59 - LocalTime.now(ZoneOffset.UTC).get(ChronoField.MINUTE_OF_DAY);
        int east = untilThen > 12 * 60 ? untilThen - 24 * 60 : untilThen;
        return "GMT" + ZoneOffset.ofTotalSeconds(east * 60);
    }

    private void awaitCluster(Process jvm) {
        await().atMost(Duration.ofMinutes(3))
                .until(() -> Files.readString(log()).contains("The cluster runs.") || !jvm.isAlive());
    }

    private Process jvm(String... options) throws Exception {
        KubernetesPrograms programs =
                ProgramSource.ofThisCheckout(System.out).alreadyThere().orElseThrow();
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(options));
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), JvmWithACluster.class.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log().toFile());
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
