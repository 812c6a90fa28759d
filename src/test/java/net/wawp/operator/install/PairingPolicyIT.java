package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a thief of the operator's token can do to Secrets once the operator may write them. No operator runs. */
@OnKubernetes(needs = Program.Helm)
@Execution(ExecutionMode.SAME_THREAD)
class PairingPolicyIT {

    private static final String REFUSAL =
            "the operator may write and delete only Secrets of type Opaque that belong to a WhatsAppSession and are named as it is";
    private static KubernetesCluster cluster;
    private static String namespace;
    private static String ownedByLine;

    @BeforeAll
    static void install(KubernetesCluster started) {
        cluster = started;
        cluster.installCrd();
        namespace = cluster.createNamespace("pairs");
        cluster.helm(
                        "install",
                        "thief",
                        HelmChart.DIRECTORY.toString(),
                        "--namespace=" + namespace,
                        "--set=replicas=0,crds.enabled=false,pairing.enabled=true,watchNamespaces={" + namespace + "}")
                .orThrow();
        cluster.kubectlReading("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: line}
                spec: {desiredState: Stopped, instanceId: 3EB0BCB2E3D4, credentialsSecretRef: {name: wawp-credentials}}
                """, "create", "--namespace=" + namespace, "-f", "-")
                .orThrow();
        // the garbage collector would delete a Secret whose owner is not there
        String uid = cluster.kubectl("get", "--namespace=" + namespace, "was/line", "-o", "jsonpath={.metadata.uid}")
                .orThrow()
                .output();
        ownedByLine = "ownerReferences: [{apiVersion: wawp.net/v1alpha1, kind: WhatsAppSession, name: line, uid: %s}]"
                .formatted(uid);
        await("the policy is in force some moments after it was made")
                .atMost(Duration.ofMinutes(2))
                .until(() -> asOperator(secret("probe", "Opaque", ""), "create", "--dry-run=server", "-f", "-")
                        .errors()
                        .contains(REFUSAL));
    }

    @AfterAll
    static void uninstall() {
        cluster.helm("uninstall", "thief", "--namespace=" + namespace).orThrow();
    }

    @Test
    void theSecretOfASessionMayBeWrittenAndDeleted() {
        String own = secret("line-pairing", "Opaque", ownedByLine);

        asOperator(own, "create", "-f", "-").orThrow();
        asOperator(own, "replace", "-f", "-").orThrow();
        asOperator("", "delete", "--wait=false", "secret/line-pairing").orThrow();
    }

    @Test
    void noTokenOfAServiceAccountCanBeHad() {
        String token = secret(
                "line-pairing",
                "kubernetes.io/service-account-token",
                ownedByLine + "\n  annotations: {kubernetes.io/service-account.name: default}");

        assertRefused(asOperator(token, "create", "-f", "-"));
    }

    @Test
    void nothingIsCreatedUnderAnotherNameOrForNoSession() {
        for (String secret : List.of(
                secret("line", "Opaque", ownedByLine),
                secret("other-pairing", "Opaque", ownedByLine),
                secret("line-pairing", "Opaque", ""),
                secret("line-pairing", "Opaque", ownedByLine.replace("WhatsAppSession", "ConfigMap")),
                secret("line-pairing", "Opaque", ownedByLine.replace("wawp.net", "example.com")))) {
            assertRefused(asOperator(secret, "create", "-f", "-"));
        }
    }

    @Test
    void theSecretsOfOthersAreNeitherOverwrittenNorDeleted() {
        // whoever else may write Secrets is no concern of the policy
        cluster.kubectlReading(secret("line-pairing", "Opaque", ""), "create", "--namespace=" + namespace, "-f", "-")
                .orThrow();

        assertRefused(asOperator(secret("line-pairing", "Opaque", ownedByLine), "replace", "-f", "-"));
        assertRefused(asOperator("", "delete", "--wait=false", "secret/line-pairing"));

        cluster.kubectl("delete", "--namespace=" + namespace, "secret/line-pairing")
                .orThrow();
    }

    private static void assertRefused(ProgramRun run) {
        assertThat(run.succeeded()).isFalse();
        assertThat(run.errors()).contains("(Forbidden)", REFUSAL);
    }

    private static String secret(String name, String type, String metadata) {
        return """
                apiVersion: v1
                kind: Secret
                type: %s
                metadata:
                  name: %s
                  %s
                """.formatted(type, name, metadata);
    }

    private static ProgramRun asOperator(String yaml, String... arguments) {
        String user = "--as=system:serviceaccount:%s:thief-wawp-operator".formatted(namespace);
        return cluster.kubectlReading(
                yaml,
                Stream.concat(Stream.of("--namespace=" + namespace, user), Arrays.stream(arguments))
                        .toArray(String[]::new));
    }
}
