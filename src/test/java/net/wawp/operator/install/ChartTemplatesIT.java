package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Renders every template with each value of every switch, and applies the result to the API server. */
@OnKubernetes(needs = Program.Helm)
class ChartTemplatesIT {

    private static final String NAMESPACE = "wawp-system";

    /** The settings that the chart takes from the pod and from a Secret. */
    private static final Map<String, String> FROM_ELSEWHERE =
            Map.of("WAWP_LEASE_NAMESPACE", NAMESPACE, "WAWP_PROXY_URL", "http://user:password@proxy.corp:3128");

    @BeforeAll
    static void prepare(KubernetesCluster cluster, @TempDir Path directory) {
        cluster.installCrd();
        for (String namespace : List.of(NAMESPACE, "crm", "shop", "123", "no")) {
            cluster.kubectlReading(
                            "{apiVersion: v1, kind: Namespace, metadata: {name: '%s'}}".formatted(namespace),
                            "apply",
                            "-f",
                            "-")
                    .orThrow();
        }
        // the Prometheus operator's kinds, as their Java models describe them
        new CRDGenerator()
                .customResourceClasses(ServiceMonitor.class, PodMonitor.class, PrometheusRule.class)
                .inOutputDir(directory.toFile())
                .generate();
        cluster.kubectl("apply", "--server-side", "-f", directory.toString()).orThrow();
        cluster.kubectl("wait", "--for=condition=Established", "-f", directory.toString())
                .orThrow();
    }

    static Stream<ChartCase> cases() {
        return ChartCase.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void rendersWhatTheTableSaysAndTheServerAcceptsIt(ChartCase one, KubernetesCluster cluster) {
        ProgramRun run = new HelmChart(cluster.programs()).template(NAMESPACE, one.values());

        if (!one.failure().isEmpty()) {
            assertThat(run.succeeded()).isFalse();
            assertThat(run.errors()).contains(one.failure());
            return;
        }
        List<JsonNode> objects = Yaml.readAll(run.orThrow().output());
        assertThat(one.expected()).allSatisfy(pattern -> assertThat(objects)
                .as("something like %s", pattern)
                .anyMatch(object -> ChartCase.matches(pattern, object)));
        assertThat(one.absent()).allSatisfy(pattern -> assertThat(objects)
                .as("nothing like %s", pattern)
                .noneMatch(object -> ChartCase.matches(pattern, object)));
        assertThatTheServerKeeps(objects, run.output(), cluster);
        assertThatTheOperatorTakesItsSettings(objects);
    }

    @Test
    void theValuesForOpenShiftAllowThePortThatItsDnsListensOn(KubernetesCluster cluster) {
        ProgramRun run = templateForOpenShift("{networkPolicy: {enabled: true}}", cluster);

        assertThat(Yaml.readAll(run.orThrow().output()))
                .anyMatch(object -> ChartCase.matches(
                        Yaml.read("{kind: NetworkPolicy, spec: {egress: [{ports: [{port: 5353, protocol: UDP}]}]}}"),
                        object));
    }

    /** What OpenShift's constraint restricted-v2 chooses by itself must not be set; what it demands must. */
    @Test
    void theValuesForOpenShiftLeaveUserAndGroupsToIt(KubernetesCluster cluster) {
        ProgramRun run = templateForOpenShift("{}", cluster);
        List<JsonNode> objects = Yaml.readAll(run.orThrow().output());

        List<JsonNode> pods = objects.stream()
                .map(object -> object.path("kind").asText().equals("Pod")
                        ? object.get("spec")
                        : object.at("/spec/template/spec"))
                .filter(JsonNode::isObject)
                .toList();
        assertThat(pods).hasSize(2).allSatisfy(pod -> {
            assertThat(pod.get("securityContext"))
                    .isEqualTo(Yaml.read("{runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}"));
            assertThat(pod.at("/containers/0/securityContext"))
                    .isEqualTo(
                            Yaml.read(
                                    "{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}"));
            assertThat(pod.path("volumes")).allSatisfy(volume -> assertThat(volume.fieldNames())
                    .toIterable()
                    .isSubsetOf("name", "configMap", "downwardAPI", "emptyDir", "projected", "secret"));
            assertThat(pod.fieldNames()).toIterable().doesNotContain("hostNetwork", "hostPID", "hostIPC", "hostUsers");
            assertThat(pod.findValues("hostPort")).isEmpty();
        });
        assertThat(objects)
                .as("the group that OpenShift gives to the volumes may read the token")
                .anyMatch(object -> ChartCase.matches(
                        Yaml.read(
                                "{kind: Deployment, spec: {template: {spec: {volumes: [{projected: {defaultMode: 288}}]}}}}"),
                        object));
        assertThatTheServerKeeps(objects, run.output(), cluster);
    }

    private static ProgramRun templateForOpenShift(String values, KubernetesCluster cluster) {
        return new HelmChart(cluster.programs())
                .template(
                        NAMESPACE,
                        Yaml.read(values),
                        "--values",
                        HelmChart.DIRECTORY.resolve("openshift.yaml").toString());
    }

    /** What is rendered does not end at the start; only the file of certificates is on a node alone. */
    private static void assertThatTheOperatorTakesItsSettings(List<JsonNode> objects) {
        Map<String, String> settings = objects.stream()
                .filter(object -> object.path("kind").asText().equals("Deployment"))
                .flatMap(deployment -> StreamSupport.stream(
                        deployment.at("/spec/template/spec/containers/0/env").spliterator(), false))
                .filter(variable -> variable.get("name").asText().matches("WAWP_(?!CA_FILE).*"))
                .collect(Collectors.toMap(
                        variable -> variable.get("name").asText(),
                        variable -> variable.has("value")
                                ? variable.get("value").asText()
                                : FROM_ELSEWHERE.get(variable.get("name").asText())));

        assertThatCode(() -> OperatorConfig.from(settings, Optional.of(NAMESPACE)))
                .as(settings.toString())
                .doesNotThrowAnyException();
    }

    /** Applies them, and compares what comes back. */
    private static void assertThatTheServerKeeps(List<JsonNode> objects, String manifests, KubernetesCluster cluster) {
        JsonNode applied = Yaml.read(cluster.kubectlReading(
                        manifests,
                        "apply",
                        "--server-side",
                        "--force-conflicts",
                        "--dry-run=server",
                        "--output=json",
                        "-f",
                        "-")
                .orThrow()
                .output());
        assertThat(RoundTrip.differences(objects, applied))
                .as(
                        "what the API server gives back is what the chart has: GitOps tools would see a difference for ever")
                .isEmpty();
    }

    @Test
    void theChartIsFreeOfLint(KubernetesCluster cluster) {
        ProgramRun run = cluster.helm("lint", "--strict", HelmChart.DIRECTORY.toString());

        assertThat(run.orThrow().output()).doesNotContain("[WARNING]", "[ERROR]");
    }
}
