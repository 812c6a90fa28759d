package net.wawp.operator.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Compares the reference page with the CRD. */
class ReferenceTest {

    private static final Document REFERENCE = Document.read("docs/reference.md");

    @Test
    void everySpecFieldHasOneHeadingAndEveryHeadingIsAField() throws IOException {
        assertThat(REFERENCE.every("^#+ `([^`]+)`$"))
                .containsExactlyInAnyOrderElementsOf(fields("spec").keySet());
    }

    @Test
    void everyStatusFieldHasOneRowAndEveryRowIsAField() throws IOException {
        assertThat(REFERENCE.every("^\\| `(status\\.[^`]+)` \\|"))
                .containsExactlyInAnyOrderElementsOf(fields("status").keySet());
    }

    @Test
    void everyDefaultAndEveryValueOfASpecFieldIsUnderItsHeading() throws IOException {
        fields("spec").forEach((field, schema) -> {
            String section = REFERENCE.text()
                    .split(Pattern.quote("# `" + field + "`\n"), 2)[1]
                    .split("\n#", 2)[0];
            Stream<JsonNode> values = elements(schema.path("enum"));
            Stream<JsonNode> defaults =
                    Stream.of(schema.path("default")).filter(value -> value.isValueNode() && !value.isMissingNode());

            assertThat(Stream.concat(values, defaults)).as(field).allSatisfy(value -> assertThat(section)
                    .contains("`" + value.asText() + "`"));
        });
    }

    /** The schemas of all fields below this one, by their path; the path of a list's items contains {@code []}. */
    private static Map<String, JsonNode> fields(String top) throws IOException {
        JsonNode crd = new YAMLMapper()
                .readTree(Path.of("crds/whatsappsessions.wawp.net.yaml").toFile());
        Map<String, JsonNode> fields = new TreeMap<>();
        collect(
                top,
                crd.at("/spec/versions/0/schema/openAPIV3Schema/properties").path(top),
                fields);
        return fields;
    }

    private static void collect(String path, JsonNode schema, Map<String, JsonNode> fields) {
        schema.path("properties").properties().forEach(property -> {
            String field = path + "." + property.getKey();
            fields.put(field, property.getValue());
            collect(field, property.getValue(), fields);
            collect(field + "[]", property.getValue().path("items"), fields);
        });
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
