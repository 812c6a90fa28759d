package net.wawp.operator.install;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The health expressions of a Flux Kustomization, evaluated in Flux's order: first whether the status is of this generation, then
 * inProgress, failed and current.
 */
record FluxHealth(JsonNode expressions) {

    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(CelExtensions.optional())
            .addVar("status", SimpleType.DYN)
            .build();
    private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder()
            .addLibraries(CelExtensions.optional())
            .build();

    /** Reads a file of {@code deploy/flux}. */
    static FluxHealth read(String file) {
        Path path = DeployFiles.DIRECTORY.resolve("flux").resolve(file);
        return new FluxHealth(Yaml.readAll(Yaml.text(path)).stream()
                .filter(object -> object.get("kind").asText().equals("Kustomization"))
                .map(kustomization -> kustomization.at("/spec/healthCheckExprs/0"))
                .findFirst()
                .orElseThrow());
    }

    /** Flux's status of a resource. */
    String of(JsonNode resource) {
        if (!resource.at("/status/observedGeneration").equals(resource.at("/metadata/generation"))) {
            return "InProgress";
        }
        for (String word : List.of("inProgress", "failed", "current")) {
            if (isTrue(expressions.get(word).asText(), resource)) {
                return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
            }
        }
        return "InProgress";
    }

    private static boolean isTrue(String expression, JsonNode resource) {
        Map<String, Object> status =
                new ObjectMapper().convertValue(resource.get("status"), new TypeReference<Map<String, Object>>() {});
        try {
            return (boolean)
                    RUNTIME.createProgram(COMPILER.compile(expression).getAst()).eval(Map.of("status", status));
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalArgumentException(expression, e);
        }
    }
}
