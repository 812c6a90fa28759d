package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The deletion policy that a namespace gives to its resources, in a real API server. */
@OnKubernetes(needs = Program.Helm)
@Execution(ExecutionMode.SAME_THREAD)
class NamespaceDefaultsIT {

    private static KubernetesCluster cluster;
    private static String namespace;

    @BeforeAll
    static void installThePolicy(KubernetesCluster started) {
        cluster = started;
        boolean hasThePolicy =
                cluster.kubectl("explain", "mutatingadmissionpolicies").succeeded();
        assertThat(hasThePolicy || !KubernetesCluster.IS_NEWEST)
                .as("the newest Kubernetes has the policy")
                .isTrue();
        assumeTrue(hasThePolicy, "this Kubernetes has no MutatingAdmissionPolicy");
        cluster.installCrd();
        namespace = cluster.createNamespace("defaults");
        assertThat(policyOf("older", "")).isEmpty();
        annotate("wawp.net/deletion-policy=Stop");
        cluster.helm(
                        "install",
                        "defaults",
                        HelmChart.DIRECTORY.toString(),
                        "--namespace=" + namespace,
                        "--set=replicas=0,crds.enabled=false,watchNamespaces={" + namespace + "}",
                        "--set=namespaceDefaults.deletionPolicy=true")
                .orThrow();
        await("policies are in force some moments after they were made")
                .atMost(Duration.ofMinutes(1))
                .until(() -> policyOf("probe", "", "--dry-run=server").equals("Stop"));
    }

    @AfterAll
    static void removeThePolicy() {
        if (namespace != null) {
            cluster.helm("uninstall", "defaults", "--namespace=" + namespace).orThrow();
        }
    }

    @Test
    void aResourceThatSaysNothingGetsThePolicyOfItsNamespaceAndOneThatSaysRetainKeepsIt() {
        assertThat(policyOf("silent", "")).isEqualTo("Stop");
        assertThat(policyOf("own", "deletionPolicy: Retain")).isEqualTo("Retain");
    }

    @Test
    void anEditOfAResourceThatIsOlderThanThePolicyLeavesItAsItIs() {
        assertThat(policyOf("older", "pollInterval: 30s")).isEmpty();
    }

    @Test
    void applyingTheSameAgainFindsNoDifference() {
        policyOf("again", "");

        ProgramRun diff = cluster.kubectlReading(resource("again", ""), "diff", "--namespace=" + namespace, "-f", "-");

        assertThat(diff.succeeded()).as(diff.output() + diff.errors()).isTrue();
    }

    @Test
    void anotherPolicyOfTheNamespaceChangesNoResourceThatIsThere() {
        String other = cluster.createNamespace("other");

        assertThat(cluster.kubectlReading(
                                resource("line", ""),
                                "apply",
                                "--namespace=" + other,
                                "-f",
                                "-",
                                "--output=jsonpath={.spec.deletionPolicy}")
                        .orThrow()
                        .output())
                .as("a namespace without the annotation, and without this release")
                .isEmpty();
        policyOf("kept", "");
        annotate("wawp.net/deletion-policy=Retain");
        try {
            cluster.kubectl("--namespace=" + namespace, "label", "was/kept", "tier=backend")
                    .orThrow();
            assertThat(cluster.kubectl(
                                    "--namespace=" + namespace,
                                    "get",
                                    "was/kept",
                                    "--output=jsonpath={.spec.deletionPolicy}")
                            .orThrow()
                            .output())
                    .isEqualTo("Stop");
        } finally {
            annotate("wawp.net/deletion-policy=Stop");
        }
    }

    private static void annotate(String annotation) {
        cluster.kubectl("annotate", "namespace", namespace, "--overwrite", annotation)
                .orThrow();
    }

    private static String policyOf(String name, String field, String... arguments) {
        String[] all = new String[arguments.length + 5];
        all[0] = "apply";
        all[1] = "--namespace=" + namespace;
        all[2] = "--filename=-";
        all[3] = "--server-side";
        all[4] = "--output=jsonpath={.spec.deletionPolicy}";
        System.arraycopy(arguments, 0, all, 5, arguments.length);
        return cluster.kubectlReading(resource(name, field), all).orThrow().output();
    }

    private static String resource(String name, String field) {
        return """
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: %s}
                spec: {desiredState: Stopped, credentialsSecretRef: {name: wawp-credentials}, %s}
                """.formatted(name, field);
    }
}
