package net.wawp.operator.management;

import java.lang.management.ManagementFactory;
import java.util.Optional;

/** The file with ready-made classes that the image gives the Java runtime (class data sharing). */
public final class ClassArchive {

    private static final String FLAG = "-XX:SharedArchiveFile=";

    private ClassArchive() {}

    /** What to tell people where the runtime was given an archive and did not take it: without one it works too, and costs more. */
    public static Optional<String> warning() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith(FLAG))
                .filter(argument -> !isUsed())
                .map(
                        argument -> "The class archive " + argument.substring(FLAG.length())
                                + " is not used: the start takes longer, and 20 MiB more memory are needed. It fits the Java runtime and the jars of its own"
                                + " image alone; with -Xlog:cds*,class+path=info:stderr in JDK_JAVA_OPTIONS the runtime says what differs")
                .findFirst();
    }

    /** {@code mixed mode, sharing}: as {@code java -version} has it in its last line. */
    private static boolean isUsed() {
        return System.getProperty("java.vm.info", "").contains("sharing");
    }
}
