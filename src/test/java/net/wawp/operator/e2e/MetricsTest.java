package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.FastClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a scraper gets over HTTP while the whole operator runs against a simulated Wawp. */
class MetricsTest {

    private static final String WORKING = "3EB0BCB2E3D1";
    private static final String UNPAIRED = "3EB0BCB2E3D2";
    private static final String LATER = "3EB0BCB2E3D3";

    private final WawpSimulator wawp = WawpSimulator.start();
    private final EmbeddedCluster cluster = new EmbeddedCluster();
    private final HttpClient http = HttpClient.newHttpClient();
    private Optional<OperatorRuntime> operator = Optional.empty();

    @BeforeEach
    void twoSessions() {
        wawp.add(WORKING, EmbeddedCluster.TOKEN).put(EngineState.WORKING);
        wawp.add(UNPAIRED, EmbeddedCluster.TOKEN).put(EngineState.SCAN_QR_CODE);
        cluster.secret("wawp-credentials", EmbeddedCluster.TOKEN);
        cluster.apply("support-line", WORKING, DesiredState.Stopped);
        cluster.apply("sales-line", UNPAIRED, DesiredState.Running);
    }

    @AfterEach
    void stop() {
        operator.ifPresent(OperatorRuntime::close);
        cluster.close();
        wawp.close();
    }

    @Test
    void aRunIsToldInNumbers() {
        start(Map.of());

        await().untilAsserted(() -> assertThat(scrape())
                .contains(
                        "wawp_operator_leader 1.0",
                        "wawp_operator_existing_sessions 2.0",
                        "wawp_operator_shard_sessions 2.0",
                        "wawp_operator_failing_writes 0.0",
                        "wawp_operator_learnt_calls_per_second NaN",
                        "wawp_operator_sessions{desired=\"Stopped\",state=\"STOPPED\"} 1.0",
                        "wawp_operator_sessions{desired=\"Running\",state=\"SCAN_QR_CODE\"} 1.0",
                        ready("support-line") + " 1.0",
                        ready("sales-line") + " 0.0",
                        "wawp_operator_session_info{desired=\"Running\",exported_namespace=\"crm\",name=\"sales-line\","
                                + "pairing=\"Unpaired\",reason=\"PairingRequired\",state=\"SCAN_QR_CODE\"} 1",
                        "wawp_operator_actions_total{action=\"Stop\",outcome=\"Confirmed\"} 1.0",
                        "wawp_operator_actions_total{action=\"Logout\",outcome=\"Confirmed\"} 0.0",
                        "wawp_operator_api_requests_total{operation=\"Stop\",outcome=\"Success\"} 1.0",
                        "wawp_operator_api_request_duration_seconds_count{operation=\"Stop\"} 1",
                        "wawp_operator_time_to_ready_seconds_count 1",
                        "wawp_operator_recoveries_total 0.0"));
        assertThat(scrape()).doesNotContain(EmbeddedCluster.TOKEN);
    }

    @Test
    void theRateThatWawpAllowsIsShownOnceItRefusedACall() {
        wawp.inject(Fault.error(429, BodyFormat.Json));

        start(Map.of());

        await().untilAsserted(() -> assertThat(scrape().lines())
                .filteredOn(line -> line.startsWith("wawp_operator_learnt_calls_per_second"))
                .singleElement()
                .asString()
                .matches(".* \\d+(\\.\\d+)?"));
    }

    @Test
    void aDeletedResourceVanishes() {
        start(Map.of());
        await().until(() -> scrape().contains("name=\"support-line\""));

        cluster.client()
                .resources(WhatsAppSession.class)
                .inNamespace(EmbeddedCluster.NAMESPACE)
                .withName("support-line")
                .delete();

        await().until(() -> !scrape().contains("support-line"));
        assertThat(scrape()).contains("name=\"sales-line\"");
    }

    @Test
    void seriesOfSingleResourcesCanBeSwitchedOff() {
        start(Map.of("WAWP_SESSION_METRICS", "false"));

        await().until(() -> scrape().contains("wawp_operator_sessions{"));

        assertThat(scrape()).doesNotContain("support-line", "sales-line");
    }

    @Test
    void aStandbyTellsOfNoSession() {
        Map<String, String> elected = Map.of("WAWP_LEADER_ELECTION", "true", "WAWP_LEASE_NAMESPACE", "wawp-system");
        try (OperatorRuntime leader = process(elected)) {
            leader.start();
            await().until(() -> leader.readiness().reason().equals("leading"));
            start(elected);
            await().until(() -> operator.orElseThrow().readiness().isGood());

            assertThat(scrape())
                    .contains("wawp_operator_leader 0.0", "wawp_operator_build_info{")
                    .doesNotContain(
                            "wawp_operator_session",
                            "wawp_operator_oldest_observation_age_seconds",
                            "wawp_operator_failing_writes");
        }
        await().untilAsserted(() -> assertThat(scrape())
                .as("once the leader has gone")
                .contains("wawp_operator_leader 1.0", ready("sales-line") + " 0.0"));
    }

    @Test
    void aRestartByRecoveryIsCounted() {
        SimulatedSession session = wawp.add(LATER, EmbeddedCluster.TOKEN).put(EngineState.WORKING);
        cluster.apply("night-line", LATER, DesiredState.Running);
        start(Map.of("WAWP_POLL_INTERVAL", "5s"));
        await().until(() -> scrape().contains(ready("night-line") + " 1.0"));

        session.fail();

        await().untilAsserted(() -> assertThat(scrape())
                .contains(
                        "wawp_operator_recoveries_total 1.0",
                        "wawp_operator_actions_total{action=\"Start\",outcome=\"Confirmed\"} 1.0"));
    }

    @Test
    void theCallThatADeletionMakesIsCounted() {
        wawp.add(LATER, EmbeddedCluster.TOKEN).put(EngineState.WORKING);
        WhatsAppSessionSpec spec = WhatsAppSessionSpec.builder()
                .desiredState(DesiredState.Running)
                .instanceId(LATER)
                .credentialsSecretRef(new CredentialsSecretRef("wawp-credentials"))
                .deletionPolicy(DeletionPolicy.Logout)
                .build();
        cluster.apply("night-line", spec);
        start(Map.of());
        await().until(() -> scrape().contains(ready("night-line") + " 1.0"));

        cluster.delete("night-line");

        await().untilAsserted(() -> assertThat(scrape())
                .contains("wawp_operator_actions_total{action=\"Logout\",outcome=\"Confirmed\"} 1.0")
                .doesNotContain("night-line"));
    }

    @Test
    void everyMetricThatDocumentsAlertsAndDashboardNameIsServed() throws IOException {
        KubernetesClient failing = cluster.newClient(client -> client.withHttpClientBuilderConsumer(
                http -> http.addOrReplaceInterceptor("failureStreak", new FailsEveryWrite())));
        operator = Optional.of(process(failing, Map.of()));
        operator.get().start();
        await().until(() -> scrape().contains("wawp_operator_session_info{"));

        Set<String> asked = new TreeSet<>();
        for (Path file : documentsAlertsAndDashboard()) {
            Pattern.compile("\\b(wawp_operator|operator_sdk|jvm|process|system)_\\w+")
                    .matcher(Files.readString(file))
                    .results()
                    .map(MatchResult::group)
                    .filter(name -> !name.endsWith("_"))
                    .forEach(asked::add);
        }

        assertThat(asked).contains("operator_sdk_reconciliations_failed_total", "jvm_memory_used_bytes");
        await().untilAsserted(() -> assertThat(names(scrape())).containsAll(asked));
    }

    private static List<Path> documentsAlertsAndDashboard() throws IOException {
        try (Stream<Path> documents = Files.list(Path.of("docs"))) {
            return Stream.concat(
                            documents.filter(file -> file.toString().endsWith(".md")),
                            Stream.of(
                                            "README.md",
                                            "helm/wawp-operator/files/alerts.yaml",
                                            "helm/wawp-operator/files/dashboard.json")
                                    .map(Path::of))
                    .toList();
        }
    }

    /** Of samples, and of histograms as a whole. */
    private static Set<String> names(String exposition) {
        return Pattern.compile("^(?:# TYPE )?(\\w+)[{ ]", Pattern.MULTILINE)
                .matcher(exposition)
                .results()
                .map(sample -> sample.group(1))
                .collect(Collectors.toSet());
    }

    private static final class FailsEveryWrite implements Interceptor {
        @Override
        public void before(BasicBuilder builder, HttpRequest request, Interceptor.RequestTags tags) {
            if ("PUT".equals(request.method())) {
                throw new IllegalStateException("no write gets through");
            }
        }
    }

    @Test
    void theDocumentedTableIsWhatIsServed() throws IOException {
        start(Map.of());
        await().until(() -> scrape().contains("wawp_operator_time_to_ready_seconds_count 1"));

        List<String> documented = Files.readAllLines(Path.of("docs/metrics.md")).stream()
                .filter(line -> line.startsWith("| `wawp_operator_"))
                .toList();

        assertThat(rows(scrape())).containsExactlyInAnyOrderElementsOf(documented);
    }

    @Test
    void everyMetricIsExplainedThoseOfTheLibrariesToo() {
        start(Map.of());
        await().until(() -> scrape().contains("wawp_operator_time_to_ready_seconds_count 1"));

        String exposition = scrape();

        assertThat(exposition).contains("operator_sdk_reconciliations_success_total", "jvm_memory_used_bytes");
        assertThat(families(exposition, "TYPE")).isEqualTo(families(exposition, "HELP"));
    }

    private static List<String> families(String exposition, String comment) {
        return Pattern.compile("# " + comment + " (\\w+) \\S")
                .matcher(exposition)
                .results()
                .map(family -> family.group(1))
                .toList();
    }

    /** A row of the document for each metric of the operator's own, from the comments and the samples of the exposition. */
    private static List<String> rows(String exposition) {
        return Pattern.compile("# HELP (wawp_operator_\\w+) (.*)\n# TYPE \\w+ (\\w+)\n([^#]*)")
                .matcher(exposition)
                .results()
                .map(MetricsTest::row)
                .toList();
    }

    private static String row(MatchResult metric) {
        String labels = Pattern.compile("[{,](\\w+)=\"")
                .matcher(metric.group(4))
                .results()
                .map(label -> label.group(1))
                .filter(label -> !label.equals("le"))
                .distinct()
                .sorted()
                .map(label -> "`" + label + "`")
                .collect(Collectors.joining(", "));
        return "| `%s` | %s |%s | %s |"
                .formatted(metric.group(1), metric.group(3), labels.isEmpty() ? "" : " " + labels, metric.group(2));
    }

    private static String ready(String name) {
        return "wawp_operator_session_ready{exported_namespace=\"crm\",name=\"%s\"}".formatted(name);
    }

    private void start(Map<String, String> variables) {
        OperatorRuntime process = process(variables);
        operator = Optional.of(process);
        process.start();
    }

    private OperatorRuntime process(Map<String, String> variables) {
        return process(cluster.client(), variables);
    }

    private OperatorRuntime process(KubernetesClient client, Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(Map.of(
                "WAWP_BASE_URL", wawp.baseUrl().toString(), "WAWP_LEADER_ELECTION", "false", "WAWP_HTTP_PORT", "0"));
        all.putAll(variables);
        return OperatorRuntime.create(OperatorConfig.from(all, Optional.empty()), client, new FastClock(8));
    }

    private String scrape() {
        var request = java.net.http.HttpRequest.newBuilder(
                        URI.create("http://localhost:" + operator.orElseThrow().httpPort() + "/metrics"))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .join()
                .body();
    }
}
