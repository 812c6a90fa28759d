package net.wawp.operator.testing.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The {@code go.mod} files that the programs are built from where they can be had in no other way. */
final class GoModules {

    private static final Duration LIMIT = Duration.ofMinutes(45);

    /** A third of the size. */
    private static final String NO_SYMBOLS = "-s -w";

    private static final String NEWEST = "kubernetes";
    private static final String OF_KUBERNETES = "k8s.io/kubernetes/";

    private final Path directory;
    private final String goCommand;
    private final String kubernetesModule;
    private final String kubernetesVersion;
    private final String helmVersion;
    private final String prometheusVersion;

    /**
     * @param directory has a folder for each module
     * @param minorVersion of Kubernetes, where it is not the newest one: there must be a folder for it
     */
    GoModules(Path directory, String goCommand, Optional<String> minorVersion) {
        this.directory = directory;
        this.goCommand = goCommand;
        this.kubernetesModule =
                NEWEST + minorVersion.map(version -> "-" + version).orElse("");
        try {
            Path kubernetes = directory.resolve(kubernetesModule).resolve("go.mod");
            if (!Files.exists(kubernetes)) {
                throw new IllegalArgumentException(
                        "There is no %s that builds this version of Kubernetes: %s can name %s; without it"
                                        .formatted(kubernetes, ProgramSource.VERSION_VARIABLE, olderVersions())
                                + " the newest one is taken");
            }
            kubernetesVersion = required("k8s.io/kubernetes", Files.readString(kubernetes));
            helmVersion = required("helm.sh/helm/v4", Files.readString(directory.resolve(NEWEST + "/go.mod")));
            prometheusVersion = required(
                    "github.com/prometheus/prometheus", Files.readString(directory.resolve("promtool/go.mod")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String olderVersions() throws IOException {
        try (Stream<Path> folders = Files.list(directory)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> name.startsWith(NEWEST + "-"))
                    .map(name -> name.substring(NEWEST.length() + 1))
                    .sorted()
                    .collect(Collectors.joining(" or "));
        }
    }

    String kubernetesVersion() {
        return kubernetesVersion;
    }

    /** Names the set of programs: for example {@code kubernetes-1.37.2-helm-4.3.1-prometheus-0.316.0}. */
    String versions() {
        return "kubernetes-" + kubernetesVersion + "-helm-" + helmVersion + "-prometheus-" + prometheusVersion;
    }

    String version(SingleProgram program) {
        try {
            return required(
                    program.goModule(),
                    Files.readString(directory.resolve(program.fileName()).resolve("go.mod")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean canBuild() {
        try {
            return run(List.of(goCommand, "version"), directory).succeeded();
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Builds one program. The file appears when it is complete.
     *
     * @throws IllegalStateException with the last lines that Go said, if it fails
     */
    void build(Program program, Path file) throws IOException {
        build(program.goPackage(), directory.resolve(module(program)), linkerFlags(), file);
    }

    /** The same for a program that is in no set. */
    void build(SingleProgram program, Path file) throws IOException {
        build(program.goModule(), directory.resolve(program.fileName()), NO_SYMBOLS, file);
    }

    private void build(String goPackage, Path module, String linkerFlags, Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        List<String> command = new ArrayList<>(List.of(goCommand, "build", "-trimpath", "-ldflags", linkerFlags));
        command.addAll(List.of("-o", unfinished.toAbsolutePath().toString(), goPackage));
        // left by a build that was interrupted; Go keeps what it had compiled in a cache of its own
        Files.deleteIfExists(unfinished);
        ProgramRun build = run(Watchdog.command(command), module);
        if (!build.succeeded()) {
            throw new IllegalStateException("go build of " + file.getFileName() + " failed: " + end(build.errors()));
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Etcd, Helm and promtool are the same for every version of Kubernetes. */
    private String module(Program program) {
        return program.goPackage().startsWith(OF_KUBERNETES) ? kubernetesModule : program.goModule();
    }

    private static ProgramRun run(List<String> command, Path directory) {
        return ProgramRun.of(new ProcessBuilder(command).directory(directory.toFile()), "", LIMIT);
    }

    /** The versions that the programs report, which the Go files leave open. */
    private String linkerFlags() {
        String version = "-X k8s.io/component-base/version.";
        String[] numbers = kubernetesVersion.split("[.]");
        return NO_SYMBOLS + " "
                + version + "gitVersion=v" + kubernetesVersion + " "
                + version + "gitMajor=" + numbers[0] + " "
                + version + "gitMinor=" + numbers[1] + " "
                + version + "gitTreeState=clean "
                + "-X helm.sh/helm/v4/internal/version.version=v" + helmVersion;
    }

    private static String required(String module, String goMod) {
        Matcher line = Pattern.compile("\\Q" + module + "\\E v(\\S+)").matcher(goMod);
        if (!line.find()) {
            throw new IllegalStateException("go.mod requires no " + module);
        }
        return line.group(1);
    }

    private static String end(String text) {
        List<String> lines = text.lines().toList();
        return lines.stream().skip(Math.max(0, lines.size() - 5)).collect(Collectors.joining(" | "));
    }
}
