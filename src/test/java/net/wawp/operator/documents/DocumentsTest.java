package net.wawp.operator.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.wawp.operator.config.Setting;
import net.wawp.operator.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DocumentsTest {

    static List<Document> all() {
        return Document.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyLinkToAFileOfTheProjectLeadsSomewhere(Document document) {
        Path folder = Path.of("").toAbsolutePath().resolve(document.path()).getParent();

        assertThat(document.every("\\]\\((?![a-z]+:|#)([^)#]+)[^)]*\\)"))
                .allSatisfy(link -> assertThat(folder.resolve(link)).exists());
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyLinkToAnAnchorLeadsToAHeading(Document document) {
        Path folder = document.path().resolveSibling("");

        assertThat(document.every("\\]\\((?![a-z]+:)([^)#]*#[^)]+)\\)")).allSatisfy(link -> {
            String[] parts = link.split("#");
            Document target = parts[0].isEmpty()
                    ? document
                    : Document.read(folder.resolve(parts[0]).normalize().toString());
            assertThat(target.anchors()).as(link).contains(parts[1]);
        });
    }

    /** Code, manifests and the chart name documents by their paths from the root of the repository. */
    @Test
    void everyDocumentThatOtherFilesNameIsThere() throws IOException {
        Pattern name = Pattern.compile("\\b(docs/[a-z-]+\\.md)(?:#([a-z0-9-]+))?");
        for (Path file : files("src", "helm", "deploy", "crds", ".ci")) {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertThat(name.matcher(text).results()).as("%s", file).allSatisfy(match -> {
                assertThat(Path.of(match.group(1))).exists();
                if (match.group(2) != null) {
                    assertThat(Document.read(match.group(1)).anchors()).contains(match.group(2));
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyTestThatIsNamedIsThere(Document document) throws IOException {
        List<String> tests = files("src/test/java").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .toList();

        assertThat(tests).containsAll(document.every("\\b([A-Z]\\w+(?:Test|IT))\\b"));
    }

    @Test
    void everyThreatIsAnsweredByATest() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("docs/threat-model.md")).stream()
                .dropWhile(line -> !line.startsWith("| threat |"))
                .filter(line -> line.startsWith("|") && !line.startsWith("| threat |") && !line.startsWith("|---"))
                .toList();

        assertThat(rows).hasSizeGreaterThan(30).allSatisfy(row -> assertThat(row)
                .matches("\\|[^|]+\\|[^|]+\\| `[A-Z]\\w+(Test|IT)`(, `[A-Z]\\w+(Test|IT)`)* \\|"));
    }

    /** Without the mark no test would run them. {@code .ci/run} runs the README's first block. */
    @ParameterizedTest
    @MethodSource("all")
    void everyBlockOfCommandsIsMarkedAsSuch(Document document) {
        List<String> unmarked = document.every("^ *```\\n *((?:\\$ |kubectl|helm|mvn|java|git).*)$");

        assertThat(unmarked)
                .isEqualTo(document.path().equals(Path.of("README.md")) ? List.of("mvn -q -Pdemo") : List.of());
    }

    @Test
    void everyQuestionOfTheArchitectureIsAnsweredByAtMostThreeFilesThatExist() {
        Path root = Path.of("src/main/java/net/wawp/operator");
        List<String> answers = Document.read("docs/architecture.md").every("^\\| [^|]+\\? \\| (.+) \\|$");

        assertThat(answers).hasSizeGreaterThan(4).allSatisfy(answer -> {
            List<String> files = Pattern.compile("`([a-z0-9/]+/[A-Z]\\w+)`")
                    .matcher(answer)
                    .results()
                    .map(file -> file.group(1))
                    .toList();
            assertThat(files).hasSizeBetween(1, 3).allSatisfy(file -> assertThat(root.resolve(file + ".java"))
                    .exists());
        });
    }

    @Test
    void everyPackageIsInTheLayoutOfTheCode() throws IOException {
        Path root = Path.of("src/main/java/net/wawp/operator");
        List<String> packages = files(root.toString()).stream()
                .map(file -> root.relativize(file.getParent()).toString().replace('/', '.'))
                .map(name -> name.isEmpty() ? "(root)" : "`" + name + "`")
                .distinct()
                .toList();

        assertThat(Document.read("CONTRIBUTING.md").every("^\\| (\\(root\\)|`[a-z0-9.]+`) \\|"))
                .containsAll(packages);
    }

    /** Instance ids may be digits alone, or digits around an E: without quotes YAML makes numbers of these. */
    @Test
    void everyInstanceIdThatSomebodyMayCopyIsQuoted() throws IOException {
        Pattern id = Pattern.compile("\\b(?:instanceId|instance_id|wawp[.]net/allowed-instances): *([^\\s\\[{|`].*)");
        List<Path> samples = files("deploy", "docs", "helm");
        samples.add(Path.of("README.md"));
        List<String> values = new ArrayList<>();
        for (Path sample : samples) {
            // what kubectl shows of a status is nothing to copy
            String text = Files.readString(sample).replaceAll("(?ms)^```yaml\\nstatus:.*?^```$", "");
            id.matcher(text).results().forEach(match -> values.add(match.group(1)));
        }

        assertThat(values).hasSizeGreaterThan(12).allMatch(value -> value.startsWith("\""));
    }

    /** What a step takes at most is set here; the workflow must not end before all of them may have failed for themselves. */
    @Test
    void theWorkflowWaitsLongerThanTheStepsOfTheBuildMayTake() throws IOException {
        String build = Files.readString(Path.of(".ci/run"));
        int demos = Math.toIntExact(
                Pattern.compile("(?m)^show ").matcher(build).results().count());
        int minutes = Pattern.compile("(?m)^( *)(?:.*)timeout -k 30s (\\d+)m ")
                .matcher(build)
                .results()
                .mapToInt(
                        step -> Integer.parseInt(step.group(2)) * (step.group(1).isEmpty() ? 1 : demos))
                .sum();
        Matcher workflow = Pattern.compile("timeout-minutes: (\\d+)")
                .matcher(Files.readString(Path.of(".github/workflows/build.yaml")));

        assertThat(minutes).isGreaterThan(200);
        assertThat(workflow.find()).isTrue();
        assertThat(Integer.parseInt(workflow.group(1))).isBetween(minutes + 10, 360);
    }

    private static List<Path> files(String... folders) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : folders) {
            try (Stream<Path> walk = Files.walk(Path.of(folder))) {
                walk.filter(Files::isRegularFile).forEach(files::add);
            }
        }
        return files;
    }

    /** The settings of the tests have a prefix of their own. */
    @ParameterizedTest
    @MethodSource("all")
    void everyVariableThatIsNamedIsASetting(Document document) {
        List<String> settings = Settings.ALL.stream().map(Setting::variable).toList();

        assertThat(settings).containsAll(document.every("\\b(WAWP_(?!TEST_)[A-Z_]*[A-Z])\\b"));
    }
}
