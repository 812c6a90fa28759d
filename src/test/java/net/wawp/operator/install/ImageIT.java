package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.testing.Java25;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image that the profile {@code release} has built, unpacked and started with a Java 25 of this machine. */
@Tag("release")
@OnKubernetes
class ImageIT {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    private static Path directory;

    private static UnpackedImage image;
    private static Path java;

    @BeforeAll
    static void unpack() throws IOException {
        image = UnpackedImage.of(Path.of("target", "jib-image.tar"), directory);
        Optional<Path> found = Java25.find();
        assumeTrue(found.isPresent(), "there is no JDK 25: set JAVA25_HOME to one");
        java = found.orElseThrow();
    }

    @Test
    void itDoesNotRunAsRoot() {
        assertThat(image.configuration().get("User").asText()).isEqualTo("65532:65532");
    }

    /** The layers of the base differ; on the empty base of this build there are none. */
    @Test
    void bothPlatformsHaveTheSameLayersOfOurs() throws IOException {
        Map<String, List<String>> layers =
                UnpackedImage.layersByPlatform(Path.of("target", "jib-image.tar"), directory);

        assertThat(layers).containsOnlyKeys("amd64", "arm64");
        assertThat(layers.get("amd64")).hasSizeGreaterThan(1).isEqualTo(layers.get("arm64"));
    }

    @Test
    void aNewVersionChangesOneSmallLayer() {
        List<String> ours = image.layers().stream()
                .flatMap(List::stream)
                .filter(file -> file.contains("wawp-operator"))
                .toList();

        assertThat(ours).containsExactly("/app/classpath/wawp-operator-classes.jar");
        assertThat(image.layers().get(0)).allMatch(file -> file.startsWith("/app/libs/"));
    }

    @Test
    void itKnowsItsVersion() throws IOException {
        assertThat(run("--version").output().strip())
                .isEqualTo(Yaml.read(HelmChart.DIRECTORY.resolve("Chart.yaml"))
                        .get("appVersion")
                        .asText());
    }

    @Test
    void aBadSettingEndsItWithOneLineAndNoneFromTheRuntime() throws IOException {
        List<String> command = image.entryPoint(java);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(Map.of("WAWP_LEADER_ELECTION", "false", "WAWP_LOG_FORMAT", "xml"));

        ProgramRun run = ProgramRun.of(builder, "", LIMIT);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors().lines()).singleElement().asString().startsWith("WAWP_LOG_FORMAT");
        assertThat(run.output()).isEmpty();
    }

    @Test
    void itsEntryPointRunsTheOperatorAndEndsOnSigterm(KubernetesCluster cluster) throws Exception {
        cluster.installCrd();
        Path log = directory.resolve("operator.log");
        ProcessBuilder builder = new ProcessBuilder(image.entryPoint(java))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "KUBECONFIG",
                        cluster.kubeconfig().toString(),
                        "WAWP_WATCH_NAMESPACES",
                        cluster.createNamespace("image"),
                        "WAWP_LEADER_ELECTION",
                        "false",
                        "WAWP_HTTP_PORT",
                        "0"));
        Process process = builder.start();
        try {
            await().atMost(LIMIT).until(() -> Files.readString(log).contains("served on port"));

            process.destroy();

            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
            assertThat(Files.readString(log).lines()).allMatch(line -> line.startsWith("{"), "a JSON log line");
        } finally {
            process.destroyForcibly();
        }
    }

    private static ProgramRun run(String argument) throws IOException {
        List<String> command = new ArrayList<>(image.entryPoint(java));
        command.add(argument);
        return ProgramRun.of(new ProcessBuilder(command), "", LIMIT).orThrow();
    }
}
