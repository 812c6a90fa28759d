package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The files of {@code deploy} that belong to other programs, on a real API server. */
@OnKubernetes(needs = Program.KubeControllerManager)
class RecipesIT {

    private static final Path RECIPES = DeployFiles.DIRECTORY.resolve("recipes");
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    @BeforeAll
    static void prepare(KubernetesCluster cluster) {
        cluster.installCrd();
        for (String namespace : List.of("crm", "argocd", "flux-system")) {
            cluster.kubectlReading(
                            "{apiVersion: v1, kind: Namespace, metadata: {name: %s}}".formatted(namespace),
                            "apply",
                            "-f",
                            "-")
                    .orThrow();
        }
    }

    /** The resources of Argo CD, Flux and of what makes Secrets. */
    @Test
    void everyExampleForAnotherProgramIsValidForIt(KubernetesCluster cluster) throws IOException {
        List<Path> crds = ForeignCrds.download();
        crds.forEach(crd ->
                cluster.kubectl("apply", "--server-side", "-f", crd.toString()).orThrow());
        crds.forEach(crd -> cluster.kubectl("wait", "--for=condition=Established", "-f", crd.toString())
                .orThrow());
        try (Stream<Path> files = Stream.of("argocd", "flux", "recipes")
                .map(DeployFiles.DIRECTORY::resolve)
                .flatMap(RecipesIT::yamlIn)) {
            assertThat(files.filter(file -> !file.getFileName().toString().startsWith("argocd-cm")))
                    .hasSizeGreaterThan(8)
                    .allSatisfy(file -> {
                        ProgramRun run = cluster.kubectlReading(
                                Yaml.text(file),
                                "apply",
                                "--server-side",
                                "--dry-run=server",
                                "--validate=strict",
                                "-f",
                                "-");
                        assertThat(run.succeeded())
                                .as(file + ": " + run.errors())
                                .isTrue();
                    });
        } finally {
            crds.forEach(crd -> cluster.kubectl("delete", "--wait=false", "-f", crd.toString()));
        }
    }

    @Test
    void theQuotaRefusesTheSessionAfterTheLast(KubernetesCluster cluster) throws IOException {
        String namespace = cluster.createNamespace("quota");
        String quota = Yaml.text(RECIPES.resolve("quota.yaml"))
                .replace("crm", namespace)
                .replace("\"10\"", "\"2\"");
        Process controller = cluster.startControllers("resourcequota-controller");
        try {
            cluster.kubectlReading(quota, "apply", "-f", "-").orThrow();
            await().atMost(TIMEOUT).until(() -> !cluster.client()
                    .resourceQuotas()
                    .inNamespace(namespace)
                    .withName("whatsapp-sessions")
                    .get()
                    .getStatus()
                    .getHard()
                    .isEmpty());

            List<ProgramRun> runs = IntStream.rangeClosed(1, 3)
                    .mapToObj(number -> cluster.kubectlReading(session(number), "apply", "-n", namespace, "-f", "-"))
                    .toList();

            assertThat(runs).extracting(ProgramRun::succeeded).containsExactly(true, true, false);
            assertThat(runs.get(2).errors()).contains("exceeded quota: whatsapp-sessions");
        } finally {
            controller.descendants().forEach(ProcessHandle::destroyForcibly);
            controller.destroyForcibly();
        }
    }

    @Test
    void theExampleRoleLetsItsGroupLogOutAndNobodyElse(KubernetesCluster cluster) {
        cluster.kubectl("apply", "-f", RECIPES.resolve("logout-role.yaml").toString())
                .orThrow();

        // the API server knows a role some moments after it was made
        await().atMost(TIMEOUT).until(() -> mayLogOut(cluster, "messaging-leads"));
        assertThat(mayLogOut(cluster, "others")).isFalse();
    }

    private static boolean mayLogOut(KubernetesCluster cluster, String group) {
        return cluster.kubectl(
                        "auth",
                        "can-i",
                        "logout",
                        "whatsappsessions.wawp.net",
                        "--namespace=crm",
                        "--as=somebody",
                        "--as-group=" + group)
                .succeeded();
    }

    private static String session(int number) {
        return """
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: line-%d}
                spec: {desiredState: Stopped, credentialsSecretRef: {name: wawp-credentials}}
                """.formatted(number);
    }

    private static Stream<Path> yamlIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
