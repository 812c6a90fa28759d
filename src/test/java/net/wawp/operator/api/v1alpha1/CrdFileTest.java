package net.wawp.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrdFileTest {

    @Test
    void theFileInTheRepositoryIsWhatTheModelSays() throws IOException {
        assertThat(Files.readString(CrdFile.PATH))
                .as("%s is out of step with the Java model. Write it anew with: %s", CrdFile.PATH, CrdFile.COMMAND)
                .isEqualTo(CrdFile.generate());
    }

    /** {@code kubectl explain} prints the text of a field, and not its default. */
    @Test
    void theTextOfAFieldNamesItsDefault() throws IOException {
        List<JSONSchemaProps> fields = fields(schema())
                .filter(field ->
                        field.getDefault() != null && !field.getDefault().isObject())
                .toList();

        assertThat(fields).hasSizeGreaterThan(4).allSatisfy(field -> assertThat(field.getDescription())
                .endsWith("Default: %s.".formatted(field.getDefault().asText())));
    }

    /** The API server would evaluate it twice, and count it twice towards the cost that it allows. */
    @Test
    void noRuleStandsTwiceOnOneField() throws IOException {
        List<List<ValidationRule>> rules = Stream.concat(Stream.of(schema()), fields(schema()))
                .map(JSONSchemaProps::getXKubernetesValidations)
                .filter(list -> !list.isEmpty())
                .toList();

        assertThat(rules).hasSizeGreaterThan(4).allSatisfy(list -> assertThat(list)
                .doesNotHaveDuplicates());
    }

    private static JSONSchemaProps schema() throws IOException {
        return Serialization.unmarshal(Files.readString(CrdFile.PATH), CustomResourceDefinition.class)
                .getSpec()
                .getVersions()
                .get(0)
                .getSchema()
                .getOpenAPIV3Schema();
    }

    /** Every field below a schema, the elements of lists and the values of maps among them. */
    private static Stream<JSONSchemaProps> fields(JSONSchemaProps holder) {
        return CrdFile.below(holder).flatMap(field -> Stream.concat(Stream.of(field), fields(field)));
    }
}
