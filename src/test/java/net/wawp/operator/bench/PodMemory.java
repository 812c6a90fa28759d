package net.wawp.operator.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.stream.StreamSupport;
import net.wawp.operator.install.HelmChart;
import net.wawp.operator.testing.kubernetes.KubernetesPrograms;

/**
 * How much memory a contender may use.
 *
 * @param limit of the process, in bytes
 * @param javaOptions beside the flags of the image; may be empty
 */
record PodMemory(long limit, String javaOptions) {

    /** For the reference, which needs more: half of it is heap. */
    private static final PodMemory GENEROUS = new PodMemory(384L << 20, "");

    /** What the chart sets for so many sessions, for the operator. */
    static PodMemory of(Contender contender, KubernetesPrograms programs, int sessions) {
        return switch (contender) {
            case Operator -> ofChart(programs, sessions);
            case Reference -> GENEROUS;
        };
    }

    private static PodMemory ofChart(KubernetesPrograms programs, int sessions) {
        JsonNode values = JsonNodeFactory.instance.objectNode().put("sessions", sessions);
        JsonNode container = new HelmChart(programs)
                .render("wawp-system", values).stream()
                        .filter(object ->
                                "Deployment".equals(object.path("kind").asText()))
                        .findFirst()
                        .orElseThrow()
                        .at("/spec/template/spec/containers/0");
        String options = StreamSupport.stream(container.get("env").spliterator(), false)
                .filter(variable ->
                        "JDK_JAVA_OPTIONS".equals(variable.get("name").asText()))
                .map(variable -> variable.get("value").asText())
                .findFirst()
                .orElseThrow();
        String limit = container.at("/resources/limits/memory").asText();
        return new PodMemory(Quantity.getAmountInBytes(Quantity.parse(limit)).longValue(), options);
    }
}
