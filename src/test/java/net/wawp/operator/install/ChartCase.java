package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A case of the tables in {@code src/test/resources/chart}, one table per template: values, and the result.
 *
 * @param table the template's file name
 * @param expected patterns that each match an object; see {@link #matches}
 * @param absent patterns that match no object
 * @param failure what Helm says when it refuses the values, empty if it does not
 */
record ChartCase(
        String table, String name, JsonNode values, List<JsonNode> expected, List<JsonNode> absent, String failure) {

    static final Path DIRECTORY = Path.of("src", "test", "resources", "chart");

    static Stream<ChartCase> all() {
        try (Stream<Path> tables = Files.list(DIRECTORY)) {
            return tables.sorted().toList().stream().flatMap(ChartCase::of);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<ChartCase> of(Path table) {
        return elements(Yaml.read(table))
                .map(one -> new ChartCase(
                        table.getFileName().toString(),
                        one.get("name").asText(),
                        one.get("values"),
                        elements(one.path("expect")).toList(),
                        elements(one.path("absent")).toList(),
                        one.path("fails").asText()));
    }

    /**
     * Whether {@code actual} has everything that is in {@code pattern}: of a map the entries, of a list of maps one match for each, of a
     * list of words exactly those.
     */
    static boolean matches(JsonNode pattern, JsonNode actual) {
        if (pattern.isObject()) {
            return actual.isObject()
                    && pattern.properties().stream()
                            .allMatch(entry -> matches(entry.getValue(), actual.path(entry.getKey())));
        }
        if (pattern.isArray() && pattern.path(0).isObject()) {
            return elements(pattern).allMatch(wanted -> elements(actual).anyMatch(element -> matches(wanted, element)));
        }
        return pattern.equals(actual);
    }

    /** The value that this case sets at a path of keys separated by dots; missing if it sets none. */
    JsonNode at(String path) {
        JsonNode value = values;
        for (String key : path.split("\\.")) {
            value = value.isObject() ? value.path(key) : MissingNode.getInstance();
        }
        return value;
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    @Override
    public String toString() {
        return table + ": " + name;
    }
}
