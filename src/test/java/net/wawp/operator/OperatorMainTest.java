package net.wawp.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.config.Setting;
import net.wawp.operator.config.Settings;
import net.wawp.operator.management.ReadinessCheck;
import net.wawp.operator.testing.FaultyApiServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator in a process of its own, as users start it. */
class OperatorMainTest {

    @TempDir
    Path folder;

    private Optional<Process> process = Optional.empty();

    @AfterEach
    void stop() {
        process.ifPresent(Process::destroyForcibly);
    }

    @Test
    void aBadSettingEndsTheStartWithStatus2AndOneLine() throws Exception {
        Process run = run(Map.of("WAWP_LEADER_ELECTION", "false", "WAWP_POLL_INTERVAL", "soon"));

        assertThat(status(run)).isEqualTo(2);
        assertThat(errors())
                .containsExactly("WAWP_POLL_INTERVAL must be a duration such as 30s, 1m30s or 500ms, but is \"soon\"");
        assertThat(output()).isEmpty();
    }

    @Test
    void anArgumentThatIsNoneEndsTheStartWithStatus2() throws Exception {
        Process run = run(Map.of(), "--port=8080");

        assertThat(status(run)).isEqualTo(2);
        assertThat(errors())
                .containsExactly(
                        "The only arguments are --help, --version and --ready with an address; settings are environment variables");
    }

    @Test
    void helpShowsEverySetting() throws Exception {
        assertThat(status(run(Map.of(), "--help"))).isZero();
        assertThat(String.join("\n", output()))
                .startsWith("Usage: java -jar wawp-operator.jar [--help | --version | --ready ADDRESS]")
                .contains(Settings.ALL.stream().map(Setting::variable).toList())
                .contains(Settings.ALL.stream().map(Setting::meaning).toList());
    }

    @Test
    void versionIsOneLine() throws Exception {
        assertThat(status(run(Map.of(), "--version"))).isZero();
        assertThat(output()).hasSize(1);
    }

    @Test
    void aCheckOfReadinessSaysThatNothingAnswers() throws Exception {
        // bound, so that nobody else gets the port, and never listening
        try (Socket silent = new Socket()) {
            silent.bind(new InetSocketAddress(0));
            int port = silent.getLocalPort();

            assertThat(status(run(Map.of(), "--ready", "http://localhost:%d/readyz".formatted(port))))
                    .isEqualTo(1);
            assertThat(errors()).singleElement().asString().startsWith("Nothing answers at http://localhost:" + port);
        }
    }

    @Test
    void aCheckOfReadinessNeedsAnAddress() throws Exception {
        assertThat(status(run(Map.of(), "--ready"))).isEqualTo(2);
    }

    @Test
    void aPortThatIsTakenEndsTheStartWithStatus1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            Process run = run(Map.of(
                    "WAWP_LEADER_ELECTION", "false",
                    "WAWP_LOG_FORMAT", "text",
                    "WAWP_HTTP_PORT", String.valueOf(taken.getLocalPort())));

            assertThat(status(run)).isEqualTo(1);
            assertThat(output()).anyMatch(line -> line.contains("ERROR") && line.contains("(WAWP_HTTP_PORT)"));
        }
    }

    @Test
    void onSigtermTheLeaderHandsTheLeaseBackAndEndsWithStatus0() throws Exception {
        try (FaultyApiServer api = new FaultyApiServer();
                KubernetesClient client = api.client()) {
            Process run = run(Map.of(
                    "KUBECONFIG", kubeconfig(client.getMasterUrl().toString()),
                    "WAWP_LEASE_NAMESPACE", "wawp-system",
                    "WAWP_LEASE_RETRY_PERIOD", "100ms",
                    "WAWP_HTTP_PROT", "8080",
                    "WAWP_HTTP_PORT", "0"));
            await().until(() -> output().stream().anyMatch(line -> line.contains("are served on port")));
            String port = output().stream()
                    .filter(line -> line.contains("are served on port"))
                    .findFirst()
                    .map(line -> message(line).replaceAll("\\D+", ""))
                    .orElseThrow();
            await().until(() -> get("http://localhost:" + port + "/readyz").equals("200 leading\n"));
            assertThat(holder(client)).isNotEmpty();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            assertThat(ReadinessCheck.of(
                            "http://localhost:" + port + "/readyz",
                            new PrintStream(answer, true, StandardCharsets.UTF_8),
                            System.err))
                    .isTrue();
            assertThat(answer.toString(StandardCharsets.UTF_8)).isEqualToIgnoringNewLines("leading");

            run.destroy();

            assertThat(status(run)).isZero();
            assertThat(holder(client)).as("holder of the Lease").isEmpty();
            assertThat(errors()).isEmpty();
            assertThat(output())
                    .as("every line is a JSON object")
                    .allSatisfy(
                            line -> assertThat(new ObjectMapper().readTree(line).isObject())
                                    .isTrue())
                    .extracting(OperatorMainTest::message)
                    .startsWith(
                            "Wawp operator (unpackaged) starts: it watches all namespaces with the label selector !wawp.net/shard, calls https://api.wawp.net with"
                                    + " credentials in the body, and takes part in leader election in namespace wawp-system",
                            "WAWP_HTTP_PROT is not a setting of this operator and is ignored; did you mean WAWP_HTTP_PORT?")
                    .endsWith("No longer leading", "Stopped");
        }
    }

    private Process run(Map<String, String> variables, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // they do not live long enough for more
                "-cp",
                System.getProperty("java.class.path"),
                OperatorMain.class.getName());
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("WAWP_"));
        builder.environment().put("KUBECONFIG", "/dev/null");
        builder.environment().putAll(variables);
        builder.redirectOutput(folder.resolve("out").toFile());
        builder.redirectError(folder.resolve("err").toFile());
        process = Optional.of(builder.start());
        return process.get();
    }

    private static int status(Process run) throws InterruptedException {
        assertThat(run.waitFor(60, TimeUnit.SECONDS)).as("it ended").isTrue();
        return run.exitValue();
    }

    private List<String> output() {
        return lines("out");
    }

    private List<String> errors() {
        return lines("err");
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String message(String line) {
        try {
            JsonNode json = new ObjectMapper().readTree(line);
            return json.get("message").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String get(String address) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
        HttpResponse<String> response = HttpClient.newHttpClient()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .join();
        return response.statusCode() + " " + response.body();
    }

    private static String holder(KubernetesClient client) {
        return client.leases()
                .inNamespace("wawp-system")
                .withName("wawp-operator")
                .get()
                .getSpec()
                .getHolderIdentity();
    }

    private String kubeconfig(String server) throws IOException {
        Path file = folder.resolve("kubeconfig");
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters: [{name: embedded, cluster: {server: "%s"}}]
                users: [{name: somebody, user: {}}]
                contexts: [{name: embedded, context: {cluster: embedded, user: somebody}}]
                current-context: embedded
                """.formatted(server));
        return file.toString();
    }
}
