package net.wawp.operator.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.wawp.operator.bench.reference.ReferenceOperator;
import net.wawp.operator.install.ClassArchive;
import net.wawp.operator.testing.Java25;

/**
 * Who is measured. Both run on the same Java, with the flags of the image, in a memory limit each, see {@link PodMemory}. The operator has its class
 * archive, as in the image.
 */
enum Contender {
    Operator,
    Reference;

    private static final Path JAR = Path.of("target", "wawp-operator.jar");
    private static final Path ARCHIVE = Path.of("target", "classes.jsa");
    private static final Path CLASSES = Path.of("src", "main", "image", "classes.txt");
    private static final Pattern FLAG = Pattern.compile("<jvmFlag>(.+?)</jvmFlag>");

    static Contender of(String name) {
        return Arrays.stream(values())
                .filter(one -> one.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no contender " + name));
    }

    /** Makes what the build of the image makes for it. */
    static void writeClassArchive() throws IOException {
        if (Java25.find().isPresent()) {
            ClassArchive.write(
                    ARCHIVE.toString(), Path.of("").toAbsolutePath(), java(), flags(), CLASSES, JAR.toString());
        }
    }

    List<String> command() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java().toString());
        command.addAll(flags());
        switch (this) {
            case Operator -> {
                if (Java25.find().isPresent()) {
                    command.addAll(ClassArchive.flags(ARCHIVE.toString()));
                }
                command.addAll(List.of("-jar", JAR.toString()));
            }
            case Reference ->
                command.addAll(List.of(
                        "-cp", JAR + File.pathSeparator + "target/test-classes", ReferenceOperator.class.getName()));
        }
        return command;
    }

    static Path java() {
        return Java25.find().orElse(Path.of(System.getProperty("java.home"), "bin", "java"));
    }

    /** The flags of the image; an older Java than the image's does not know them all. */
    private static List<String> flags() throws IOException {
        List<String> flags = FLAG.matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .map((MatchResult flag) -> flag.group(1))
                .toList();
        if (flags.isEmpty()) {
            throw new IllegalStateException("pom.xml names no flag of the image");
        }
        if (Java25.find().isPresent()) {
            return flags;
        }
        List<String> known = new ArrayList<>(
                flags.stream().filter(flag -> flag.startsWith("-XX")).toList());
        known.add(0, "-XX:+IgnoreUnrecognizedVMOptions");
        return known;
    }
}
