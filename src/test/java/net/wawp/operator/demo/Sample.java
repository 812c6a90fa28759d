package net.wawp.operator.demo;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A file of {@code deploy/samples}.
 *
 * @param title the first sentence of its comment
 * @param endings how its resources should end: the lines {@code # ends: NAME READY REASON}
 */
record Sample(Path file, String title, List<Ending> endings) {

    private static final Path DIRECTORY = Path.of("deploy/samples");
    private static final String ENDS = "# ends: ";

    record Ending(String name, String ready, String reason) {}

    static Sample read(String fileName) {
        Path file = DIRECTORY.resolve(fileName);
        List<Ending> endings = new ArrayList<>();
        for (String line : lines(file)) {
            if (line.startsWith(ENDS)) {
                String[] words = line.substring(ENDS.length()).split(" ");
                endings.add(new Ending(words[0], words[1], words[2]));
            }
        }
        String comment = lines(file).stream()
                .takeWhile(line -> line.startsWith("#") && !line.startsWith(ENDS))
                .map(line -> line.substring(1).strip())
                .collect(Collectors.joining(" "));
        return new Sample(file, comment.replaceFirst("[.:] .*", "."), endings);
    }

    List<HasMetadata> resources(KubernetesClient client) {
        try (var content = Files.newInputStream(file)) {
            return client.load(content).items();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
