package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.wawp.operator.testing.PackagedOperator;
import net.wawp.operator.testing.kubernetes.Signal;

/** The packaged jar, running as a process of its own. */
final class OperatorJar implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("served on port (\\d+)");
    private static final Duration LIMIT = Duration.ofSeconds(150);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final Path log;
    private final Thread closeAtExit;

    private OperatorJar(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.closeAtExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(closeAtExit);
    }

    /**
     * Starts it; it may not be ready yet when this returns.
     *
     * @param settings environment variables
     * @param log gets all that it says
     */
    static OperatorJar start(Map<String, String> settings, Path log) {
        ProcessBuilder builder = new ProcessBuilder(PackagedOperator.command(List.of()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("WAWP_"));
        builder.environment().putAll(settings);
        try {
            return new OperatorJar(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    OperatorJar awaitReady() {
        await().atMost(LIMIT).until(() -> probe("/readyz") == 200);
        return this;
    }

    /** The status of the answer to a probe, -1 where there is none. */
    int probe(String path) {
        return get(path, Duration.ofSeconds(10)).map(HttpResponse::statusCode).orElse(-1);
    }

    /** It runs, and says so: on a busy machine not at the first question, but nothing else before. */
    void assertAlive() {
        assertThat(isRunning()).as("the process runs").isTrue();
        assertThat(await().atMost(LIMIT).until(() -> probe("/livez"), status -> status != -1))
                .as("/livez")
                .isEqualTo(200);
    }

    /** What it serves on {@code /metrics}. */
    String metrics() {
        return get("/metrics", LIMIT).orElseThrow().body();
    }

    private Optional<HttpResponse<String>> get(String path, Duration limit) {
        Matcher port = PORT.matcher(log());
        if (!port.find()) {
            return Optional.empty();
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.group(1) + path))
                .timeout(limit)
                .build();
        try {
            return Optional.of(http.send(request, BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** All that it has said so far. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    void send(Signal signal) {
        signal.sendTo(process.pid());
    }

    /** Asks it to end, as Kubernetes does, and gives its exit status. */
    int terminate() {
        send(Signal.TERM);
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("The operator did not end within " + LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return process.exitValue();
    }

    /** Ends it at once. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(closeAtExit);
        process.destroyForcibly().onExit().join();
    }
}
