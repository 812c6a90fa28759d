package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The resources of {@code src/test/resources/statuses}, with a status for every reason. */
final class RecordedStatus {

    private static final Path DIRECTORY = Path.of("src", "test", "resources", "statuses");

    private RecordedStatus() {}

    /** All of them, by name. */
    static Map<String, JsonNode> all() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.collect(Collectors.toMap(
                    file -> file.getFileName().toString().replace(".yaml", ""), Yaml::read, (a, b) -> a, TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode named(String name) {
        return Yaml.read(DIRECTORY.resolve(name + ".yaml"));
    }
}
