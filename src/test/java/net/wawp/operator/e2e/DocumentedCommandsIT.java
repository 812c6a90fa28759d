package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.wawp.operator.documents.Command;
import net.wawp.operator.documents.Document;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command of the documents is run as it stands there, in the situation for which it is meant, and does what they say. */
@WithOperator
class DocumentedCommandsIT {

    /** The pages on how the operator comes and goes need a cluster without it. */
    private static final Set<String> ON_A_BARE_CLUSTER =
            Set.of("README.md", "docs/install.md", "docs/upgrade.md", "docs/uninstall.md", "docs/security.md");

    /** By how it begins, why a command is not run here. */
    private static final Map<String, String> NOT_RUN = Map.of(
            "mvn ", "a build within a build; .ci/run runs those of the README's first block",
            "bench/run ", "it takes an hour; BenchmarkIT measures a few sessions",
            "WAWP_TEST_KUBERNETES=", "a build within a build",
            "cd target/release", "a build of the release makes this folder, and a test of its own looks at the sums",
            "kubectl krew ", "the manifest is on no server yet",
            "(cd src/main/go/kubectl-wawp ",
                    "it writes into the user's home; KubectlPluginIT builds the plugin elsewhere",
            "kubectl wawp ", "KubectlPluginIT runs them, in a terminal",
            "helm ", "the operator is installed already, by no release; InstallPagesIT runs them",
            "kubectl apply --server-side -f deploy/install.yaml", "it is installed already",
            "curl --proxy …", "the reader has to fill it in");

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String STORY = "docs/reference.md";
    private static final String STORY_INSTANCE = "3EB0BCB2E3DA";
    private static final String STORY_STATUS = "kubectl get -n crm was support-line -o yaml";
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    static List<Command> commands() {
        return runHere().filter(command -> !partOfTheStory(command)).toList();
    }

    private static Stream<Command> runHere() {
        return Document.all().stream()
                .filter(document -> !ON_A_BARE_CLUSTER.contains(document.toString()))
                .flatMap(document -> Command.in(document).stream())
                .filter(command -> NOT_RUN.keySet().stream()
                        .noneMatch(start -> command.script().startsWith(start)));
    }

    private static boolean partOfTheStory(Command command) {
        return command.output().isPresent() || command.script().equals(STORY_STATUS);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandWorksAndLeadsToWhatIsSaid(Command command, OperatedCluster cluster, @TempDir Path folder)
            throws IOException {
        SessionFixture fixture = cluster.newFixture();
        ClusterScenario.valueOf(command.fixture().orElse("Working")).bringAbout(cluster, fixture);

        if (watches(command.script())) {
            awaitOutput(shell(command.script(), cluster.kubernetes(), fixture.namespace(), folder), folder);
        } else {
            ProgramRun run = run(command.script(), cluster.kubernetes(), fixture.namespace(), folder)
                    .orThrow();
            assertThat(run.output() + run.errors()).isNotEmpty();
        }
        command.then().ifPresent(end -> ClusterScenario.awaitEnd(end, fixture));
    }

    /** One after the other, with what the page shows for each. */
    @Test
    void theExampleOfTheReferenceGoesAsItShows(OperatedCluster cluster, @TempDir Path folder) throws IOException {
        Document reference = Document.read(STORY);
        List<String> yaml = YAML.matcher(reference.text())
                .results()
                .map(block -> block.group(1))
                .toList();
        cluster.wawp()
                .add(STORY_INSTANCE, SessionFixture.TOKEN)
                .put(EngineState.WORKING)
                .stopInDashboard();
        Files.writeString(
                folder.resolve("support-line.yaml"),
                yaml.get(0).replace("<the account's access token>", SessionFixture.TOKEN));

        for (Command command : Command.in(reference)) {
            Optional<String> shown =
                    command.script().equals(STORY_STATUS) ? Optional.of(yaml.get(1)) : command.output();
            if (shown.isPresent()) {
                String output = run(
                                command.script().replace("-f support-line.yaml", "-f " + folder + "/support-line.yaml"),
                                cluster.kubernetes(),
                                "default",
                                folder)
                        .orThrow()
                        .output();
                String told = command.output().isPresent() ? output : output.substring(output.indexOf("\nstatus:") + 1);
                assertThat(masked(told)).as(command.script()).isEqualTo(masked(shown.get()));
            }
        }
    }

    /** Without what is different each time: times, ages and the widths of columns, ids and numbers of many digits. */
    private static String masked(String output) {
        return output.replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "TIME")
                .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID")
                .replaceAll("\\d+•+\\d+", "PHONE")
                .replaceAll("\\d{6,}", "NUMBER")
                .replaceAll("\\b\\d+[smh](\\d+[smh])?\\b", "AGE")
                .replaceAll(" {2,}(?=[A-Z])", " ")
                .strip();
    }

    private static boolean watches(String script) {
        return script.endsWith(" -w") || script.endsWith(" -w\n");
    }

    /** A watch goes on for ever: it is ended once it has shown something. */
    private static void awaitOutput(ProcessBuilder shell, Path folder) throws IOException {
        Path output = folder.resolve("output");
        Process watch =
                shell.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            await().atMost(LIMIT).until(() -> Files.size(output) > 0);
            assertThat(watch.isAlive()).as(Files.readString(output)).isTrue();
        } finally {
            watch.descendants().forEach(ProcessHandle::destroyForcibly);
            watch.destroyForcibly();
        }
    }

    /** What is to be read from the keyboard is a valid token. */
    private static ProgramRun run(String script, KubernetesCluster kubernetes, String namespace, Path folder)
            throws IOException {
        return ProgramRun.of(shell(script, kubernetes, namespace, folder), SessionFixture.TOKEN + "\n", LIMIT);
    }

    private static ProcessBuilder shell(String script, KubernetesCluster kubernetes, String namespace, Path folder)
            throws IOException {
        Path kubeconfig =
                Files.copy(kubernetes.kubeconfig(), folder.resolve("kubeconfig"), StandardCopyOption.REPLACE_EXISTING);
        kubernetes
                .kubectl(
                        "config",
                        "set-context",
                        "--current",
                        "--namespace",
                        namespace,
                        "--kubeconfig",
                        kubeconfig.toString())
                .orThrow();
        ProcessBuilder shell = kubernetes.shell(script);
        shell.environment().put("KUBECONFIG", kubeconfig.toString());
        return shell;
    }
}
