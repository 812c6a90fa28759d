package net.wawp.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the API server says to manifests. Each file of the folder {@code crd} is one case: of an {@code invalid} one the
 * last document is refused, with the words of the comment on top; what stands before it, and all of a {@code valid}
 * one, is accepted in this order.
 */
@OnKubernetes
class CrdValidationIT {

    private static final Path FOLDER = Path.of("src", "test", "resources", "crd");

    private static KubernetesCluster cluster;
    private static String namespace;

    @BeforeAll
    static void installTheCrd(KubernetesCluster started) {
        cluster = started;
        cluster.installCrd();
        namespace = cluster.createNamespace("validation");
    }

    @ParameterizedTest
    @MethodSource
    void validManifestsAreAccepted(Path file) throws IOException {
        for (String manifest : documents(file)) {
            ProgramRun apply = apply(manifest).orThrow();

            assertThat(apply.errors()).isEmpty();
        }
    }

    static Stream<Path> validManifestsAreAccepted() throws IOException {
        return filesThatBegin("valid-");
    }

    @ParameterizedTest
    @MethodSource
    void invalidManifestsAreRefusedWithAMessageThatSaysWhatIsRight(Path file) throws IOException {
        List<String> manifests = documents(file);
        for (String manifest : manifests.subList(0, manifests.size() - 1)) {
            apply(manifest).orThrow();
        }

        ProgramRun refused = apply(manifests.get(manifests.size() - 1));

        assertThat(refused.succeeded()).isFalse();
        // two mistakes in one manifest are told in either order
        assertThat(refused.errors().lines().map(CrdValidationIT::comparable))
                .containsExactlyInAnyOrderElementsOf(messageOf(file).stream()
                        .map(CrdValidationIT::comparable)
                        .toList());
    }

    static Stream<Path> invalidManifestsAreRefusedWithAMessageThatSaysWhatIsRight() throws IOException {
        return filesThatBegin("invalid-");
    }

    @Test
    void noFileOfTheFolderIsLeftUnused() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .allMatch(name -> name.matches("(valid|invalid)-[a-z0-9-]+[.]yaml"));
        }
    }

    /** An older API server quotes the type of a value, where the newest quotes the value or nothing, and has other words of its own. */
    private static String comparable(String message) {
        String text = message.stripTrailing();
        return KubernetesCluster.IS_NEWEST
                ? text
                : text.replaceAll("Invalid value: (\"(?:[^\"\\\\]|\\\\.)*\": |null: )?", "Invalid value: ")
                        .replaceAll("Too long: .*", "Too long");
    }

    private static ProgramRun apply(String manifest) {
        return cluster.kubectlReading(manifest, "apply", "-n", namespace, "-f", "-");
    }

    private static Stream<Path> filesThatBegin(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList().stream();
        }
    }

    private static List<String> documents(Path file) throws IOException {
        return List.of(Files.readString(file).split("(?m)^---$"));
    }

    private static List<String> messageOf(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .takeWhile(line -> line.startsWith("# "))
                .map(line -> line.substring(2).stripTrailing())
                .collect(Collectors.toList());
    }
}
