package net.wawp.operator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.documents.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows of the demo against what it prints. */
class ReadmeOutputIT {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @Test
    void everyLineThatTheReadmeShowsIsPrintedInThisOrder(@TempDir Path folder) throws Exception {
        List<String> shown = Document.read("README.md")
                .blocks("What you see", "text")
                .get(0)
                .lines()
                .toList();

        List<String> printed = demo(folder.resolve("demo.log"));

        assertThat(shown).hasSizeGreaterThan(9);
        assertThat(printed).containsSubsequence(shown);
    }

    private static List<String> demo(Path log) throws IOException, InterruptedException {
        Process demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        "-Dlogback.configurationFile=src/test/resources/logback-demo.xml",
                        Demo.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(demo.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return Files.readAllLines(log);
        } finally {
            demo.destroyForcibly();
        }
    }
}
