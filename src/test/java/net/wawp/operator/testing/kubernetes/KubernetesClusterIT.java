package net.wawp.operator.testing.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.nio.file.Path;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** What the other tests rely on. */
@OnKubernetes(needs = Program.KubeControllerManager, cluster = Cluster.Own)
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts API servers")
class KubernetesClusterIT {

    private static KubernetesCluster cluster;

    private String namespace;

    @BeforeAll
    static void start() throws ProgramsMissingException {
        cluster =
                KubernetesCluster.start(ProgramSource.ofThisCheckout(System.out).get());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void inANamespaceOfItsOwn() {
        namespace = cluster.createNamespace("harness");
    }

    @RepeatedTest(10)
    void theAuditLogKnowsAWriteAsSoonAsItsClientDoes() {
        AuditLog.Mark before = cluster.audit().mark();

        create("written");

        assertThat(cluster.audit().since(before))
                .filteredOn(event -> event.isWrite() && event.namespace().equals(namespace))
                .filteredOn(event -> event.resource().equals("configmaps"))
                .filteredOn(event -> !event.user().startsWith("system:"))
                .singleElement()
                .returns("create", AuditEvent::verb)
                .returns("kubeapitest", AuditEvent::user)
                .returns(201, AuditEvent::code)
                .returns(true, AuditEvent::succeeded);
    }

    @Test
    void aServiceAccountMayDoNothingThatItWasNotGranted() {
        Path kubeconfig = serviceAccount();

        assertThat(cluster.kubectl("--kubeconfig", kubeconfig.toString(), "auth", "whoami", "-o", "name")
                        .orThrow()
                        .output())
                .isNotEmpty();
        assertThat(cluster.kubectl("--kubeconfig", kubeconfig.toString(), "get", "secrets"))
                .returns(false, ProgramRun::succeeded)
                .extracting(ProgramRun::errors)
                .asString()
                .contains("system:serviceaccount:" + namespace + ":robot\" cannot list resource \"secrets\"");
    }

    @Test
    void aDeletedNamespaceGoesWithAllThatIsInIt() {
        create("inside");

        cluster.kubectl("delete", "namespace", namespace, "--timeout=150s").orThrow();

        assertThat(cluster.client().namespaces().withName(namespace).get()).isNull();
    }

    @Test
    void aReplicaServesTheSameDataAlsoAfterAPowerCut() {
        try (ApiServerReplica replica = cluster.startReplica()) {
            String kubeconfig = replica.kubeconfigLike(cluster.kubeconfig()).toString();
            replica.kill();
            assertThat(cluster.kubectl("--kubeconfig", kubeconfig, "get", "configmaps", "-n", namespace))
                    .returns(false, ProgramRun::succeeded);
            create("meanwhile");

            replica.start();

            cluster.kubectl("--kubeconfig", kubeconfig, "get", "configmap", "meanwhile", "-n", namespace)
                    .orThrow();
            assertThat(replica.audit().events())
                    .anyMatch(
                            event -> event.verb().equals("get") && event.name().equals("meanwhile"));
        }
    }

    @Test
    void aFrozenReplicaAnswersOnceItIsThawed() {
        try (ApiServerReplica replica = cluster.startReplica()) {
            String kubeconfig = replica.kubeconfigLike(cluster.kubeconfig()).toString();
            replica.pause();
            assertThat(cluster.kubectl(
                            "--kubeconfig", kubeconfig, "--request-timeout=1s", "get", "namespace", namespace))
                    .returns(false, ProgramRun::succeeded);

            replica.resume();

            await().until(() -> cluster.kubectl("--kubeconfig", kubeconfig, "get", "namespace", namespace)
                    .succeeded());
        }
    }

    private void create(String name) {
        ConfigMap configMap = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .build();
        cluster.client().resource(configMap).create();
    }

    private Path serviceAccount() {
        cluster.client()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("robot")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        return cluster.kubeconfigOf(namespace, "robot");
    }
}
