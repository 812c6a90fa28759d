package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDGenerator.AbstractCRDOutput;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrArray;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrBool;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.YamlDumpSettingsBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The CRD as a file, generated from {@link WhatsAppSession}. Its {@code main} writes the file anew. */
public final class CrdFile {

    /** Where it lies, seen from the root of the checkout. */
    public static final Path PATH = Path.of("crds", "whatsappsessions.wawp.net.yaml");

    static final String COMMAND = "mvn -q test-compile exec:java@crd";

    private static final KubernetesSerialization YAML = new KubernetesSerialization(
            new ObjectMapper(),
            true,
            new YamlDumpSettingsBuilder().setMinimizeQuotes(true).build());

    private static final Pattern LARGE_BOUND = Pattern.compile("(m(?:ax|in)imum: )(\\d[.]\\d+E\\d+)");

    private CrdFile() {}

    public static void main(String[] args) throws IOException {
        Files.writeString(PATH, generate());
    }

    static String generate() {
        AtomicReference<HasMetadata> generated = new AtomicReference<>();
        new CRDGenerator()
                .customResourceClasses(WhatsAppSession.class)
                .withPostProcessor(new CRDPostProcessor() {
                    @Override
                    public HasMetadata process(HasMetadata crd, String crdSpecVersion) {
                        generated.set(crd);
                        return crd;
                    }
                })
                .withOutput(new InMemory())
                .generate();
        CustomResourceDefinition crd = (CustomResourceDefinition) generated.get();
        crd.getSpec().getVersions().forEach(CrdFile::complete);
        return "# Generated from " + WhatsAppSession.class.getName() + " by: " + COMMAND + "\n"
                + inFull(YAML.asYaml(crd).replaceFirst("^---\n", ""));
    }

    /** Bounds are floating point numbers to the generator: 2147483647 rather than 2.147483647E9. */
    private static String inFull(String yaml) {
        return LARGE_BOUND
                .matcher(yaml)
                .replaceAll(bound -> bound.group(1) + new BigDecimal(bound.group(2)).toPlainString());
    }

    /** What the generator has no annotation for, or does otherwise than we want. */
    private static void complete(CustomResourceDefinitionVersion version) {
        List<String> columns = Arrays.stream(WhatsAppSession.class.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        version.getAdditionalPrinterColumns()
                .sort(Comparator.comparing(
                        (CustomResourceColumnDefinition column) -> columns.indexOf(column.getName())));
        // the API server drops a 0, and a GitOps tool would restore it for ever
        version.getAdditionalPrinterColumns().stream()
                .filter(column -> Integer.valueOf(0).equals(column.getPriority()))
                .forEach(column -> column.setPriority(null));

        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        root.setDescription("One WhatsApp session hosted by Wawp: its desired and its observed state. The annotation"
                + " wawp.net/requestedAt with a new value, such as the time, requests a poll now."
                + " Defaults are named with each field.");
        eachRuleOnce(root);

        JSONSchemaProps status = root.getProperties().get("status");
        JSONSchemaProps conditions = status.getProperties().get("conditions");
        conditions.setXKubernetesListType("map");
        conditions.setXKubernetesListMapKeys(List.of("type"));
        JSONSchemaProps condition = conditions.getItems().getSchema();
        condition.getProperties().get("lastTransitionTime").setFormat("date-time");
        status.getProperties().get("nextTransitionAt").setFormat("date-time");
        status.getProperties().get("idleSince").setFormat("date-time");
        status.getProperties()
                .get("pairingRequest")
                .getProperties()
                .get("expiresAt")
                .setFormat("date-time");
        status.getProperties().get("lastAction").getProperties().get("time").setFormat("date-time");
    }

    /** A rule on a record's component is found twice, on the field and on the accessor. */
    private static void eachRuleOnce(JSONSchemaProps schema) {
        schema.setXKubernetesValidations(
                schema.getXKubernetesValidations().stream().distinct().toList());
        below(schema).forEach(CrdFile::eachRuleOnce);
    }

    /** The schemas right below one: of its fields, of the elements of a list, of the values of a map. */
    static Stream<JSONSchemaProps> below(JSONSchemaProps schema) {
        return Stream.of(
                        schema.getProperties().values().stream(),
                        Stream.ofNullable(schema.getItems()).map(JSONSchemaPropsOrArray::getSchema),
                        Stream.ofNullable(schema.getAdditionalProperties()).map(JSONSchemaPropsOrBool::getSchema))
                .flatMap(each -> each)
                .filter(Objects::nonNull);
    }

    private static final class InMemory extends AbstractCRDOutput<ByteArrayOutputStream> {
        @Override
        protected ByteArrayOutputStream createStreamFor(String crdName) {
            return new ByteArrayOutputStream();
        }
    }
}
