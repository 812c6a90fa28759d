package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests for those who do not use Helm, with the real kubectl and its kustomize. */
@OnKubernetes(needs = {Program.Helm, Program.KubeControllerManager})
@Execution(ExecutionMode.SAME_THREAD)
class DeployFilesIT {

    private static final Path INSTALL = DeployFiles.DIRECTORY.resolve("install.yaml");
    private static final Path OPERATOR = DeployFiles.DIRECTORY.resolve("operator.yaml");

    @Test
    void theyAreWhatTheChartRenders(KubernetesCluster cluster) {
        Map<Path, String> rendered = DeployFiles.render(new HelmChart(cluster.programs()));

        assertThat(GeneratedFiles.asCommitted(rendered))
                .as("Write them anew with: %s", GeneratedFiles.COMMAND)
                .containsExactlyInAnyOrderEntriesOf(rendered);
    }

    @Test
    void oneCommandInstallsAndAnotherRemovesTheOperatorButNoSession(KubernetesCluster cluster) {
        ProgramRun install = cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", INSTALL.toString());

        assertThat(install.orThrow().errors()).isEmpty();
        // the namespace enforces the restricted standard: without it there would be no pod
        await().atMost(Duration.ofMinutes(1))
                .until(() -> cluster.client()
                                .pods()
                                .inNamespace("wawp-system")
                                .list()
                                .getItems()
                                .size()
                        == 1);
        cluster.kubectl("wait", "--for=condition=Established", "crd/whatsappsessions.wawp.net")
                .orThrow();
        cluster.kubectlReading("""
                        apiVersion: wawp.net/v1alpha1
                        kind: WhatsAppSession
                        metadata: {name: stays, namespace: wawp-system}
                        spec: {desiredState: Stopped, credentialsSecretRef: {name: wawp-credentials}}
                        """, "apply", "-f", "-").orThrow();

        cluster.kubectl("delete", "-f", OPERATOR.toString()).orThrow();

        cluster.kubectl("--namespace=wawp-system", "get", "was/stays").orThrow();
        assertThat(cluster.kubectl(
                                "get",
                                "clusterrole,clusterrolebinding",
                                "--selector=app.kubernetes.io/name=wawp-operator")
                        .orThrow()
                        .output())
                .isEmpty();
        cluster.kubectl("--namespace=wawp-system", "delete", "was/stays").orThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "namespace"})
    void kustomizeTakesEachScopeByARemoteAddressWithoutFlags(
            String scope, KubernetesCluster cluster, @TempDir Path directory) throws IOException {
        List<JsonNode> objects =
                kustomize(cluster, directory, "resources: [\"%s\"]\n".formatted(remote(directory, scope)));

        assertThat(objects)
                .anyMatch(matching("{kind: Deployment, metadata: {name: wawp-operator, namespace: wawp-system}}"))
                .anyMatch(matching("{kind: RoleBinding, subjects: [{name: wawp-operator, namespace: wawp-system}]}"));
        assertThat(objects.stream().anyMatch(matching("{kind: ClusterRole}"))).isEqualTo(scope.equals("cluster"));
        assertThat(objects.stream().anyMatch(matching("{kind: CustomResourceDefinition}")))
                .isEqualTo(scope.equals("cluster"));
        dryRun(cluster, objects);
    }

    @Test
    void theNamespaceScopeFollowsTheNamespaceThatItsUserChooses(KubernetesCluster cluster, @TempDir Path directory)
            throws IOException {
        String namespace = cluster.createNamespace("crm");

        List<JsonNode> objects =
                kustomize(cluster, directory, """
                namespace: %s
                resources: ["%s"]
                images: [{name: wawp-operator, newName: registry.example.com/wawp-operator}]
                """.formatted(namespace, remote(directory, "namespace")));

        assertThat(objects)
                .allMatch(matching("{metadata: {namespace: %s}}", namespace))
                .anyMatch(matching(
                        "{kind: RoleBinding, metadata: {name: wawp-operator}, subjects: [{name: wawp-operator, namespace: %s}]}",
                        namespace))
                .anyMatch(matching("""
                        kind: Deployment
                        spec:
                          template:
                            spec:
                              containers:
                                - image: registry.example.com/wawp-operator:0.1.0
                                  env: [{name: WAWP_WATCH_NAMESPACES, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]
                        """));
        dryRun(cluster, objects);
    }

    private static Predicate<JsonNode> matching(String pattern, Object... arguments) {
        JsonNode tree = Yaml.read(pattern.formatted(arguments));
        return object -> ChartCase.matches(tree, object);
    }

    private static void dryRun(KubernetesCluster cluster, List<JsonNode> objects) {
        cluster.installCrd();
        cluster.kubectl(
                        "apply",
                        "-f",
                        DeployFiles.KUSTOMIZE.resolve("cluster/namespace.yaml").toString())
                .orThrow();
        cluster.kubectlReading(
                        Yaml.writeAll(objects),
                        "apply",
                        "--server-side",
                        "--force-conflicts",
                        "--dry-run=server",
                        "-f",
                        "-")
                .orThrow();
    }

    private static List<JsonNode> kustomize(KubernetesCluster cluster, Path directory, String kustomization)
            throws IOException {
        Path own = Files.createDirectories(directory.resolve("own"));
        Files.writeString(own.resolve("kustomization.yaml"), kustomization);
        return Yaml.readAll(
                cluster.kubectl("kustomize", own.toString()).orThrow().output());
    }

    /** A git repository with the manifests, as users refer to it; only the host differs. */
    private static String remote(Path directory, String scope) throws IOException {
        Path repository = directory.resolve("repository");
        try (Stream<Path> files = Files.walk(DeployFiles.KUSTOMIZE)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = repository.resolve(file);
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        git(repository, "init", "--quiet", "--initial-branch=main");
        git(repository, "add", ".");
        git(repository, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "all");
        return "file://%s//deploy/kustomize/%s?ref=main".formatted(repository, scope);
    }

    private static void git(Path repository, String... arguments) {
        ProgramRun.of(
                        new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments))
                                        .toList())
                                .directory(repository.toFile()),
                        "",
                        Duration.ofMinutes(1))
                .orThrow();
    }
}
