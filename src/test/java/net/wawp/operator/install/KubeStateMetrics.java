package net.wawp.operator.install;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.Ports;
import net.wawp.operator.testing.kubernetes.Prerequisites;
import net.wawp.operator.testing.kubernetes.ProgramSource;
import net.wawp.operator.testing.kubernetes.ProgramsMissingException;
import net.wawp.operator.testing.kubernetes.SingleProgram;

/** kube-state-metrics with the configuration in {@code deploy/monitoring}, beside a cluster. */
final class KubeStateMetrics implements AutoCloseable {

    static final Path CONFIGURATION = DeployFiles.MONITORING.resolve("kube-state-metrics.yaml");

    private static final Pattern SERIES = Pattern.compile("(\\w+)\\{(.*)} (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    /** The type of the resource, which kube-state-metrics adds to every series. */
    private static final String ADDED = "customresource_";

    /** @param value as it is written, for example {@code 1} */
    record Series(String metric, Map<String, String> labels, String value) {}

    private final Process process;
    private final Path log;
    private final URI address;

    private KubeStateMetrics(Process process, Path log, URI address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /** Starts it with this access. Where there is none and it cannot be built, the test is skipped, or fails if that is forbidden. */
    static KubeStateMetrics start(KubernetesCluster cluster, Path kubeconfig) throws IOException {
        Path program = program();
        List<Integer> ports = Ports.free(2);
        Path log = cluster.directory().resolve("kube-state-metrics.log");
        Process process = cluster.start(
                log,
                program.toString(),
                "--kubeconfig=" + kubeconfig,
                "--custom-resource-state-config-file=" + CONFIGURATION.toAbsolutePath(),
                "--custom-resource-state-only",
                "--host=127.0.0.1",
                "--port=" + ports.get(0),
                "--telemetry-host=127.0.0.1",
                "--telemetry-port=" + ports.get(1));
        KubeStateMetrics started =
                new KubeStateMetrics(process, log, URI.create("http://127.0.0.1:%d/metrics".formatted(ports.get(0))));
        await().atMost(Duration.ofMinutes(1))
                .ignoreException(UncheckedIOException.class)
                .until(() -> !started.series().isEmpty());
        return started;
    }

    private static Path program() {
        try {
            return ProgramSource.ofThisCheckout(System.out).get(SingleProgram.KubeStateMetrics);
        } catch (ProgramsMissingException e) {
            return Prerequisites.ofThisRun().skip(e.getMessage());
        }
    }

    /** What Prometheus would get now. */
    String scrape() {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The series of our metrics, without the labels that are the same in all. */
    List<Series> series() {
        return SERIES.matcher(scrape())
                .results()
                .map(line -> new Series(line.group(1), labels(line.group(2)), line.group(3)))
                .toList();
    }

    /** The type of each metric, by its name. */
    Map<String, String> types() {
        return described("TYPE");
    }

    /** The help of each metric, by its name. */
    Map<String, String> help() {
        return described("HELP");
    }

    private Map<String, String> described(String keyword) {
        return Pattern.compile("(?m)^# " + keyword + " (\\w+) (.+)$")
                .matcher(scrape())
                .results()
                .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2), (a, b) -> a, TreeMap::new));
    }

    String log() {
        return Yaml.text(log);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private static Map<String, String> labels(String text) {
        return LABEL.matcher(text)
                .results()
                .filter(label -> !label.group(1).startsWith(ADDED))
                .collect(Collectors.toMap(
                        (MatchResult label) -> label.group(1), label -> label.group(2), (a, b) -> b, TreeMap::new));
    }
}
