package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.Test;

/** Artifact Hub's own lint, where its program {@code ah} is installed. It cannot be built as a Go module, since it replaces modules of others. */
class ArtifactHubLintTest {

    @Test
    void theChartIsReadyForArtifactHub() throws Exception {
        Optional<Path> ah = onThePath("ah");
        assumeTrue(ah.isPresent(), "ah, the program of Artifact Hub, is not on the PATH");

        ProgramRun lint = ProgramRun.of(
                new ProcessBuilder(ah.orElseThrow().toString(), "lint", "--kind=helm", "--path=" + HelmChart.DIRECTORY),
                "",
                Duration.ofMinutes(1));

        assertThat(lint.exitCode()).as(lint.output() + lint.errors()).isZero();
        assertThat(lint.output())
                .contains("Package lint SUCCEEDED", "Operator capabilities: full lifecycle", "Values schema: PROVIDED");
    }

    private static Optional<Path> onThePath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
