package net.wawp.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's writes and those of a GitOps tool go together: neither takes a field from the other. */
@OnKubernetes
class ServerSideApplyIT {

    private static final String MANIFEST = """
            apiVersion: wawp.net/v1alpha1
            kind: WhatsAppSession
            metadata:
              name: support-line
            spec:
              desiredState: Running
              credentialsSecretRef:
                name: wawp-credentials
            """;

    private static KubernetesCluster cluster;

    private String namespace;

    @BeforeAll
    static void installTheCrd(KubernetesCluster started) {
        cluster = started;
        cluster.installCrd();
    }

    @BeforeEach
    void inANamespaceOfItsOwn() {
        namespace = cluster.createNamespace("gitops");
    }

    @ParameterizedTest
    @ValueSource(strings = {"argocd-controller", "kustomize-controller"})
    void afterAStatusWriteThereIsNoDiffAndNoConflict(String manager) {
        apply(manager, MANIFEST).orThrow();
        writeStatus();

        assertThat(diff(manager).orThrow().output()).isEmpty();
        assertThat(apply(manager, MANIFEST).orThrow().errors()).isEmpty();
        assertThat(session().get().getStatus()).isEqualTo(StatusSamples.working(1));
    }

    @Test
    void afterAFinalizerWasAddedThereIsNoDiffAndNoConflict() {
        apply("argocd-controller", MANIFEST).orThrow();
        session().edit(session -> {
            session.addFinalizer("wawp.net/session");
            return session;
        });

        assertThat(diff("argocd-controller").orThrow().output()).isEmpty();
        apply("argocd-controller", MANIFEST).orThrow();
        assertThat(session().get().getFinalizers()).containsExactly("wawp.net/session");
    }

    @Test
    void aStatusWriteFromACopyWithoutManagedFieldsLeavesThemAlone() {
        apply("argocd-controller", MANIFEST).orThrow();
        List<ManagedFieldsEntry> before = session().get().getMetadata().getManagedFields();

        writeStatus();

        List<ManagedFieldsEntry> after = session().get().getMetadata().getManagedFields();
        assertThat(after).containsAll(before).hasSize(before.size() + 1);
        assertThat(after.get(before.size()))
                .returns("status", ManagedFieldsEntry::getSubresource)
                .returns("Update", ManagedFieldsEntry::getOperation);
    }

    @Test
    void anApplyAfterAStatusWriteStillChangesTheSpec() {
        apply("argocd-controller", MANIFEST).orThrow();
        writeStatus();

        apply("argocd-controller", MANIFEST.replace("Running", "Stopped")).orThrow();

        assertThat(session().get().getSpec().desiredState()).isEqualTo(DesiredState.Stopped);
        assertThat(session().get().getMetadata().getGeneration()).isEqualTo(2);
    }

    @Test
    void aStatusWriteOnAnOldVersionIsRefused() {
        apply("argocd-controller", MANIFEST).orThrow();
        WhatsAppSession old = session().get();
        apply("argocd-controller", MANIFEST.replace("Running", "Stopped")).orThrow();

        assertThatThrownBy(() -> write(old))
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> assertThat(refused.getCode())
                        .isEqualTo(409));
    }

    private void writeStatus() {
        write(session().get());
    }

    /** As the operator does: from its cache, whose copies hold no managed fields. */
    private void write(WhatsAppSession cached) {
        cached.getMetadata().setManagedFields(null);
        cached.setStatus(StatusSamples.working(1));
        cluster.client()
                .resource(cached)
                .lockResourceVersion(cached.getMetadata().getResourceVersion())
                .updateStatus();
    }

    private Resource<WhatsAppSession> session() {
        return cluster.client()
                .resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .withName("support-line");
    }

    private ProgramRun apply(String manager, String manifest) {
        return cluster.kubectlReading(
                manifest, "apply", "--server-side", "--field-manager", manager, "-n", namespace, "-f", "-");
    }

    private ProgramRun diff(String manager) {
        return cluster.kubectlReading(
                MANIFEST, "diff", "--server-side", "--field-manager", manager, "-n", namespace, "-f", "-");
    }
}
