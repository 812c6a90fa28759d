package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.Java25;
import net.wawp.operator.testing.kubernetes.InCluster;
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

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern SERVED = Pattern.compile("served on port (\\d+)");

    @TempDir
    private static Path directory;

    private static UnpackedImage image;
    private static Path java;

    @BeforeAll
    static void unpack() throws IOException {
        image = UnpackedImage.of(Path.of("target", "jib-image.tar"), directory);
        java = Java25.required();
    }

    @Test
    void itDoesNotRunAsRoot() {
        assertThat(image.configuration().get("User").asText()).isEqualTo("65532:65532");
    }

    /** The layers of the base differ; on the empty base of this build there are none. The class archive is made where the platform's Java runs. */
    @Test
    void bothPlatformsHaveTheSameLayersOfOursButForTheClassArchive() throws IOException {
        Map<String, List<String>> layers =
                UnpackedImage.layersByPlatform(Path.of("target", "jib-image.tar"), directory);

        assertThat(layers).containsOnlyKeys("amd64", "arm64");
        List<String> mine = layers.remove(ClassArchive.ofThisMachine());
        List<String> others = layers.values().iterator().next();
        assertThat(others).hasSizeGreaterThan(1);
        assertThat(mine)
                .startsWith(others.toArray(String[]::new))
                .hasSize(others.size() + (image.archive().isPresent() ? 1 : 0));
    }

    @Test
    void aNewVersionChangesOneSmallLayerBesideTheClassArchive() {
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
    void itsEntryPointStartsASessionAndEndsOnSigtermWithItsClassesFromTheArchive(KubernetesCluster cluster)
            throws Exception {
        cluster.installCrd();
        String namespace = cluster.createNamespace("image");
        Path log = Path.of("target", "image-operator.log");
        Path loaded = directory.resolve("loaded.log");
        Path listed = directory.resolve("listed.txt");
        List<String> command = image.entryPoint(java);
        command.addAll(1, List.of("-Xlog:class+load:file=" + loaded, "-XX:DumpLoadedClassList=" + listed));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        try (WawpSimulator wawp = WawpSimulator.start()) {
            wawp.add("3EB0BCB2E3D4", "token-of-the-account")
                    .put(EngineState.WORKING)
                    .stopInDashboard();
            InCluster.clear(builder.environment());
            builder.environment().putAll(InCluster.asAdmin(cluster, namespace));
            builder.environment()
                    .putAll(Map.of(
                            "WAWP_WATCH_NAMESPACES",
                            namespace,
                            "WAWP_LEASE_NAMESPACE",
                            namespace,
                            "WAWP_BASE_URL",
                            wawp.baseUrl().toString(),
                            "WAWP_HTTP_PORT",
                            "0"));
            Process process = builder.start();
            try {
                ProgramRun.of(cluster.shell("""
                                kubectl -n %1$s create secret generic wawp-credentials --from-literal=access_token=token-of-the-account
                                kubectl -n %1$s apply -f - <<'END'
                                apiVersion: wawp.net/v1alpha1
                                kind: WhatsAppSession
                                metadata: {name: support-line}
                                spec: {desiredState: Running, instanceId: 3EB0BCB2E3D4, credentialsSecretRef: {name: wawp-credentials}}
                                END
                                kubectl -n %1$s wait was/support-line --for=condition=Ready --timeout=90s
                                """.formatted(namespace)), "", LIMIT)
                        .orThrow();
                assertThat(get(Files.readString(log), "/readyz")).isEqualTo("leading\n");
                assertThat(get(Files.readString(log), "/metrics")).contains("wawp_operator_leader");

                process.destroy();

                assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).as(Files.readString(log)).isZero();
                assertThat(Files.readString(log).lines())
                        .allMatch(line -> line.startsWith("{"), "a JSON log line")
                        .noneMatch(line -> line.contains("class archive"));
            } finally {
                process.destroyForcibly();
            }
        }
        assertThat(image.archive()).isPresent();
        Path anew = Files.write(Path.of("target", "classes.txt"), ofArchive(listed));
        assertThat(shareOfTheArchive(loaded))
                .as(
                        "share of the classes that come from the archive; %s lists what was loaded, for src/main/image",
                        anew)
                .isGreaterThan(0.95);
    }

    @Test
    void anArchiveThatTheRuntimeRefusesIsToldInALineOfTheLog() throws Exception {
        Path log = directory.resolve("refused.log");
        List<String> command = image.entryPoint(java);
        command.replaceAll(argument -> argument.replaceFirst("(-XX:SharedArchiveFile=).*", "$1/nothing.jsa"));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of("KUBECONFIG", "/dev/null", "WAWP_LEADER_ELECTION", "false", "WAWP_HTTP_PORT", "0"));
        Process process = builder.start();
        try {
            await().atMost(LIMIT)
                    .until(() -> Files.readString(log).contains("The class archive /nothing.jsa is not used"));

            assertThat(Files.readString(log).lines()).allMatch(line -> line.startsWith("{"), "a JSON log line");
        } finally {
            process.destroyForcibly();
        }
    }

    /** What the runtime has listed, but for the places where it found it, in an order that does not change: classes, then lambdas. */
    private static SortedSet<String> ofArchive(Path listed) throws IOException {
        try (Stream<String> lines = Files.lines(listed)) {
            return lines.filter(line -> !line.startsWith("#") && !line.startsWith("@cp"))
                    .map(line -> line.startsWith("@") ? line : line.split(" ", 2)[0])
                    .collect(Collectors.toCollection(
                            () -> new TreeSet<>(Comparator.comparing((String line) -> line.startsWith("@"))
                                    .thenComparing(Comparator.naturalOrder()))));
        }
    }

    /** Of all that a process has loaded, classes made at run time included. */
    private static double shareOfTheArchive(Path loaded) throws IOException {
        List<String> lines = Files.readAllLines(loaded);
        return (double) lines.stream()
                        .filter(line -> line.contains("source: shared objects file"))
                        .count()
                / lines.size();
    }

    private static String get(String log, String path) throws Exception {
        Matcher port = SERVED.matcher(log);
        assertThat(port.find()).isTrue();
        URI address = URI.create("http://127.0.0.1:" + port.group(1) + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body();
    }

    private static ProgramRun run(String argument) throws IOException {
        List<String> command = new ArrayList<>(image.entryPoint(java));
        command.add(argument);
        return ProgramRun.of(new ProcessBuilder(command), "", LIMIT).orThrow();
    }
}
