package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.install.ArgoCd.Configuration;
import net.wawp.operator.session.Reason;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The health that Argo CD and Flux derive from each status that the operator writes. */
@OnKubernetes
class GitOpsHealthIT {

    /**
     * The status, then its health in Argo CD, in Argo CD without waiting for pairing, in Flux, and in Flux without waiting for pairing.
     */
    private static final String TABLE = """
            Working                            Healthy     Healthy     Current     Current
            Stopped                            Healthy     Healthy     Current     Current
            LoggedOut                          Healthy     Healthy     Current     Current
            OutsideRunningHours                Healthy     Healthy     Current     Current
            Idle                               Healthy     Healthy     Current     Current
            Starting                           Progressing Progressing InProgress  InProgress
            Stopping                           Progressing Progressing InProgress  InProgress
            LoggingOut                         Progressing Progressing InProgress  InProgress
            Recovering                         Progressing Progressing InProgress  InProgress
            Restarting                         Progressing Progressing InProgress  InProgress
            AccountMismatch                    Degraded    Degraded    Failed      Failed
            PairingRequired                    Degraded    Healthy     Failed      Current
            SecretInvalid                      Degraded    Degraded    Failed      Failed
            Unauthorized                       Degraded    Degraded    Failed      Failed
            QuotaExceeded                      Degraded    Degraded    Failed      Failed
            InstanceNotFound                   Degraded    Degraded    Failed      Failed
            RequestRejected                    Degraded    Degraded    Failed      Failed
            RecoveryExhausted                  Degraded    Degraded    Failed      Failed
            LogoutUncertain                    Degraded    Degraded    Failed      Failed
            UnknownSessionState                Degraded    Degraded    Failed      Failed
            SecretNotFound-at-first            Progressing Progressing InProgress  InProgress
            SecretNotFound-after-two-minutes   Degraded    Degraded    Failed      Failed
            InstanceConflict-at-first          Progressing Progressing InProgress  InProgress
            InstanceConflict-after-two-minutes Degraded    Degraded    Failed      Failed
            GatewayUnavailable                 Progressing Progressing InProgress  InProgress
            RateLimited                        Progressing Progressing InProgress  InProgress
            Suspended-as-desired               Suspended   Suspended   Current     Current
            Suspended-otherwise                Suspended   Suspended   Failed      Failed
            edited-since                       Progressing Progressing InProgress  InProgress
            not-polled-yet                     Progressing Progressing InProgress  InProgress
            being-deleted                      Progressing Progressing InProgress  InProgress
            """;

    private static List<JsonNode> versions;

    @BeforeAll
    static void record(KubernetesCluster cluster) {
        versions = RecordedSessions.until(expected(1).keySet(), cluster);
    }

    @Test
    void argoCdDerivesTheHealthInTheTable() {
        assertColumn(1, resource -> Configuration.Complete.health(resource)
                .get("status")
                .asText());
    }

    @Test
    void argoCdCanCountASessionThatWaitsForPairingAsHealthy() {
        assertColumn(2, resource -> Configuration.WithoutPairing.health(resource)
                .get("status")
                .asText());
    }

    @Test
    void fluxDerivesTheHealthInTheTable() {
        assertColumn(3, FluxHealth.read("sessions.yaml")::of);
    }

    @Test
    void fluxCanCountASessionThatWaitsForPairingAsReady() {
        assertColumn(4, FluxHealth.read("sessions-without-pairing.yaml")::of);
    }

    @Test
    void everyReasonOfAConditionIsAmongThem() {
        assertThat(versions.stream()
                        .flatMap(version -> RecordedSessions.conditions(version).values().stream())
                        // it says whether a phone is linked, in words of its own
                        .filter(condition -> !condition.get("type").asText().equals("Paired"))
                        .map(condition -> condition.get("reason").asText()))
                .containsOnly(Stream.of(Reason.values())
                        .filter(reason -> reason != Reason.FinalizerReleased)
                        .map(Reason::name)
                        .toArray(String[]::new));
    }

    @Test
    void argoCdShowsReasonAndMessage() {
        assertThat(Configuration.Complete.health(first("PairingRequired"))
                        .get("message")
                        .asText())
                .startsWith("PairingRequired: ");
    }

    @Test
    void pollNowRequestsAPollWithANewValue() {
        JsonNode requested = ArgoCd.action("poll-now", first("RecoveryExhausted"));

        assertThat(requested
                        .at("/metadata/annotations")
                        .get("wawp.net/requestedAt")
                        .asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }

    @ParameterizedTest
    @CsvSource({"suspend, true", "resume, false"})
    void suspendAndResumeChangeNothingElse(String action, boolean suspend) {
        JsonNode before = first("Working");

        JsonNode after = ArgoCd.action(action, before);

        assertThat(after.at("/spec/suspend").booleanValue()).isEqualTo(suspend);
        assertThat(after.at("/spec/desiredState")).isEqualTo(before.at("/spec/desiredState"));
        assertThat(after.at("/metadata/name")).isEqualTo(before.at("/metadata/name"));
    }

    @Test
    void onlyTheActionsThatMakeSenseAreOffered() {
        JsonNode running = ArgoCd.action("discovery", first("Working"));
        JsonNode suspended = ArgoCd.action("discovery", first("Suspended-as-desired"));

        assertThat(running.properties().stream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrderElementsOf(ArgoCd.ACTIONS);
        assertThat(running.at("/suspend/disabled").booleanValue()).isFalse();
        assertThat(running.at("/resume/disabled").booleanValue()).isTrue();
        assertThat(suspended.at("/suspend/disabled").booleanValue()).isTrue();
        assertThat(suspended.at("/resume/disabled").booleanValue()).isFalse();
    }

    private static JsonNode first(String moment) {
        return versions.stream()
                .filter(version -> RecordedSessions.moment(version).equals(moment))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Set<String>> expected(int column) {
        return TABLE.lines()
                .map(line -> line.split(" +"))
                .collect(
                        Collectors.toMap(cells -> cells[0], cells -> Set.of(cells[column]), (a, b) -> a, TreeMap::new));
    }

    private static void assertColumn(int column, Function<JsonNode, String> word) {
        Map<String, Set<String>> actual = versions.stream()
                .collect(Collectors.groupingBy(
                        RecordedSessions::moment, TreeMap::new, Collectors.mapping(word, Collectors.toSet())));

        assertThat(actual).isEqualTo(expected(column));
    }
}
