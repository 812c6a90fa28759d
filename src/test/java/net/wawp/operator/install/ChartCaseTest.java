package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Compares the tables of {@link ChartCase} with the chart: everything in it needs a case. */
class ChartCaseTest {

    private static final List<ChartCase> CASES = ChartCase.all().toList();
    private static final JsonNode SCHEMA = Yaml.read(HelmChart.DIRECTORY.resolve("values.schema.json"));
    private static final JsonNode DEFAULTS = Yaml.read(HelmChart.DIRECTORY.resolve("values.yaml"));

    @Test
    void everyTemplateHasATable() throws IOException {
        try (Stream<Path> templates = Files.list(HelmChart.DIRECTORY.resolve("templates"))) {
            assertThat(templates.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".yaml")))
                    .allSatisfy(name ->
                            assertThat(ChartCase.DIRECTORY.resolve(name)).exists());
        }
    }

    @Test
    void everyValueIsSetSomewhere() {
        assertThat(ChartValues.described())
                .allSatisfy(value -> assertThat(CASES).as(value.path()).anyMatch(one -> !one.at(value.path())
                        .isMissingNode()));
    }

    @Test
    void everySwitchIsSetToEachOfItsValues() {
        List<String> untried = new ArrayList<>();
        collectUntried("", SCHEMA, untried);

        assertThat(untried).isEmpty();
    }

    private static void collectUntried(String path, JsonNode reference, List<String> untried) {
        JsonNode schema =
                reference.has("$ref") ? SCHEMA.at(reference.get("$ref").asText().substring(1)) : reference;
        schema.path("properties")
                .properties()
                .forEach(below -> collectUntried(
                        path.isEmpty() ? below.getKey() : path + "." + below.getKey(), below.getValue(), untried));
        JsonNode words = schema.path("items").path("enum").isMissingNode()
                ? schema.path("enum")
                : schema.path("items").path("enum");
        words.forEach(word -> requireTried(path, word, untried));
        if (schema.path("type").asText().equals("boolean")) {
            requireTried(path, BooleanNode.TRUE, untried);
            requireTried(path, BooleanNode.FALSE, untried);
        }
    }

    private static void requireTried(String path, JsonNode value, List<String> untried) {
        boolean isDefault = has(DEFAULTS.at("/" + path.replace('.', '/')), value);
        if (!isDefault && CASES.stream().noneMatch(one -> has(one.at(path), value))) {
            untried.add(path + "=" + value);
        }
    }

    private static boolean has(JsonNode set, JsonNode value) {
        return set.equals(value)
                || set.isArray()
                        && StreamSupport.stream(set.spliterator(), false).anyMatch(value::equals);
    }
}
