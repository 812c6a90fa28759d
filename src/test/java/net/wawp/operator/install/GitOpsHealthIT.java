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

    /** The status, then its health in Argo CD, in Flux, and in Flux without waiting for pairing. */
    private static final String TABLE = """
            Working                            Healthy     Current     Current
            Stopped                            Healthy     Current     Current
            LoggedOut                          Healthy     Current     Current
            Starting                           Progressing InProgress  InProgress
            Stopping                           Progressing InProgress  InProgress
            LoggingOut                         Progressing InProgress  InProgress
            Recovering                         Progressing InProgress  InProgress
            PairingRequired                    Degraded    Failed      Current
            SecretInvalid                      Degraded    Failed      Failed
            Unauthorized                       Degraded    Failed      Failed
            QuotaExceeded                      Degraded    Failed      Failed
            InstanceNotFound                   Degraded    Failed      Failed
            RequestRejected                    Degraded    Failed      Failed
            RecoveryExhausted                  Degraded    Failed      Failed
            LogoutUncertain                    Degraded    Failed      Failed
            UnknownSessionState                Degraded    Failed      Failed
            SecretNotFound-at-first            Progressing InProgress  InProgress
            SecretNotFound-after-two-minutes   Degraded    Failed      Failed
            InstanceConflict-at-first          Progressing InProgress  InProgress
            InstanceConflict-after-two-minutes Degraded    Failed      Failed
            GatewayUnavailable                 Progressing InProgress  InProgress
            RateLimited                        Progressing InProgress  InProgress
            Suspended-as-desired               Suspended   Current     Current
            Suspended-otherwise                Suspended   Failed      Failed
            edited-since                       Progressing InProgress  InProgress
            not-polled-yet                     Progressing InProgress  InProgress
            being-deleted                      Progressing InProgress  InProgress
            """;

    private static List<JsonNode> versions;

    @BeforeAll
    static void record(KubernetesCluster cluster) {
        versions = RecordedSessions.until(expected(1).keySet(), cluster);
    }

    @Test
    void argoCdDerivesTheHealthInTheTable() {
        assertColumn(1, resource -> ArgoCd.run("health", resource).get("status").asText());
    }

    @Test
    void fluxDerivesTheHealthInTheTable() {
        assertColumn(2, FluxHealth.read("sessions.yaml")::of);
    }

    @Test
    void fluxCanCountASessionThatWaitsForPairingAsReady() {
        assertColumn(3, FluxHealth.read("sessions-without-pairing.yaml")::of);
    }

    @Test
    void everyReasonOfAConditionIsAmongThem() {
        assertThat(versions.stream()
                        .flatMap(version -> RecordedSessions.conditions(version).values().stream())
                        .map(condition -> condition.get("reason").asText()))
                .containsOnly(Stream.of(Reason.values())
                        .filter(reason -> reason != Reason.FinalizerReleased)
                        .map(Reason::name)
                        .toArray(String[]::new));
    }

    @Test
    void argoCdShowsReasonAndMessage() {
        assertThat(ArgoCd.run("health", first("PairingRequired")).get("message").asText())
                .startsWith("PairingRequired: ");
    }

    @Test
    void pollNowRequestsAPollWithANewValue() {
        JsonNode requested = ArgoCd.run("actions/poll-now", first("RecoveryExhausted"));

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

        JsonNode after = ArgoCd.run("actions/" + action, before);

        assertThat(after.at("/spec/suspend").booleanValue()).isEqualTo(suspend);
        assertThat(after.at("/spec/desiredState")).isEqualTo(before.at("/spec/desiredState"));
        assertThat(after.at("/metadata/name")).isEqualTo(before.at("/metadata/name"));
    }

    @Test
    void onlyTheActionsThatMakeSenseAreOffered() {
        JsonNode running = ArgoCd.run("actions/discovery", first("Working"));
        JsonNode suspended = ArgoCd.run("actions/discovery", first("Suspended-as-desired"));

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
