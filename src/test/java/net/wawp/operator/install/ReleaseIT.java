package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.wawp.operator.documents.Document;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the profile {@code release} puts into {@code target/release}. */
@Tag("release")
@OnKubernetes(needs = Program.Helm)
class ReleaseIT {

    private static final Path DIRECTORY = Path.of("target", "release");
    private static final String VERSION =
            Yaml.read(HelmChart.DIRECTORY.resolve("Chart.yaml")).get("version").asText();
    private static final String NAME = "wawp-operator-" + VERSION;
    private static final String PLUGIN = "kubectl-wawp-" + VERSION;

    @Test
    void theChecksumsAreThoseOfAllFiles() throws Exception {
        Map<String, String> listed = new TreeMap<>();
        Yaml.text(DIRECTORY.resolve("SHA256SUMS"))
                .lines()
                .map(line -> line.split(" \\*"))
                .forEach(cells -> listed.put(cells[1], cells[0]));
        Map<String, String> actual = new TreeMap<>();
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            for (Path file : files.filter(file -> !file.endsWith("SHA256SUMS")).toList()) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                actual.put(file.getFileName().toString(), HexFormat.of().formatHex(digest));
            }
        }

        assertThat(listed).isEqualTo(actual);
        assertThat(listed)
                .containsOnlyKeys(
                        PLUGIN + "-darwin-amd64.tar.gz",
                        PLUGIN + "-darwin-arm64.tar.gz",
                        PLUGIN + "-linux-amd64.tar.gz",
                        PLUGIN + "-linux-arm64.tar.gz",
                        PLUGIN + "-windows-amd64.tar.gz",
                        PLUGIN + "-krew.yaml",
                        NAME + ".jar",
                        NAME + ".tgz",
                        NAME + "-crds.yaml",
                        NAME + "-image.tar",
                        NAME + "-install.yaml",
                        NAME + "-operator.yaml",
                        NAME + "-sbom.json");
    }

    @Test
    void helmTakesTheChartArchiveForTheChart(KubernetesCluster cluster) {
        String archive = DIRECTORY.resolve(NAME + ".tgz").toString();

        assertThat(cluster.helm("template", "wawp-operator", archive).orThrow().output())
                .isEqualTo(cluster.helm("template", "wawp-operator", HelmChart.DIRECTORY.toString())
                        .orThrow()
                        .output());
    }

    /** A node that has loaded the archive finds the image only by its full name. */
    @Test
    void theQuickStartAsksForTheNameThatTheArchiveHas(KubernetesCluster cluster, @TempDir Path directory)
            throws IOException {
        String install = Document.read("README.md")
                .commands("kind")
                .get(0)
                .lines()
                .toList()
                .get(3);
        String values = install.split("--set ")[1];

        String manifests = cluster.helm("template", HelmChart.DIRECTORY.toString(), "--set", values)
                .orThrow()
                .output();

        assertThat(manifests)
                .contains("image: "
                        + UnpackedImage.of(DIRECTORY.resolve(NAME + "-image.tar"), directory)
                                .name() + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"install", "operator", "crds"})
    void everyManifestHasTheVersionInIt(String manifest) {
        assertThat(Yaml.readAll(Yaml.text(DIRECTORY.resolve(NAME + "-" + manifest + ".yaml"))))
                .filteredOn(object -> !object.get("kind").asText().equals("Namespace"))
                .isNotEmpty()
                .allMatch(object -> object.at("/metadata/labels")
                        .path("app.kubernetes.io/version")
                        .asText()
                        .equals(VERSION));
    }

    @Test
    void krewFindsTheProgramOfEachPlatformByItsChecksum() throws Exception {
        JsonNode manifest = Yaml.read(DIRECTORY.resolve(PLUGIN + "-krew.yaml"));

        assertThat(manifest.at("/spec/version").asText()).isEqualTo("v" + VERSION);
        assertThat(manifest.at("/spec/platforms")).hasSize(5).allSatisfy(platform -> {
            String uri = platform.get("uri").asText();
            Path archive = DIRECTORY.resolve(uri.substring(uri.lastIndexOf('/') + 1));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(archive));
            assertThat(platform.get("sha256").asText()).isEqualTo(HexFormat.of().formatHex(digest));
            assertThat(ProgramRun.of(new ProcessBuilder("tar", "-tzf", archive.toString()), "", Duration.ofMinutes(1))
                            .orThrow()
                            .output()
                            .lines())
                    .containsExactly("LICENSE", platform.get("bin").asText());
        });
    }

    @Test
    void theBillOfMaterialsNamesTheOperatorAndItsLibraries() throws IOException {
        JsonNode bill = Yaml.read(DIRECTORY.resolve(NAME + "-sbom.json"));

        assertThat(bill.get("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(bill.at("/metadata/component/version").asText()).isEqualTo(VERSION);
        assertThat(bill.get("components").findValuesAsText("name"))
                .contains("operator-framework", "vertx-core")
                .doesNotContain("junit-jupiter", "assertj-core");
    }
}
