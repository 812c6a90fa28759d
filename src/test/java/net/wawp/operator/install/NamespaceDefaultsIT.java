package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import net.wawp.operator.documents.Document;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The deletion policy and the shard that a namespace gives to its resources, in a real API server. */
@OnKubernetes(needs = Program.Helm)
@Execution(ExecutionMode.SAME_THREAD)
class NamespaceDefaultsIT {

    private static final String SHARD = "--output=jsonpath={.metadata.labels.wawp\\.net/shard}";

    private static final Duration LIMIT = Duration.ofMinutes(3);

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
        annotate("Stop");
        cluster.helm(
                        "install",
                        "defaults",
                        HelmChart.DIRECTORY.toString(),
                        "--namespace=" + namespace,
                        "--set=replicas=0,crds.enabled=false,watchNamespaces={" + namespace + "}",
                        "--set=namespaceDefaults.deletionPolicy=true,namespaceDefaults.shard=true",
                        "--set=guardRails.logout.enabled=true")
                .orThrow();
        await("policies are in force some moments after they were made")
                .atMost(LIMIT)
                // until the policies know a kind that is new, the API server refuses its resources
                .ignoreExceptionsInstanceOf(IllegalStateException.class)
                .until(() -> policyOf("probe", "", "--dry-run=server").equals("Stop"));
        label("eu"); // and waits until the other one is too
        label("");
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

        ProgramRun diff =
                cluster.kubectlReading(resource("again", "", ""), "diff", "--namespace=" + namespace, "-f", "-");

        assertThat(diff.succeeded()).as(diff.output() + diff.errors()).isTrue();
    }

    @Test
    void anotherPolicyOfTheNamespaceChangesNoResourceThatIsThere() {
        String other = cluster.createNamespace("other");

        assertThat(cluster.kubectlReading(
                                resource("line", "", ""),
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
        setPolicy("Retain");
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
            setPolicy("Stop");
        }
    }

    @Test
    void whoMayNotLogOutCannotCreateAResourceThatTheNamespaceWouldHaveLoggedOut() {
        kubectl("create", "role", "editor", "--verb=get,create,patch", "--resource=whatsappsessions");
        kubectl("create", "rolebinding", "editor", "--role=editor", "--user=jane");
        setPolicy("Logout");
        try {
            await("the API server has seen the role and the guard rail")
                    .atMost(LIMIT)
                    .untilAsserted(() -> {
                        ProgramRun refused = cluster.kubectlReading(
                                resource("silent-of-jane", "", ""),
                                "--as=jane",
                                "--namespace=" + namespace,
                                "apply",
                                "--server-side",
                                "--dry-run=server",
                                "--filename=-");
                        assertThat(refused.errors())
                                .contains(
                                        "jane may not change a resource that requests a logout: desiredState LoggedOut and"
                                                + " deletionPolicy Logout need the verb \"logout\"");
                    });

            assertThat(policyOf("own-of-jane", "deletionPolicy: Retain", "--as=jane"))
                    .isEqualTo("Retain");
            assertThat(policyOf("silent-of-an-admin", "")).isEqualTo("Logout");
        } finally {
            setPolicy("Stop");
        }
    }

    @Test
    void aResourceHasTheShardOfItsNamespaceWhateverItsOwnLabelSays() {
        label("eu");
        try {
            assertThat(applied("without-labels", "", SHARD)).isEqualTo("eu");
            assertThat(applied("with-another", "tier: gold, wawp.net/shard: us", SHARD))
                    .isEqualTo("eu");
            assertThat(applied("with-others", "tier: gold", SHARD)).isEqualTo("eu");
            assertThat(kubectl("get", "was/with-others", "--output=jsonpath={.metadata.labels.tier}"))
                    .isEqualTo("gold");
            kubectl("label", "was/without-labels", "--overwrite", "wawp.net/shard=us");
            assertThat(shardOf("without-labels")).as("after an edit").isEqualTo("eu");

            ProgramRun diff = cluster.kubectlReading(
                    resource("without-labels", "", ""), "diff", "--namespace=" + namespace, "-f", "-");
            assertThat(diff.succeeded()).as(diff.output() + diff.errors()).isTrue();
        } finally {
            label("");
        }
    }

    @Test
    void anotherShardOfTheNamespaceIsThatOfAResourceOnceTheDocumentedCommandWasRun() {
        label("us");
        try {
            assertThat(applied("moved", "", SHARD)).isEqualTo("us");
            List<String> commands = Document.read("docs/install.md")
                    .commands("Move a namespace to another shard")
                    .get(0)
                    .replace(" crm ", " " + namespace + " ")
                    .lines()
                    .toList();
            assertThat(commands).hasSize(2);

            run(commands.get(0));
            awaitShard("eu");
            assertThat(shardOf("moved"))
                    .as("nothing has touched the resource yet")
                    .isEqualTo("us");
            run(commands.get(1));
            assertThat(shardOf("moved")).isEqualTo("eu");

            label("");
            kubectl("annotate", "was/moved", "example.com/note=any");
            assertThat(shardOf("moved")).as("a namespace without a shard").isEmpty();
        } finally {
            label("");
        }
    }

    private static void run(String command) {
        ProgramRun.of(cluster.shell(command), "", Duration.ofMinutes(1)).orThrow();
    }

    private static String shardOf(String name) {
        return kubectl("get", "was/" + name, SHARD);
    }

    private static String kubectl(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--namespace=" + namespace;
        return cluster.kubectl(all).orThrow().output();
    }

    /** An empty shard takes the label away. The API server has seen it when this returns. */
    private static void label(String shard) {
        cluster.kubectl(
                        "label",
                        "namespace",
                        namespace,
                        "--overwrite",
                        shard.isEmpty() ? "wawp.net/shard-" : "wawp.net/shard=" + shard)
                .orThrow();
        awaitShard(shard);
    }

    /** What admission knows of a namespace is some moments old. */
    private static void awaitShard(String shard) {
        await("shard '" + shard + "' for new resources")
                .atMost(LIMIT)
                .until(() -> applied("probe", "", SHARD, "--dry-run=server").equals(shard));
    }

    /** Likewise. */
    private static void setPolicy(String policy) {
        annotate(policy);
        await("policy " + policy + " for new resources")
                .atMost(LIMIT)
                .until(() -> policyOf("probe", "", "--dry-run=server").equals(policy));
    }

    private static void annotate(String policy) {
        cluster.kubectl("annotate", "namespace", namespace, "--overwrite", "wawp.net/deletion-policy=" + policy)
                .orThrow();
    }

    private static String policyOf(String name, String field, String... arguments) {
        return apply(resource(name, field, ""), "--output=jsonpath={.spec.deletionPolicy}", arguments);
    }

    /** Applies a resource with these labels, and gives what was asked for of it. */
    private static String applied(String name, String labels, String output, String... arguments) {
        return apply(resource(name, "", labels), output, arguments);
    }

    private static String apply(String resource, String output, String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 5);
        all[arguments.length] = "apply";
        all[arguments.length + 1] = "--namespace=" + namespace;
        all[arguments.length + 2] = "--filename=-";
        all[arguments.length + 3] = "--server-side";
        all[arguments.length + 4] = output;
        return cluster.kubectlReading(resource, all).orThrow().output();
    }

    private static String resource(String name, String field, String labels) {
        return """
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: %s, labels: {%s}}
                spec: {desiredState: Stopped, credentialsSecretRef: {name: wawp-credentials}, %s}
                """.formatted(name, labels, field);
    }
}
