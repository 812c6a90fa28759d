package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.wawp.operator.config.Setting;
import net.wawp.operator.config.Settings;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;

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
