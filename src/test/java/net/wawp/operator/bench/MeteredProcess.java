package net.wawp.operator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.wawp.operator.testing.kubernetes.InCluster;

/** A process, and what Linux tells of it. */
final class MeteredProcess implements AutoCloseable {

    private static final Duration END = Duration.ofMinutes(1);

    private final Process process;
    private final Instant started;
    private final Thread closeAtExit;

    private MeteredProcess(Process process, Instant started) {
        this.process = process;
        this.started = started;
        this.closeAtExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(closeAtExit);
    }

    static MeteredProcess start(List<String> command, Map<String, String> environment, Path log) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        InCluster.clear(builder.environment());
        builder.environment().putAll(environment);
        Instant now = Instant.now();
        return new MeteredProcess(builder.start(), now);
    }

    Instant started() {
        return started;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** A line of {@code /proc/PID/status}, for example {@code RssAnon}, in MiB. */
    double mebibytes(String line) throws IOException {
        String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
        Matcher value = Pattern.compile("(?m)^" + line + ":\\s+(\\d+) kB").matcher(status);
        if (!value.find()) {
            throw new IOException("There is no " + line + " in\n" + status);
        }
        return Long.parseLong(value.group(1)) / 1024.0;
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Asks it to end and waits for that. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().onExit().join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        Runtime.getRuntime().removeShutdownHook(closeAtExit);
    }
}
