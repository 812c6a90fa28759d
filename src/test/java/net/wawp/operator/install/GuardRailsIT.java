package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
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

/**
 * The chart's guard rails, all enabled, with its roles for people: vera may view sessions, jane may edit them, lou may also log out. The
 * API server decides alone; no operator runs.
 */
@OnKubernetes(needs = Program.Helm)
@Execution(ExecutionMode.SAME_THREAD)
class GuardRailsIT {

    private static KubernetesCluster cluster;
    private static String namespace;

    @BeforeAll
    static void installGuardRails(KubernetesCluster started) {
        cluster = started;
        cluster.installCrd();
        namespace = cluster.createNamespace("guarded");
        cluster.kubectl("annotate", "namespace", namespace, "wawp.net/allowed-instances=3EB0BCB2E3D4, 3eb0bcb2e3d5")
                .orThrow();
        cluster.helm(
                        "install",
                        "guards",
                        HelmChart.DIRECTORY.toString(),
                        "--namespace=" + namespace,
                        "--set=replicas=0,crds.enabled=false,rbac.userRoles=true,watchNamespaces={" + namespace + "}",
                        "--set=guardRails.logout.enabled=true,guardRails.instances.enabled=true",
                        "--set=guardRails.secrets.enabled=true,guardRails.secrets.names={wawp-credentials,sales-*}",
                        "--set=guardRails.pollInterval.enabled=true")
                .orThrow();
        kubectl("create", "rolebinding", "jane", "--role=guards-wawp-operator-edit", "--user=jane")
                .orThrow();
        kubectl("create", "rolebinding", "lou", "--role=guards-wawp-operator-admin", "--user=lou")
                .orThrow();
        kubectl("create", "rolebinding", "vera", "--role=guards-wawp-operator-view", "--user=vera")
                .orThrow();
        await("policies are in force some moments after they were made")
                .atMost(Duration.ofMinutes(1))
                .until(() -> !apply("jane", "probe", "pollInterval: 5s", "--dry-run=server")
                                .succeeded()
                        && !apply("jane", "probe", "deletionPolicy: Logout", "--dry-run=server")
                                .succeeded()
                        && !apply("jane", "probe", "instanceId: 9EB0BCB2E3D9", "--dry-run=server")
                                .succeeded()
                        && !apply("jane", "probe", "credentialsSecretRef: {name: other}", "--dry-run=server")
                                .succeeded());
    }

    @AfterAll
    static void removeGuardRails() {
        cluster.helm("uninstall", "guards", "--namespace=" + namespace).orThrow();
    }

    @Test
    void whoMayViewReadsAndChangesNothing() {
        apply("jane", "seen", "").orThrow();

        kubectl("--as=vera", "get", "was/seen").orThrow();
        assertRefused(apply("vera", "seen", "pollInterval: 1m"), "User \"vera\" cannot patch resource");
        assertRefused(kubectl("--as=vera", "delete", "was/seen"), "User \"vera\" cannot delete resource");
        assertRefused(kubectl("--as=vera", "get", "secrets"), "User \"vera\" cannot list resource");
    }

    @Test
    void anEditorMayNotRequestALogout() {
        apply("jane", "line", "").orThrow();

        assertRefused(
                apply("jane", "line", "desiredState: LoggedOut"),
                "jane may not change a resource that requests a logout: desiredState LoggedOut and deletionPolicy Logout need the"
                        + " verb \"logout\" on whatsappsessions.wawp.net in namespace " + namespace);
        assertRefused(apply("jane", "line", "deletionPolicy: Logout"), "jane may not change a resource that requests");
        apply("lou", "line", "desiredState: LoggedOut").orThrow();
    }

    @Test
    void anEditorMayWithdrawALogoutButNotResumeOne() {
        apply("lou", "suspended", "{desiredState: LoggedOut, suspend: true}").orThrow();

        assertRefused(
                apply("jane", "suspended", "{desiredState: LoggedOut, suspend: false}"),
                "jane may not change a resource");
        kubectl("--as=jane", "label", "was/suspended", "tier=backend").orThrow();
        apply("jane", "suspended", "desiredState: Stopped").orThrow();
    }

    @Test
    void deletingAResourceWhosePolicyIsLogoutNeedsTheSameVerb() {
        apply("lou", "to-delete", "deletionPolicy: Logout").orThrow();

        assertRefused(
                kubectl("--as=jane", "delete", "was/to-delete"),
                "jane may not delete a resource whose deletionPolicy is Logout: this needs the verb \"logout\" on"
                        + " whatsappsessions.wawp.net in namespace " + namespace
                        + "; with deletionPolicy Retain or Stop it can be deleted");
        kubectl("--as=lou", "delete", "was/to-delete").orThrow();
    }

    @Test
    void deletingANamespaceDeletesItsResources() {
        apply("lou", "goes-along", "deletionPolicy: Logout").orThrow();

        kubectl("--as=system:serviceaccount:kube-system:namespace-controller", "delete", "was/goes-along")
                .orThrow();
    }

    @Test
    void theVerbCanBeGrantedForOneResource() {
        apply("jane", "only-this", "").orThrow();
        apply("jane", "not-this", "").orThrow();
        kubectl("create", "role", "log-out-one", "--verb=logout", "--resource=was", "--resource-name=only-this")
                .orThrow();
        kubectl("create", "rolebinding", "log-out-one", "--role=log-out-one", "--user=jane")
                .orThrow();

        await("authorization knows the new role").atMost(Duration.ofMinutes(1)).until(() -> apply(
                        "jane", "only-this", "desiredState: LoggedOut")
                .succeeded());
        assertRefused(apply("jane", "not-this", "desiredState: LoggedOut"), "jane may not change a resource");
        kubectl("delete", "rolebinding", "log-out-one").orThrow();
    }

    @Test
    void aNamespaceMayUseOnlyItsAllowedInstances() {
        apply("jane", "allowed", "instanceId: 3EB0BCB2E3D5").orThrow();

        assertRefused(
                apply("jane", "not-allowed", "instanceId: 9EB0BCB2E3D9"),
                "namespace " + namespace
                        + " may not name instance 9EB0BCB2E3D9: it is not in the namespace's annotation wawp.net/allowed-instances");
        assertRefused(
                apply("jane", "not-named", "instanceId: null"),
                "spec.instanceId is required in this namespace: an instance id from a Secret cannot be compared with the namespace's"
                        + " list");
    }

    @Test
    void onlyTheNamedSecretsAndKeysMayBeUsed() {
        apply("jane", "sales", "credentialsSecretRef: {name: sales-north}").orThrow();

        assertRefused(
                apply("jane", "other", "credentialsSecretRef: {name: database}"),
                "spec.credentialsSecretRef.name must be one of wawp-credentials, sales-*; it is database");
        assertRefused(
                apply("jane", "other", "credentialsSecretRef: {name: wawp-credentials, accessTokenKey: password}"),
                "spec.credentialsSecretRef.accessTokenKey must be one of access_token");
    }

    @Test
    void theIntervalHasAMinimum() {
        apply("jane", "slow", "pollInterval: 1m").orThrow();

        assertRefused(apply("jane", "fast", "pollInterval: 10s"), "spec.pollInterval must be 30s or longer; it is 10s");
    }

    private static void assertRefused(ProgramRun run, String message) {
        assertThat(run.succeeded()).isFalse();
        assertThat(run.errors()).contains(message);
    }

    /** Applies a resource whose spec is the usual one, overridden by {@code spec}. */
    private static ProgramRun apply(String user, String name, String spec, String... more) {
        ObjectNode resource = (ObjectNode) Yaml.read("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: %s}
                spec: {desiredState: Running, instanceId: 3EB0BCB2E3D4, credentialsSecretRef: {name: wawp-credentials}}
                """.formatted(name));
        Yaml.read(spec.isEmpty() ? "{}" : spec).properties().forEach(field -> resource.withObject("/spec")
                .set(field.getKey(), field.getValue()));
        return cluster.kubectlReading(Yaml.write(resource), arguments(user, more));
    }

    private static String[] arguments(String user, String... more) {
        return Stream.concat(Stream.of("--namespace=" + namespace, "--as=" + user, "apply", "-f", "-"), Stream.of(more))
                .toArray(String[]::new);
    }

    private static ProgramRun kubectl(String... arguments) {
        return cluster.kubectl(Stream.concat(Stream.of("--namespace=" + namespace), Stream.of(arguments))
                .toArray(String[]::new));
    }
}
