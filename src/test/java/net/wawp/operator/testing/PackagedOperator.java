package net.wawp.operator.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that runs the packaged jar on the Java of this process. */
public final class PackagedOperator {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Path JAR = Path.of("target", "wawp-operator.jar");

    /** Those of the image that every Java knows. With them a start takes half the processor time. */
    private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private PackagedOperator() {}

    public static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(JAVA.toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(arguments);
        return command;
    }
}
