package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Argo CD and Flux take each status for. */
class GitOpsHealthTest {

    /** Name of the status, then the word of Argo CD, of Flux, and of Flux where pairing is not waited for. */
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
            not-looked-at-yet                  Progressing InProgress  InProgress
            being-deleted                      Progressing Current     Current
            """;

    @Test
    void argoCdTakesEachStatusForWhatTheTableSays() {
        assertColumn(1, resource -> ArgoCd.run("health", resource).get("status").asText());
    }

    @Test
    void fluxTakesEachStatusForWhatTheTableSays() {
        assertColumn(2, FluxHealth.read("sessions.yaml")::of);
    }

    @Test
    void fluxCanTakeASessionThatWaitsForPairingForDone() {
        assertColumn(3, FluxHealth.read("sessions-without-pairing.yaml")::of);
    }

    @Test
    void everyReasonOfAConditionHasAStatus() {
        Set<String> recorded = new TreeSet<>();
        RecordedStatus.all().values().forEach(resource -> resource.at("/status/conditions")
                .forEach(condition -> recorded.add(condition.get("reason").asText())));

        assertThat(recorded)
                .isEqualTo(Stream.of(Reason.values())
                        .filter(reason -> reason != Reason.FinalizerReleased)
                        .map(Reason::name)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void argoCdShowsReasonAndMessage() {
        assertThat(ArgoCd.run("health", RecordedStatus.named("PairingRequired"))
                        .get("message")
                        .asText())
                .startsWith("PairingRequired: ");
    }

    @Test
    void lookNowAsksTheOperatorWithANewToken() {
        JsonNode asked = ArgoCd.run("actions/look-now", RecordedStatus.named("RecoveryExhausted"));

        assertThat(asked.at("/metadata/annotations").get("wawp.net/requestedAt").asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }

    @ParameterizedTest
    @CsvSource({"suspend, true", "resume, false"})
    void suspendAndResumeChangeNothingElse(String action, boolean suspend) {
        JsonNode before = RecordedStatus.named("Working");

        JsonNode after = ArgoCd.run("actions/" + action, before);

        assertThat(after.at("/spec/suspend").booleanValue()).isEqualTo(suspend);
        assertThat(after.at("/spec/desiredState")).isEqualTo(before.at("/spec/desiredState"));
        assertThat(after.at("/metadata/name")).isEqualTo(before.at("/metadata/name"));
    }

    @Test
    void onlyTheActionsThatMakeSenseAreOffered() {
        JsonNode running = ArgoCd.run("actions/discovery", RecordedStatus.named("Working"));
        JsonNode suspended = ArgoCd.run("actions/discovery", RecordedStatus.named("Suspended-as-desired"));

        assertThat(running.properties().stream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrderElementsOf(ArgoCd.ACTIONS);
        assertThat(running.at("/suspend/disabled").booleanValue()).isFalse();
        assertThat(running.at("/resume/disabled").booleanValue()).isTrue();
        assertThat(suspended.at("/suspend/disabled").booleanValue()).isTrue();
        assertThat(suspended.at("/resume/disabled").booleanValue()).isFalse();
    }

    @Test
    void theSnippetForArgoCdHoldsTheScripts() {
        JsonNode data = Yaml.read(ArgoCd.CONFIGURATION).get("data");

        assertThat(data.get("resource.customizations.health.wawp.net_WhatsAppSession")
                        .asText())
                .isEqualTo(Yaml.text(ArgoCd.DIRECTORY.resolve("health.lua")));
        JsonNode actions = Yaml.read(data.get("resource.customizations.actions.wawp.net_WhatsAppSession")
                .asText());
        assertThat(actions.get("discovery.lua").asText())
                .isEqualTo(Yaml.text(ArgoCd.DIRECTORY.resolve("actions/discovery.lua")));
        actions.get("definitions")
                .forEach(action -> assertThat(action.get("action.lua").asText())
                        .isEqualTo(Yaml.text(ArgoCd.DIRECTORY.resolve(
                                "actions/" + action.get("name").asText() + ".lua"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"argocd/applications.yaml", "argocd/session.yaml", "flux/operator.yaml", "flux/sessions.yaml"})
    void noExampleForcesAnything(String file) {
        Path path = DeployFiles.DIRECTORY.resolve(file);

        assertThat(Yaml.readAll(Yaml.text(path))).isNotEmpty().allSatisfy(example -> {
            assertThat(example.findValues("force")).isEmpty();
            assertThat(example.findValues("syncOptions").toString()).doesNotContain("Replace", "Force");
        });
    }

    private static void assertColumn(int column, Function<JsonNode, String> word) {
        Map<String, String> expected = new TreeMap<>();
        TABLE.lines().map(line -> line.split(" +")).forEach(cells -> expected.put(cells[0], cells[column]));
        Map<String, String> actual = new TreeMap<>();
        RecordedStatus.all().forEach((name, resource) -> actual.put(name, word.apply(resource)));

        assertThat(actual).isEqualTo(expected);
    }
}
