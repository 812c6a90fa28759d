package net.wawp.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools that wait for a session return when it is as desired, and not before. */
@OnKubernetes(needs = Program.Helm)
class ReadinessIT {

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

    /** How long a tool may take that waits for something which is so already. */
    private static final String TIMEOUT = "2m";

    private static KubernetesCluster cluster;

    private String namespace;

    @BeforeAll
    static void installTheCrd(KubernetesCluster started) {
        cluster = started;
        cluster.installCrd();
    }

    @BeforeEach
    void inANamespaceOfItsOwn() {
        namespace = cluster.createNamespace("readiness");
    }

    @Test
    void kubectlWaitsForAResourceThatWasNeverPolled() {
        create();

        assertThat(kubectlWait("1s").errors()).contains("timed out waiting for the condition");
    }

    @Test
    void kubectlReturnsOnceTheSessionIsAsDesired() {
        create();
        write(StatusSamples.starting(1));
        assertThat(kubectlWait("1s").errors()).contains("timed out waiting for the condition");

        write(StatusSamples.working(1));
        kubectlWait(TIMEOUT).orThrow();
    }

    @Test
    void kubectlDoesNotTakeTheStatusBeforeAnEditForTheOneAfter() {
        create();
        write(StatusSamples.working(1));
        session().edit(session -> {
            session.setSpec(session.getSpec().toBuilder()
                    .desiredState(DesiredState.Stopped)
                    .build());
            return session;
        });
        assertThat(kubectlWait("1s").errors()).contains("timed out waiting for the condition");

        write(StatusSamples.working(2));
        kubectlWait(TIMEOUT).orThrow();
    }

    @Test
    void helmWaitsForASessionByTheRulesOfKstatus(@TempDir Path chart) throws IOException {
        Files.writeString(chart.resolve("Chart.yaml"), "{apiVersion: v2, name: line, version: 1.0.0}");
        Files.createDirectory(chart.resolve("templates"));
        Files.writeString(chart.resolve("templates/session.yaml"), MANIFEST);
        assertThat(helmUpgrade(chart, "3s").errors()).contains("context deadline exceeded");

        write(StatusSamples.starting(1));
        assertThat(helmUpgrade(chart, "3s").errors()).contains("context deadline exceeded");

        write(StatusSamples.working(1));
        assertThat(helmUpgrade(chart, TIMEOUT).orThrow().errors()).isEmpty();
    }

    private void create() {
        cluster.kubectlReading(MANIFEST, "apply", "-n", namespace, "-f", "-").orThrow();
    }

    private Resource<WhatsAppSession> session() {
        return cluster.client()
                .resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .withName("support-line");
    }

    private void write(WhatsAppSessionStatus status) {
        session().editStatus(session -> {
            session.setStatus(status);
            return session;
        });
    }

    private ProgramRun kubectlWait(String timeout) {
        return cluster.kubectl(
                "wait",
                "--for=condition=Ready",
                "--timeout=" + timeout,
                "-n",
                namespace,
                "whatsappsession/support-line");
    }

    private ProgramRun helmUpgrade(Path chart, String timeout) {
        return cluster.helm(
                "upgrade", "--install", "--wait", "--timeout=" + timeout, "-n", namespace, "line", chart.toString());
    }
}
