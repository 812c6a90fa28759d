package net.wawp.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhatsAppSessionTest {

    private static final String EVERYTHING = """
            apiVersion: wawp.net/v1alpha1
            kind: WhatsAppSession
            metadata:
              name: support-line
              namespace: crm
            spec:
              desiredState: Running
              instanceId: 3EB0BCB2E3D4
              credentialsSecretRef:
                name: wawp-credentials
                accessTokenKey: token
                instanceIdKey: instance
              suspend: true
              pollInterval: 60s
              deletionPolicy: Logout
              recovery:
                startingTimeout: 90s
                maxRestarts: 0
              pairing:
                mode: QR
                expectedAccount: "4915112345678"
              runningHours:
                - start: 0 8 * * 1-5
                  duration: 10h
                  timeZone: Europe/Berlin
              idleTimeout: 24h
            status:
              observedGeneration: 4
              sessionState: WORKING
              pairing: Paired
              instanceId: 3EB0BCB2E3D4
              sessionName: wawp-84729105
              account:
                id: 20•••••••678@c.us
              plannedAction: Stop
              lastAction:
                type: Logout
                id: 7f3c
                purpose: Desired
                phase: Confirmed
                attempt: 1
                generation: 4
                time: 2026-01-02T03:04:05Z
              restarts: 0
              lastHandledRequestAt: now
              lastHandledRestart: again
              pairingRequest:
                token: scan
                phase: Offered
                expiresAt: 2026-01-02T03:04:05Z
              nextTransitionAt: 2026-01-02T03:04:05Z
              idleSince: 2026-01-02T03:04:05Z
              conditions:
                - type: Ready
                  status: "True"
                  reason: Working
                  message: Linked.
                  lastTransitionTime: 2026-01-02T03:04:05Z
                  observedGeneration: 4
            """;

    @Test
    void everyFieldOfAManifestComesThroughUnchanged() {
        WhatsAppSession session = Serialization.unmarshal(EVERYTHING, WhatsAppSession.class);

        assertThat(Serialization.unmarshal(Serialization.asJson(session), JsonNode.class))
                .isEqualTo(Serialization.unmarshal(EVERYTHING, JsonNode.class));
    }

    @Test
    void whatAUserLeavesOutHasItsDefaultAlsoWhereNoServerFillsItIn() {
        WhatsAppSessionSpec spec = Serialization.unmarshal("""
                desiredState: Running
                credentialsSecretRef: {name: a}
                recovery: {}
                """, WhatsAppSessionSpec.class);

        assertThat(spec)
                .isEqualTo(WhatsAppSessionSpec.builder()
                        .desiredState(DesiredState.Running)
                        .credentialsSecretRef(new CredentialsSecretRef("a", "access_token", "instance_id"))
                        .suspend(false)
                        .deletionPolicy(DeletionPolicy.Retain)
                        .recovery(new Recovery("60s", 3))
                        .build());
    }

    @Test
    void anUnknownWordIsNullAndLeavesTheRestOfTheListReadable() {
        DefaultKubernetesResourceList<WhatsAppSession> list = Serialization.unmarshal("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSessionList
                items:
                  - metadata: {name: strange}
                    spec: {desiredState: Paused, deletionPolicy: Shred, newField: 1, credentialsSecretRef: {name: a}}
                    status: {sessionState: DREAMING, newField: 1}
                  - metadata: {name: empty}
                  - metadata: {name: usual}
                    spec: {desiredState: Stopped, credentialsSecretRef: {name: a}}
                """, new TypeReference<>() {});

        assertThat(list.getItems()).hasSize(3);
        assertThat(list.getItems().get(0).getSpec().desiredState()).isNull();
        assertThat(list.getItems().get(0).getSpec().deletionPolicy()).isEqualTo(DeletionPolicy.Retain);
        assertThat(list.getItems().get(0).getStatus().sessionState()).isEqualTo("DREAMING");
        assertThat(list.getItems().get(1).getSpec()).isNull();
        assertThat(list.getItems().get(2).getSpec().desiredState()).isEqualTo(DesiredState.Stopped);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2147483648",
                "-99999999999999999999",
                "1e300",
                "1.5",
                "\"7\"",
                "true",
                "null",
                "{\"a\": [1]}",
                "[1, {\"a\": 2}]"
            })
    void aNumberThatDoesNotFitIsAbsentAndLeavesTheRestOfTheListReadable(String strange) {
        DefaultKubernetesResourceList<WhatsAppSession> list =
                Serialization.unmarshal("""
                {
                  "apiVersion": "wawp.net/v1alpha1",
                  "kind": "WhatsAppSessionList",
                  "items": [
                    {
                      "metadata": {"name": "strange"},
                      "status": {
                        "restarts": %1$s,
                        "lastAction": {"type": "Start", "attempt": %1$s, "id": "7f3c"},
                        "sessionState": "WORKING"
                      }
                    },
                    {"metadata": {"name": "usual"}, "status": {"restarts": 2, "lastAction": {"attempt": 3}}}
                  ]
                }
                """.formatted(strange), new TypeReference<>() {});

        WhatsAppSessionStatus status = list.getItems().get(0).getStatus();
        assertThat(status.restarts()).isNull();
        assertThat(status.lastAction().attempt()).isNull();
        assertThat(status.lastAction().id()).isEqualTo("7f3c");
        assertThat(status.sessionState()).isEqualTo("WORKING");
        assertThat(list.getItems().get(1).getStatus().restarts()).isEqualTo(2);
        assertThat(list.getItems().get(1).getStatus().lastAction().attempt()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "1e300", "0.5", "\"7\"", "null"})
    void aGenerationThatDoesNotFitIsAbsent(String strange) {
        WhatsAppSessionStatus status = Serialization.unmarshal("""
                {"observedGeneration": %1$s, "conditions": [{"type": "Ready", "observedGeneration": %1$s}]}
                """.formatted(strange), WhatsAppSessionStatus.class);

        assertThat(status.observedGeneration()).isNull();
        assertThat(status.conditions()).extracting(Condition::type).containsExactly("Ready");
        assertThat(status.conditions().get(0).observedGeneration()).isNull();
    }

    @Test
    void numbersAtTheirBoundsAreRead() {
        WhatsAppSessionStatus status = Serialization.unmarshal("""
                {"observedGeneration": 9223372036854775807, "restarts": 2147483647, "lastAction": {"attempt": -2147483648}}
                """, WhatsAppSessionStatus.class);

        assertThat(status.observedGeneration()).isEqualTo(Long.MAX_VALUE);
        assertThat(status.restarts()).isEqualTo(Integer.MAX_VALUE);
        assertThat(status.lastAction().attempt()).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void aBuilderBeginsWithTheFieldsThatItIsMadeFrom() {
        WhatsAppSession session = Serialization.unmarshal(EVERYTHING, WhatsAppSession.class);

        assertThat(session.getSpec().toBuilder().build()).isEqualTo(session.getSpec());
        assertThat(session.getStatus().toBuilder().build()).isEqualTo(session.getStatus());
    }

    @Test
    void aStatusIsEqualToTheSameStatusReadFromTheCluster() {
        WhatsAppSessionStatus written = status();
        WhatsAppSessionStatus read =
                Serialization.unmarshal(Serialization.asJson(written), WhatsAppSessionStatus.class);

        assertThat(read).isEqualTo(written);
    }

    private static WhatsAppSessionStatus status() {
        return WhatsAppSessionStatus.builder()
                .observedGeneration(1L)
                .sessionState("STOPPED")
                .pairing("Unknown")
                .restarts(0)
                .build();
    }
}
