package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import net.wawp.operator.config.Setting;
import net.wawp.operator.config.Settings;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class ChartFilesTest {

    private static final JsonNode SCHEMA = Yaml.read(HelmChart.DIRECTORY.resolve("values.schema.json"));

    @Test
    void theGeneratedFilesAreUpToDate() {
        Map<Path, String> generated = GeneratedFiles.withoutHelm();

        assertThat(GeneratedFiles.asCommitted(generated))
                .as("Write them anew with: %s", GeneratedFiles.COMMAND)
                .containsExactlyInAnyOrderEntriesOf(generated);
    }

    @Test
    void theChartHasTheVersionOfTheProject() {
        JsonNode chart = Yaml.read(HelmChart.DIRECTORY.resolve("Chart.yaml"));
        String version = projectVersion();

        assertThat(chart.get("version").asText()).isEqualTo(version);
        assertThat(chart.get("appVersion").asText()).isEqualTo(version);
    }

    /** Artifact Hub reads YAML inside of YAML, and leaves out what it cannot read. */
    @Test
    void theMetadataForArtifactHubIsThatOfThisChart() {
        JsonNode annotations =
                Yaml.read(HelmChart.DIRECTORY.resolve("Chart.yaml")).get("annotations");
        JsonNode crd = Yaml.read(HelmChart.DIRECTORY.resolve("files/whatsappsessions.wawp.net.yaml"));
        JsonNode described =
                Yaml.read(annotations.get("artifacthub.io/crds").asText()).get(0);
        JsonNode example = Yaml.read(
                        annotations.get("artifacthub.io/crdsExamples").asText())
                .get(0);

        assertThat(described.get("name")).isEqualTo(crd.at("/metadata/name"));
        assertThat(described.get("kind")).isEqualTo(crd.at("/spec/names/kind"));
        assertThat(described.get("version")).isEqualTo(crd.at("/spec/versions/0/name"));
        assertThat(example.get("kind")).isEqualTo(described.get("kind"));
        assertThat(example.get("apiVersion").asText())
                .isEqualTo("wawp.net/" + described.get("version").asText());
        assertThat(Yaml.read(annotations.get("artifacthub.io/images").asText())
                        .get(0)
                        .get("image")
                        .asText())
                .isEqualTo("wawp-operator:" + projectVersion());
        assertThat(Yaml.read(annotations.get("artifacthub.io/changes").asText()))
                .allSatisfy(change -> assertThat(change.get("kind").asText())
                        .isIn("added", "changed", "deprecated", "removed", "fixed", "security"));
        assertThat(Yaml.read(annotations.get("artifacthub.io/links").asText()))
                .allSatisfy(link -> assertThat(link.get("url").asText()).startsWith("https://"));
    }

    /** Without an icon a catalogue shows a placeholder, and with a broken one too. */
    @Test
    void theIconIsAnImage() throws Exception {
        String icon =
                Yaml.read(HelmChart.DIRECTORY.resolve("Chart.yaml")).get("icon").asText();
        String head = "data:image/svg+xml;base64,";
        assertThat(icon).startsWith(head);

        Element image = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Base64.getDecoder().decode(icon.substring(head.length()))))
                .getDocumentElement();

        assertThat(image.getTagName()).isEqualTo("svg");
        assertThat(image.getElementsByTagName("path").getLength()).isPositive();
    }

    @Test
    void everyReasonInAnAlertIsAReasonOfTheOperator() {
        String alerts = Yaml.text(HelmChart.DIRECTORY.resolve("files/alerts.yaml"));
        List<String> reasons = Pattern.compile("reason=~?\"([^\"]+)\"")
                .matcher(alerts)
                .results()
                .flatMap(match -> Stream.of(match.group(1).split("[|]")))
                .toList();

        assertThat(reasons).hasSizeGreaterThan(5);
        assertThat(Stream.of(Reason.values()).map(Reason::name)).containsAll(reasons);
    }

    @Test
    void theSchemaKnowsEveryValueAndNoOther() {
        JsonNode values = Yaml.read(HelmChart.DIRECTORY.resolve("values.yaml"));

        TreeSet<String> inSchema = keys(SCHEMA.get("properties"));
        // Helm reads this for a chart that is part of another one; this chart does not
        assertThat(inSchema.remove("enabled")).isTrue();
        assertThat(inSchema).isEqualTo(keys(values));
        values.properties()
                .forEach(value ->
                        assertSameKeys(value.getKey(), SCHEMA.at("/properties/" + value.getKey()), value.getValue()));
    }

    @Test
    void everySettingHasAValueAndNothingElseIsSet() {
        String environment = Yaml.text(HelmChart.DIRECTORY.resolve("templates/_pod.tpl"));

        assertThat(Pattern.compile("- name: (WAWP_\\w+)")
                        .matcher(environment)
                        .results()
                        .map(name -> name.group(1)))
                .containsOnly(Settings.ALL.stream().map(Setting::variable).toArray(String[]::new));
    }

    private static void assertSameKeys(String path, JsonNode reference, JsonNode value) {
        JsonNode schema =
                reference.has("$ref") ? SCHEMA.at(reference.get("$ref").asText().substring(1)) : reference;
        if (!schema.has("properties") || path.endsWith("Probe")) {
            return;
        }
        assertThat(keys(schema.get("properties"))).as(path).isEqualTo(keys(value));
        value.properties()
                .forEach(below -> assertSameKeys(
                        path + "." + below.getKey(), schema.get("properties").get(below.getKey()), below.getValue()));
    }

    private static TreeSet<String> keys(JsonNode object) {
        TreeSet<String> keys = new TreeSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static String projectVersion() {
        return Yaml.text(Path.of("pom.xml")).replaceFirst("(?s).*?<version>([^<]+)</version>.*", "$1");
    }
}
