package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl wawp} as people on call use it: the real kubectl finds it, and a pseudo-terminal shows it. */
@WithOperator
class KubectlPluginIT {

    private static final String NAME = "support-line";

    private static KubectlPlugin plugin;

    @BeforeAll
    static void build(@TempDir Path directory) {
        plugin = KubectlPlugin.build(directory);
    }

    @Test
    void itsOwnTestsPassAndItsSourcesAreFormattedAndVetted() {
        assertThat(KubectlPlugin.go("vet", "./...").orThrow().errors()).isEmpty();
        assertThat(KubectlPlugin.go("test", "./...").orThrow().output()).contains("ok");
        assertThat(KubectlPlugin.go("run", "cmd/gofmt", "-l", ".").orThrow().output())
                .as("files that were not formatted")
                .isEmpty();
    }

    @Test
    void theFleetIsListedWithWhatNeedsAPersonFirst(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.apply("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: zz-without-a-secret}
                spec:
                  desiredState: Running
                  instanceId: "N0SECRET01"
                  credentialsSecretRef: {name: absent}
                """);
        fixture.awaitReason(NAME, "Working");
        fixture.awaitReason("zz-without-a-secret", "SecretNotFound");

        String shown = run(cluster, "kubectl wawp status -n " + fixture.namespace());

        assertThat(shown)
                .startsWith("Sessions: 2 (1 ready")
                .containsSubsequence(
                        "NAME", "zz-without-a-secret", "SecretNotFound", NAME, "WORKING", "True", "Working");
        assertThat(run(cluster, "kubectl wawp status --all-namespaces")).contains(fixture.namespace());
    }

    @Test
    void whyTellsTheReasonTheMessageTheLastCallAndTheEvents(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "PairingRequired");

        assertThat(run(cluster, "kubectl wawp why " + NAME + " -n " + fixture.namespace()))
                .containsSubsequence(
                        NAME + " needs a person: PairingRequired",
                        "What to do: link a phone",
                        "SCAN_QR_CODE",
                        fixture.instanceId(),
                        "Start for Desired, attempt 1: Confirmed");
        assertThat(plugin.run(cluster.kubernetes(), "kubectl wawp why nobody -n " + fixture.namespace()))
                .satisfies(failed -> assertThat(failed.exitCode()).isEqualTo(1))
                .extracting(ProgramRun::errors)
                .asString()
                .startsWith("error: there is no WhatsAppSession \"nobody\"");
    }

    @Test
    void aPollIsRequestedAndAwaited(OperatedCluster cluster) {
        SessionFixture fixture = working(cluster);

        assertThat(run(cluster, "kubectl wawp poll " + NAME + " -n " + fixture.namespace()))
                .startsWith(NAME + ": Working.");

        assertThat(fixture.status(NAME).lastHandledRequestAt()).isNotNull();
    }

    @Test
    void aSessionIsRestartedAndAwaited(OperatedCluster cluster) {
        SessionFixture fixture = working(cluster);

        assertThat(run(cluster, "kubectl wawp restart " + NAME + " -n " + fixture.namespace()))
                .startsWith(NAME + ": Working.");

        assertThat(fixture.changes()).containsExactly(Operation.stop, Operation.start);
        assertThat(fixture.status(NAME).restarts()).isZero();
    }

    /** It may run one minute of each leap year. */
    @Test
    void aRestartThatTheHoursOfRestForbidEndsWithAnError(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.STOPPED);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, """
                desiredState: Running
                runningHours:
                  - {start: "0 0 29 2 *", duration: 1m, timeZone: UTC}
                """);
        fixture.awaitReason(NAME, "OutsideRunningHours");

        ProgramRun refused =
                plugin.run(cluster.kubernetes(), "kubectl wawp restart " + NAME + " -n " + fixture.namespace());

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains("The requested restart (annotation wawp.net/restart) is refused");
        assertThat(refused.errors()).contains("nothing was restarted");
        assertThat(fixture.changes()).isEmpty();
    }

    @Test
    void theShortcutsOfK9sDoWhatTheySay(OperatedCluster cluster) throws IOException {
        SessionFixture fixture = working(cluster);
        String context = run(cluster, "kubectl config current-context").strip();
        Map<String, ProgramRun> runs = new TreeMap<>();
        shortcuts().forEach((shortcut, words) -> {
            String command = words.stream()
                    .map(word -> word.replace("$NAMESPACE", fixture.namespace())
                            .replace("$NAME", NAME)
                            .replace("$CONTEXT", context))
                    .map(word -> "'" + word.replace("'", "'\\''") + "'")
                    .collect(Collectors.joining(" "));
            runs.put(shortcut, plugin.run(cluster.kubernetes(), "PAGER=cat " + command));
        });

        assertThat(runs).containsOnlyKeys("wawp-why", "wawp-pair", "wawp-poll", "wawp-restart");
        assertThat(runs.get("wawp-why").orThrow().output()).contains("Working");
        assertThat(runs.get("wawp-poll").orThrow().output()).startsWith(NAME + ": Working.");
        assertThat(runs.get("wawp-restart").orThrow().output()).startsWith(NAME + ": Working.");
        assertThat(runs.get("wawp-pair").output() + runs.get("wawp-pair").errors())
                .contains("offers no pairing");
        assertThat(fixture.changes()).containsExactly(Operation.stop, Operation.start);
    }

    @Test
    void aSessionIsSuspendedAndResumed(OperatedCluster cluster) {
        SessionFixture fixture = working(cluster);

        assertThat(run(cluster, "kubectl wawp suspend " + NAME + " -n " + fixture.namespace()))
                .startsWith(NAME + ": Suspended.");
        assertThat(run(cluster, "kubectl wawp resume " + NAME + " -n " + fixture.namespace()))
                .startsWith(NAME + ": Working.");
        assertThat(fixture.changes()).isEmpty();
    }

    @Test
    void aLogoutTakesTheInstanceIdTypedInFull(OperatedCluster cluster) {
        SessionFixture fixture = working(cluster);
        String logout = "kubectl wawp logout " + NAME + " -n " + fixture.namespace();

        ProgramRun refused = plugin.inTerminal(cluster.kubernetes(), logout, "yes\n");
        assertThat(refused.output()).contains("Type the instance id " + fixture.instanceId(), "nothing was changed");
        assertThat(refused.exitCode()).isEqualTo(1);
        fixture.awaitPolls();
        assertThat(fixture.changes()).isEmpty();

        ProgramRun done = plugin.inTerminal(cluster.kubernetes(), logout, fixture.instanceId() + "\n");
        assertThat(done.output()).contains(NAME + ": LoggedOut.");
        assertThat(fixture.changes()).containsExactly(Operation.logout);
    }

    @Test
    void aLogoutThatWaitsForAPersonEndsWithAnError(OperatedCluster cluster) {
        SessionFixture fixture = working(cluster);
        String logout = "kubectl wawp logout " + NAME + " -n " + fixture.namespace();
        run(cluster, "kubectl wawp suspend " + NAME + " -n " + fixture.namespace());

        ProgramRun suspended = plugin.inTerminal(cluster.kubernetes(), logout, fixture.instanceId() + "\n");

        assertThat(suspended.output()).contains("kubectl wawp resume " + NAME + " first");
        assertThat(suspended.exitCode()).isEqualTo(1);

        run(cluster, "kubectl wawp resume " + NAME + " -n " + fixture.namespace());
        fixture.secret("a-token-that-Wawp-refuses");
        ProgramRun refused = plugin.inTerminal(cluster.kubernetes(), logout, fixture.instanceId() + "\n");

        assertThat(refused.output()).contains(NAME + ": Unauthorized.", "the session is not logged out");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(fixture.changes()).isEmpty();
    }

    @Test
    void aRestartAfterWhichTheSessionNeedsAPersonEndsWithAnError(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.SCAN_QR_CODE);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "PairingRequired");

        ProgramRun parked =
                plugin.run(cluster.kubernetes(), "kubectl wawp restart " + NAME + " -n " + fixture.namespace());

        assertThat(parked.output()).contains(NAME + ": PairingRequired.");
        assertThat(parked.errors()).contains("the session is not ready after the restart");
        assertThat(parked.exitCode()).isEqualTo(1);
        assertThat(fixture.changes()).containsExactly(Operation.stop, Operation.start);
    }

    @Test
    void theShellCompletesCommandsAndNames(OperatedCluster cluster) {
        SessionFixture fixture = working(cluster);

        assertThat(run(cluster, "kubectl __complete wawp re").lines()).contains("restart", "resume");
        assertThat(run(cluster, "kubectl __complete wawp why -n " + fixture.namespace() + " supp")
                        .lines())
                .contains(NAME);
        assertThat(run(cluster, "kubectl __complete wawp restart --no-wait -n " + fixture.namespace() + " supp")
                        .lines())
                .contains(NAME);
    }

    @Test
    void aSessionThatOffersNoPairingSaysWhatToSet(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");

        assertThat(plugin.inTerminal(
                                cluster.kubernetes(), "kubectl wawp pair " + NAME + " -n " + fixture.namespace(), "")
                        .output())
                .contains("set spec.pairing.mode to QR or Link");
    }

    private static SessionFixture working(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "Working");
        return fixture;
    }

    /** The words of the command that k9s runs, by the name of each shortcut. */
    private static Map<String, List<String>> shortcuts() throws IOException {
        Map<String, List<String>> shortcuts = new TreeMap<>();
        new YAMLMapper()
                .readTree(Path.of("deploy", "k9s", "plugins.yaml").toFile())
                .get("plugins")
                .properties()
                .forEach(shortcut -> {
                    List<String> words = shortcuts.computeIfAbsent(shortcut.getKey(), name -> new ArrayList<>());
                    words.add(shortcut.getValue().get("command").asText());
                    shortcut.getValue().get("args").forEach(argument -> words.add(argument.asText()));
                });
        return shortcuts;
    }

    private static String run(OperatedCluster cluster, String command) {
        return plugin.run(cluster.kubernetes(), command).orThrow().output();
    }
}
