package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import org.junit.jupiter.api.Test;

/** The operator keeps next to nothing of what others wrote in the metadata of a resource, and still leaves all of it there. */
@WithOperator
class OthersMetadataIT {

    private static final String NAME = "support-line";
    private static final String ANOTHERS_FINALIZER = "example.com/hold";
    private static final Duration TIMEOUT = Duration.ofSeconds(150);

    @Test
    void labelsAnnotationsOwnersFieldOwnershipAndFinalizersOfOthersSurviveEveryWrite(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.STOPPED);
        fixture.secret(SessionFixture.TOKEN);
        fixture.kubectl("create", "configmap", "owner");
        String owner = fixture.kubectl("get", "configmap/owner", "--output=jsonpath={.metadata.uid}")
                .output();
        fixture.apply("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata:
                  name: %s
                  labels: {app.kubernetes.io/part-of: crm, wawp.net/team: a}
                  annotations: {example.com/notes: "kept by others", wawp.net/lastUsedAt: "2026-01-01T00:00:00Z"}
                  finalizers: [%s]
                  ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: %s}]
                spec:
                  instanceId: %s
                  credentialsSecretRef: {name: wawp-credentials}
                  desiredState: Stopped
                  deletionPolicy: Stop
                """.formatted(NAME, ANOTHERS_FINALIZER, owner.strip(), fixture.instanceId()));
        ObjectMeta before = fixture.find(NAME).orElseThrow().getMetadata();

        fixture.awaitReason(NAME, "Stopped");
        assertOthersPartIs(before, fixture);
        assertThat(meta(fixture).getFinalizers()).contains(ANOTHERS_FINALIZER).hasSize(2);

        fixture.kubectl(
                "patch", "was/" + NAME, "--type=merge", "--patch", "{\"spec\": {\"desiredState\": \"Running\"}}");
        fixture.awaitReason(NAME, "PairingRequired");
        assertThat(fixture.changes()).containsExactly(Operation.start);
        assertOthersPartIs(before, fixture);

        fixture.kubectl("delete", "was/" + NAME, "--wait=false");
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(meta(fixture).getFinalizers()).containsExactly(ANOTHERS_FINALIZER));
        assertThat(fixture.changes()).containsExactly(Operation.start, Operation.stop);
        assertOthersPartIs(before, fixture);
        fixture.kubectl("patch", "was/" + NAME, "--type=merge", "--patch", "{\"metadata\": {\"finalizers\": null}}");
    }

    private static ObjectMeta meta(SessionFixture fixture) {
        return fixture.find(NAME).orElseThrow().getMetadata();
    }

    private static void assertOthersPartIs(ObjectMeta before, SessionFixture fixture) {
        ObjectMeta now = meta(fixture);
        assertThat(now.getLabels()).isEqualTo(before.getLabels());
        assertThat(now.getAnnotations()).isEqualTo(before.getAnnotations());
        assertThat(now.getOwnerReferences()).isEqualTo(before.getOwnerReferences());
        ManagedFieldsEntry applied = before.getManagedFields().get(0);
        assertThat(now.getManagedFields())
                .filteredOn(entry -> entry.getManager().equals(applied.getManager())
                        && entry.getSubresource() == null
                        && entry.getFieldsV1().toString().contains("app.kubernetes.io/part-of"))
                .as("what the one who applied it owns")
                .isNotEmpty();
    }
}
