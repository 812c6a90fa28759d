package net.wawp.operator.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.Prerequisites;
import net.wawp.operator.testing.kubernetes.ProgramRun;

/** {@code kubectl wawp}, built from this checkout, in the hands of an administrator of a cluster. */
final class KubectlPlugin {

    static final Path SOURCES = Path.of("src/main/go/kubectl-wawp");

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path directory;

    private KubectlPlugin(Path directory) {
        this.directory = directory;
    }

    /** Builds it, with the script that completes its commands. Where there is no Go, the test is skipped, or fails if that is forbidden. */
    static KubectlPlugin build(Path directory) {
        if (!go("version").succeeded()) {
            Prerequisites.ofThisRun().skip("there is no go command to build kubectl-wawp with");
        }
        go("build", "-o", directory.resolve("kubectl-wawp").toAbsolutePath().toString(), ".")
                .orThrow();
        try {
            Files.createSymbolicLink(directory.resolve("kubectl_complete-wawp"), Path.of("kubectl-wawp"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new KubectlPlugin(directory);
    }

    /** Runs Go in the plugin's sources. */
    static ProgramRun go(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "go";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            return ProgramRun.of(new ProcessBuilder(command).directory(SOURCES.toFile()), "", LIMIT);
        } catch (UncheckedIOException e) {
            return new ProgramRun(List.of(command), 127, "", e.getMessage());
        }
    }

    /** What a person types into a shell that finds kubectl and the plugin. */
    ProcessBuilder shell(KubernetesCluster kubernetes, String script) {
        ProcessBuilder builder = kubernetes.shell(script);
        builder.environment()
                .merge("PATH", directory.toAbsolutePath().toString(), (path, ours) -> ours + File.pathSeparator + path);
        return builder;
    }

    /** Runs it to its end, without a terminal. */
    ProgramRun run(KubernetesCluster kubernetes, String script) {
        return ProgramRun.of(shell(kubernetes, script), "", LIMIT);
    }

    /** Runs it to its end in a pseudo-terminal, where a person types this. */
    ProgramRun inTerminal(KubernetesCluster kubernetes, String command, String typed) {
        return ProgramRun.of(terminal(kubernetes, command), typed, LIMIT);
    }

    /** A pseudo-terminal in which the command runs; what appears in it is the output. No shell of the terminal stays to end in its own way. */
    ProcessBuilder terminal(KubernetesCluster kubernetes, String command) {
        return shell(kubernetes, "script --quiet --return --flush --command 'exec " + command + "' /dev/null");
    }
}
