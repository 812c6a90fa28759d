package net.wawp.operator.testing.kubernetes;

import io.fabric8.kubeapitest.Utils;
import io.fabric8.kubeapitest.binary.OSInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder that holds at least the {@linkplain Program#ESSENTIAL essential} programs.
 *
 * @param version of Kubernetes, for example {@code 1.37.2}
 */
public record KubernetesPrograms(Path directory, String version) {

    /**
     * The programs under {@code root} in the layout of kube-api-test: the newest of the versions that are there.
     *
     * @param minorVersion of Kubernetes, for example {@code 1.31}: others do not count; empty for any
     */
    static Optional<KubernetesPrograms> in(Path root, Optional<String> minorVersion) {
        Path versions = root.resolve("k8s");
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (Stream<Path> directories = Files.list(versions)) {
            return directories
                    .filter(directory -> directory.getFileName().toString().endsWith(platform()))
                    .map(directory -> new KubernetesPrograms(directory.toAbsolutePath(), versionOf(directory)))
                    .filter(programs -> minorVersion
                            .map(chosen -> programs.version().startsWith(chosen + "."))
                            .orElse(true))
                    .filter(programs -> Program.ESSENTIAL.stream().allMatch(programs::has))
                    .max(Comparator.comparing(programs -> Version.parse(programs.version())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path directory(Path root, String version) {
        return root.resolve("k8s").resolve(version + platform());
    }

    public Path path(Program program) {
        return directory.resolve(program.fileName());
    }

    public boolean has(Program program) {
        return Files.isExecutable(path(program));
    }

    Set<Program> missing() {
        return Arrays.stream(Program.values())
                .filter(program -> !has(program))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Program.class)));
    }

    private static String versionOf(Path directory) {
        String name = directory.getFileName().toString();
        return name.substring(0, name.length() - platform().length());
    }

    /** For example {@code -linux-amd64}. */
    private static String platform() {
        return Utils.platformSuffix(new OSInfo());
    }
}
