package net.wawp.operator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.wawp.operator.testing.kubernetes.Prerequisites;

/** The Java that the image runs, where this machine has it. */
public final class Java25 {

    private static final Pattern OF_25 = Pattern.compile("(?<![.\\d])25(?!\\d)");

    private Java25() {}

    /** The {@code java} of {@code JAVA25_HOME}, else of the folder where Linux distributions install it. */
    public static Optional<Path> find() {
        Optional<Path> named = Optional.ofNullable(System.getenv("JAVA25_HOME")).map(Path::of);
        Path installed = Path.of("/usr/lib/jvm");
        if (named.isPresent() || !Files.isDirectory(installed)) {
            return named.map(home -> home.resolve("bin/java"));
        }
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.filter(home -> isName(home.getFileName().toString()))
                    .map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same for a test, which is skipped where there is none. */
    public static Path required() {
        return find().orElseGet(() -> Prerequisites.ofThisRun()
                .skip("there is no Java 25 in /usr/lib/jvm: set JAVA25_HOME to the folder of one"));
    }

    /** An older Java may have 25 as a later part of its version. */
    static boolean isName(String folder) {
        return OF_25.matcher(folder).find();
    }
}
