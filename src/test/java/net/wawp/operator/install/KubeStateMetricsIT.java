package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.wawp.operator.install.KubeStateMetrics.Series;
import net.wawp.operator.testing.kubernetes.AuditEvent;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The configuration for kube-state-metrics, run by the program itself on a real API server, with the rights that it is given. */
@OnKubernetes
@Execution(ExecutionMode.SAME_THREAD)
class KubeStateMetricsIT {

    private static final Path RIGHTS = DeployFiles.MONITORING.resolve("kube-state-metrics-rbac.yaml");
    /** That the rights are for. */
    private static final String ACCOUNT = "kube-system/kube-state-metrics";

    private static String namespace;
    private static KubeStateMetrics metrics;

    @BeforeAll
    static void start(KubernetesCluster cluster) throws IOException {
        cluster.installCrd();
        namespace = cluster.createNamespace("metrics");
        String[] account = ACCOUNT.split("/");
        cluster.kubectl("create", "serviceaccount", account[1], "--namespace=" + account[0])
                .orThrow();
        cluster.kubectl("apply", "-f", RIGHTS.toString()).orThrow();
        declare(
                cluster,
                "working",
                status("WORKING", "Paired", "3EB0BCB2E3D4", 2)
                        + condition("Ready", "True", "Working")
                        + condition("Paired", "True", "Paired"));
        declare(
                cluster,
                "unpaired",
                status("SCAN_QR_CODE", "Unpaired", "3184729105", 0)
                        + condition("Ready", "False", "PairingRequired")
                        + condition("Paired", "Unknown", "Unknown"));
        declare(cluster, "new", "");
        metrics = KubeStateMetrics.start(cluster, cluster.kubeconfigOf(account[0], account[1]));
    }

    private static void declare(KubernetesCluster cluster, String name, String status) {
        String session = """
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: %s, namespace: %s}
                spec: {desiredState: Running, credentialsSecretRef: {name: wawp-credentials}}
                """.formatted(name, namespace);
        cluster.kubectlReading(session, "apply", "-f", "-").orThrow();
        if (!status.isEmpty()) {
            cluster.kubectlReading(
                            session + "status:\n" + status.indent(2), "replace", "--subresource=status", "-f", "-")
                    .orThrow();
        }
    }

    private static String status(String state, String pairing, String instance, int restarts) {
        return """
                observedGeneration: 1
                sessionState: %s
                pairing: %s
                instanceId: "%s"
                restarts: %d
                conditions:
                """.formatted(state, pairing, instance, restarts);
    }

    private static String condition(String type, String status, String reason) {
        return """
                - {type: %s, status: "%s", reason: %s, message: It is so., lastTransitionTime: "2026-01-02T03:04:05Z"}
                """.formatted(type, status, reason);
    }

    @AfterAll
    static void stop() {
        if (metrics != null) {
            metrics.close();
        }
    }

    @Test
    void theDocumentedTableIsWhatIsServed() throws IOException {
        Map<String, Set<String>> labels = metrics.series().stream()
                .collect(Collectors.toMap(
                        Series::metric,
                        series -> new TreeSet<>(series.labels().keySet()),
                        KubeStateMetricsIT::union,
                        TreeMap::new));

        assertThat(labels)
                .hasSize(4)
                .allSatisfy((metric, of) -> assertThat(of).as(metric).contains("exported_namespace", "name"));
        assertThat(labels.entrySet().stream()
                        .map(metric -> row(
                                metric.getKey(),
                                metrics.types().get(metric.getKey()),
                                metric.getValue(),
                                metrics.help().get(metric.getKey()))))
                .containsExactlyElementsOf(Files.readAllLines(Path.of("docs/metrics.md")).stream()
                        .filter(line -> line.startsWith("| `kube_whatsappsession_"))
                        .toList());
    }

    @Test
    void aSessionShowsWhatItsStatusSays() {
        assertThat(of("working"))
                .containsExactlyInAnyOrder(
                        "info{desired=Running, instance_id=3EB0BCB2E3D4, pairing=Paired, state=WORKING} 1",
                        "observed_generation{} 1",
                        "restarts{} 2",
                        "status_condition{reason=Paired, type=Paired} 1",
                        "status_condition{reason=Working, type=Ready} 1");
        assertThat(of("unpaired"))
                .containsExactlyInAnyOrder(
                        "info{desired=Running, instance_id=3184729105, pairing=Unpaired, state=SCAN_QR_CODE} 1",
                        "observed_generation{} 1",
                        "restarts{} 0",
                        "status_condition{reason=Unknown, type=Paired} 0",
                        "status_condition{reason=PairingRequired, type=Ready} 0");
    }

    @Test
    void aSessionThatWasNeverPolledHasOnlyWhatItsSpecSaysAndIsNoError() {
        assertThat(of("new")).containsExactlyInAnyOrder("info{desired=Running} 1", "observed_generation{} -1");
        assertThat(metrics.log().lines()).noneMatch(line -> line.startsWith("E"));
    }

    @Test
    void aChangedStatusIsSeenAndADeletedSessionIsForgotten(KubernetesCluster cluster) {
        declare(
                cluster,
                "going",
                status("WORKING", "Paired", "3EB0BCB2E3D5", 0) + condition("Ready", "True", "Working"));
        await().untilAsserted(() -> assertThat(of("going")).contains("status_condition{reason=Working, type=Ready} 1"));

        declare(
                cluster,
                "going",
                status("FAILED", "Paired", "3EB0BCB2E3D5", 3) + condition("Ready", "False", "RecoveryExhausted"));
        await().untilAsserted(() -> assertThat(of("going"))
                .contains("status_condition{reason=RecoveryExhausted, type=Ready} 0")
                .doesNotContain("status_condition{reason=Working, type=Ready} 1"));

        cluster.kubectl("delete", "was/going", "--namespace=" + namespace).orThrow();
        await().untilAsserted(() -> assertThat(of("going")).isEmpty());
    }

    @Test
    void theRightsAreThoseThatItUsesAndNoOthers(KubernetesCluster cluster) {
        // it lists before it watches
        await().untilAsserted(() -> assertThat(asked(cluster)
                        .map(event -> "%s %s.%s".formatted(event.verb(), event.resource(), event.group()))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(granted()));
        assertThat(asked(cluster)).allMatch(AuditEvent::succeeded);
    }

    private static Stream<AuditEvent> asked(KubernetesCluster cluster) {
        return cluster.audit().events().stream()
                .filter(event -> event.user().equals("system:serviceaccount:" + ACCOUNT.replace('/', ':')))
                .filter(event -> !event.resource().isEmpty());
    }

    @Test
    void whateverNamesAMetricOfThisConfigurationNamesOneThatExists() throws IOException {
        Set<String> named = new TreeSet<>();
        for (String folder : List.of("docs", "deploy", "helm")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                files.filter(Files::isRegularFile)
                        .flatMap(file -> Pattern.compile("\\bkube_whatsappsession_\\w+")
                                .matcher(Yaml.text(file))
                                .results())
                        .forEach(name -> named.add(name.group()));
            }
        }

        assertThat(named).isEqualTo(metrics.types().keySet());
    }

    private static List<String> granted() {
        return StreamSupport.stream(
                        Yaml.readAll(Yaml.text(RIGHTS)).get(0).get("rules").spliterator(), false)
                .flatMap(rule -> texts(rule.get("verbs")).map(verb -> "%s %s.%s"
                        .formatted(
                                verb,
                                rule.at("/resources/0").asText(),
                                rule.at("/apiGroups/0").asText())))
                .toList();
    }

    private static Stream<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText);
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }

    private static String row(String metric, String type, Set<String> labels, String help) {
        String further = labels.stream()
                .filter(label -> !label.equals("exported_namespace") && !label.equals("name"))
                .map(label -> "`" + label + "` ")
                .collect(Collectors.joining(", "))
                .replace("` ,", "`,");
        return "| `%s` | %s | %s| %s |".formatted(metric, type, further, help);
    }

    /** The series of a session, without its name and the prefix. */
    private static List<String> of(String session) {
        return metrics.series().stream()
                .filter(series -> series.labels().get("name").equals(session)
                        && series.labels().get("exported_namespace").equals(namespace))
                .map(series -> {
                    Map<String, String> labels = new TreeMap<>(series.labels());
                    labels.keySet().removeAll(List.of("name", "exported_namespace"));
                    return series.metric().replace("kube_whatsappsession_", "") + labels + " " + series.value();
                })
                .toList();
    }
}
