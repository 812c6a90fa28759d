package net.wawp.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.stream.Stream;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What users see of the resource with kubectl. */
@OnKubernetes
class CrdIT {

    private static KubernetesCluster cluster;

    private String namespace;

    @BeforeAll
    static void installTheCrd(KubernetesCluster started) {
        cluster = started;
        cluster.installCrd();
    }

    @BeforeEach
    void inANamespaceOfItsOwn() {
        namespace = cluster.createNamespace("crd");
    }

    @Test
    void installsWithoutAWarning() {
        ProgramRun apply = cluster.kubectl("apply", "-f", CrdFile.PATH.toString());

        assertThat(apply.orThrow().errors()).isEmpty();
    }

    @Test
    void whatAUserLeavesOutIsFilledIn() {
        apply("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata:
                  name: least
                spec:
                  desiredState: Running
                  credentialsSecretRef:
                    name: wawp-credentials
                """);

        assertThat(kubectl("get", "was", "least", "-o", "jsonpath={.spec}"))
                .isEqualTo("{\"credentialsSecretRef\":{\"accessTokenKey\":\"access_token\","
                        + "\"instanceIdKey\":\"instance_id\",\"name\":\"wawp-credentials\"},"
                        + "\"desiredState\":\"Running\","
                        + "\"recovery\":{\"maxRestarts\":3,\"startingTimeout\":\"60s\"},\"suspend\":false}");
    }

    @Test
    void aResourceThatWasNeverPolledIsNotTakenForDone() {
        apply(session("new", "Running"));

        assertThat(kubectl("get", "was", "new", "-o", "jsonpath={.status}")).isEqualTo("{\"observedGeneration\":-1}");
    }

    @Test
    void aStatusInAManifestIsIgnored() {
        apply(session("boastful", "Running") + "status: {observedGeneration: 1, sessionState: WORKING}\n");

        assertThat(kubectl("get", "was", "boastful", "-o", "jsonpath={.status}"))
                .isEqualTo("{\"observedGeneration\":-1}");
    }

    @Test
    void aNumberThatTheOperatorCannotHoldIsRefusedInAStatus() {
        apply(session("counted", "Running"));

        assertThat(statusPatch("counted", "{\"restarts\": 2147483647}").succeeded())
                .isTrue();
        assertThat(statusPatch("counted", "{\"restarts\": 2147483648}").errors())
                .contains("status.restarts", "less than or equal to 2147483647");
        assertThat(statusPatch("counted", "{\"lastAction\": {\"attempt\": 2147483648}}")
                        .errors())
                .contains("status.lastAction.attempt", "less than or equal to 2147483647");
        assertThat(statusPatch("counted", "{\"observedGeneration\": 99999999999999999999}")
                        .errors())
                .contains("status.observedGeneration");
    }

    @Test
    void everyFieldIsExplained() {
        CustomResourceDefinition crd = cluster.client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("whatsappsessions.wawp.net")
                .get();
        JSONSchemaProps root = crd.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
        List<String> fields = Stream.of("spec", "status")
                .flatMap(name -> fields("was." + name, root.getProperties().get(name)))
                .toList();

        assertThat(fields).hasSizeGreaterThan(30).contains("was.spec.recovery.maxRestarts");
        assertThat(fields).allSatisfy(field -> assertThat(kubectl("explain", field))
                .containsPattern("DESCRIPTION:\n    [A-Z]?[^<]{8,}"));
    }

    @Test
    void aTableShowsWhatIsDesiredAndWhatIs() {
        apply(session("support-line", "Running"));
        cluster.client()
                .resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .withName("support-line")
                .editStatus(session -> {
                    session.setStatus(StatusSamples.working(1));
                    return session;
                });

        assertThat(kubectl("get", "was").lines().toList().get(0).split(" {2,}"))
                .containsExactly("NAME", "DESIRED", "STATE", "READY", "REASON", "SINCE", "AGE");
        assertThat(kubectl("get", "was"))
                .containsPattern("support-line +Running +WORKING +True +Working +\\d+[dy]\\S* +\\d+s");
        assertThat(kubectl("get", "was", "-o", "wide").lines().toList().get(0).split(" {2,}"))
                .endsWith("AGE", "INSTANCE", "ACCOUNT", "MESSAGE");
        assertThat(kubectl("get", "was", "-o", "wide"))
                .containsPattern("3EB0BCB2E3D4 +20•••••••678@c.us +The session is as it is\\.");
    }

    @Test
    void aTableOfAResourceThatWasNeverPolledHasGaps() {
        apply(session("new", "Running"));

        assertThat(kubectl("get", "was")).containsPattern("new +Running +\\d+s");
    }

    @Test
    void theResourceIsFoundByEachOfItsNames() {
        apply(session("support-line", "Running"));

        for (String name : List.of("whatsappsessions", "whatsappsession", "was", "wawp")) {
            assertThat(kubectl("get", name, "-o", "name")).isEqualTo("whatsappsession.wawp.net/support-line\n");
        }
    }

    @Test
    void resourcesAreSelectedByWhatTheyDesire() {
        apply(session("one", "Running"));
        apply(session("two", "Stopped"));
        apply(session("three", "Stopped"));

        assertThat(kubectl("get", "was", "--field-selector", "spec.desiredState=Stopped", "-o", "name")
                        .lines())
                .containsExactlyInAnyOrder("whatsappsession.wawp.net/two", "whatsappsession.wawp.net/three");
    }

    @Test
    void resourcesAreSelectedByTheInstanceThatTheyAreBoundTo() {
        apply(session("one", "Running"));
        apply(session("two", "Running"));
        statusPatch("two", "{\"instanceId\": \"3EB0BCB2E3D4\"}").orThrow();

        assertThat(kubectl("get", "was", "--field-selector", "status.instanceId=3EB0BCB2E3D4", "-o", "name"))
                .isEqualTo("whatsappsession.wawp.net/two\n");
    }

    private static Stream<String> fields(String path, JSONSchemaProps schema) {
        JSONSchemaProps holder =
                schema.getItems() == null ? schema : schema.getItems().getSchema();
        return Stream.concat(
                Stream.of(path),
                holder.getProperties().entrySet().stream()
                        .flatMap(field -> fields(path + "." + field.getKey(), field.getValue())));
    }

    private ProgramRun statusPatch(String name, String status) {
        return cluster.kubectl(
                "patch",
                "was/" + name,
                "-n",
                namespace,
                "--subresource=status",
                "--type=merge",
                "--patch",
                "{\"status\": %s}".formatted(status));
    }

    private void apply(String manifest) {
        cluster.kubectlReading(manifest, "apply", "-n", namespace, "-f", "-").orThrow();
    }

    private String kubectl(String... arguments) {
        String[] withNamespace =
                Stream.concat(Stream.of(arguments), Stream.of("-n", namespace)).toArray(String[]::new);
        return cluster.kubectl(withNamespace).orThrow().output();
    }

    private static String session(String name, String desiredState) {
        return """
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata:
                  name: %s
                spec:
                  desiredState: %s
                  instanceId: 3EB0BCB2E3D4
                  credentialsSecretRef:
                    name: wawp-credentials
                """.formatted(name, desiredState);
    }
}
