package net.wawp.operator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleTest {

    private static final Pattern SESSION_NAME = Pattern.compile("kind: WhatsAppSession\nmetadata:\n  name: (\\S+)\n");

    @ParameterizedTest
    @MethodSource("files")
    void everySampleSaysHowEachOfItsSessionsEnds(String fileName) throws IOException {
        Sample sample = Sample.read(fileName);
        List<String> sessions = SESSION_NAME
                .matcher(Files.readString(sample.file()))
                .results()
                .map(session -> session.group(1))
                .toList();

        assertThat(sample.title()).endsWith(".");
        assertThat(sample.endings()).extracting(Sample.Ending::name).isEqualTo(sessions);
        assertThat(sample.endings()).allSatisfy(ending -> {
            assertThat(ending.ready()).isIn("True", "False", "Unknown");
            assertThat(Reason.valueOf(ending.reason())).isNotEqualTo(Reason.FinalizerReleased);
        });
    }

    static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("deploy/samples"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
