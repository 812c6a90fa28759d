package net.wawp.operator.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the guards of the model with those that the classes name in their Javadoc. */
class ProtocolGuardsTest {

    private static final Pattern SENTENCE = Pattern.compile("In \\{@code protocol\\.als} th[^.]+\\.");
    private static final Pattern NAME = Pattern.compile("\\{@code (\\w+)}");

    @Test
    void eachGuardOfTheModelIsNamedByItsClassAndNoClassNamesAnother() throws IOException {
        List<String> guards = Protocol.guards().stream()
                .map(guard -> guard.className() + " " + guard.name())
                .toList();

        assertThat(guardsOfTheCode()).isNotEmpty().containsExactlyInAnyOrderElementsOf(guards);
    }

    private static List<String> guardsOfTheCode() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> classes =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            return classes.stream().flatMap(ProtocolGuardsTest::guardsOf).toList();
        }
    }

    private static Stream<String> guardsOf(Path file) {
        String className = file.getFileName().toString().replace(".java", "");
        return SENTENCE.matcher(read(file))
                .results()
                .flatMap(sentence -> NAME.matcher(sentence.group().substring("In {@code protocol.als}".length()))
                        .results())
                .map(name -> className + " " + name.group(1));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
