package net.wawp.operator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The Java that the image runs, where this machine has it. */
public final class Java25 {

    private Java25() {}

    /** The {@code java} of {@code JAVA25_HOME}, else of the folder where Linux distributions install it. */
    public static Optional<Path> find() {
        Optional<Path> named = Optional.ofNullable(System.getenv("JAVA25_HOME")).map(Path::of);
        Path installed = Path.of("/usr/lib/jvm");
        if (named.isPresent() || !Files.isDirectory(installed)) {
            return named.map(home -> home.resolve("bin/java"));
        }
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.filter(home -> home.getFileName().toString().matches(".*\\b25\\b.*"))
                    .map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
