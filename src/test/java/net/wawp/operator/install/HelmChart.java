package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.wawp.operator.testing.kubernetes.KubernetesPrograms;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;

/** The chart, rendered by the real Helm. */
public record HelmChart(KubernetesPrograms programs) {

    static final Path DIRECTORY = Path.of("helm", "wawp-operator");

    /** {@code helm template} of a release named {@code wawp-operator}; {@code values} is a tree as in a values file. */
    ProgramRun template(String namespace, JsonNode values, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(programs.path(Program.Helm).toString(), "template", "wawp-operator", DIRECTORY.toString()));
        command.addAll(List.of("--namespace", namespace, "--values", "-"));
        command.addAll(Arrays.asList(arguments));
        return ProgramRun.of(new ProcessBuilder(command), Yaml.write(values), Duration.ofMinutes(1));
    }

    /** The same, as objects. */
    public List<JsonNode> render(String namespace, JsonNode values, String... arguments) {
        return Yaml.readAll(template(namespace, values, arguments).orThrow().output());
    }
}
