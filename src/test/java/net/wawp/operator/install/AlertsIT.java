package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the chart's alerts and dashboard with promtool. */
@OnKubernetes(needs = {Program.Helm, Program.Promtool})
class AlertsIT {

    private static final List<Path> TESTS = Stream.of("tests.yaml", "shards.yaml")
            .map(Path.of("src/test/resources/alerts")::resolve)
            .toList();
    private static final String RUNBOOKS = "https://wiki.example.com/runbooks";

    @Test
    void eachAlertFiresInItsCaseAndNotInTheNearestOther(KubernetesCluster cluster, @TempDir Path directory)
            throws IOException {
        JsonNode groups = groups(cluster);
        // the same for every session, while promtool compares all of them
        groups.findParents("summary")
                .forEach(annotations -> ((ObjectNode) annotations).remove(List.of("description", "runbook_url")));
        write(directory, groups);
        for (Path tests : TESTS) {
            Files.copy(tests, directory.resolve(tests.getFileName()));
        }

        ProgramRun run = promtool(cluster, directory, "test", "rules", "tests.yaml", "shards.yaml");

        assertThat(run.succeeded()).as(run.output() + run.errors()).isTrue();
    }

    @Test
    void everyAlertHasBothCases(KubernetesCluster cluster) {
        List<JsonNode> cases = TESTS.stream()
                .flatMap(tests -> Yaml.read(tests).findValues("alert_rule_test").stream())
                .flatMap(AlertsIT::stream)
                .toList();

        assertThat(names(cases.stream().filter(one -> !one.at("/exp_alerts").isEmpty())))
                .as("alerts with a case in which they fire")
                .containsExactlyInAnyOrderElementsOf(alerts(cluster));
        assertThat(names(cases.stream()
                        .filter(one ->
                                one.has("exp_alerts") && one.at("/exp_alerts").isEmpty())))
                .as("alerts with a case in which they do not fire")
                .containsExactlyInAnyOrderElementsOf(alerts(cluster));
    }

    @Test
    void theRulesAreFreeOfLint(KubernetesCluster cluster, @TempDir Path directory) throws IOException {
        write(directory, groups(cluster));

        ProgramRun run = promtool(cluster, directory, "check", "rules", "--lint-fatal", "rules.yaml");

        assertThat(run.succeeded()).as(run.output() + run.errors()).isTrue();
    }

    @Test
    void everyQueryOfTheDashboardIsOneThatPrometheusUnderstands(KubernetesCluster cluster, @TempDir Path directory)
            throws IOException {
        List<String> queries =
                Yaml.read(Path.of("helm/wawp-operator/files/dashboard.json")).findValuesAsText("expr");
        assertThat(queries)
                .hasSizeGreaterThan(10)
                .as("queries for the one release that the dashboard shows")
                .allMatch(query -> query.contains("namespace=\"$namespace\""));
        ArrayNode rules = JsonNodeFactory.instance.arrayNode();
        for (String query : queries) {
            rules.addObject()
                    .put("record", "query:" + rules.size())
                    .put("expr", query.replace("$__rate_interval", "5m").replace("$namespace", "wawp-system"));
        }
        ArrayNode groups = JsonNodeFactory.instance.arrayNode();
        groups.addObject().put("name", "dashboard").set("rules", rules);
        write(directory, groups);

        ProgramRun run = promtool(cluster, directory, "check", "rules", "rules.yaml");

        assertThat(run.succeeded()).as(run.output() + run.errors()).isTrue();
    }

    /** What a panel shows for one release, beside another release and another Java program in the same namespace. */
    @Test
    void aPanelOfTheDashboardShowsTheOneReleaseAlone(KubernetesCluster cluster, @TempDir Path directory)
            throws IOException {
        String tests = Files.readString(Path.of("src/test/resources/alerts/dashboard.yaml"));
        for (JsonNode panel :
                Yaml.read(Path.of("helm/wawp-operator/files/dashboard.json")).get("panels")) {
            for (int i = 0; i < panel.path("targets").size(); i++) {
                String query = panel.at("/targets/" + i + "/expr").asText();
                tests = tests.replace(
                        "'%s %d'".formatted(panel.get("title").asText(), i + 1),
                        "'" + query.replace("$__rate_interval", "5m").replace("$namespace", "wawp-system") + "'");
            }
        }
        Files.writeString(directory.resolve("dashboard.yaml"), tests);

        ProgramRun run = promtool(cluster, directory, "test", "rules", "dashboard.yaml");

        assertThat(run.succeeded()).as(run.output() + run.errors()).isTrue();
    }

    @Test
    void metricsThatOtherProgramsHaveTooAreThoseOfTheOperatorsPods() {
        assertThat(Yaml.read(Path.of("helm/wawp-operator/files/dashboard.json")).findValuesAsText("expr"))
                .filteredOn(query -> query.matches(".*\\b(jvm|process|system|operator_sdk)_.*"))
                .isNotEmpty()
                .allMatch(query -> query.contains("and on (namespace, pod) wawp_operator_build_info"));
    }

    @Test
    void everyAlertThatIsInhibitedExists(KubernetesCluster cluster) {
        JsonNode rules = Yaml.read(Path.of("deploy/monitoring/inhibition.yaml")).get("inhibit_rules");
        List<String> named = stream(rules)
                .flatMap(
                        rule -> Stream.concat(stream(rule.get("source_matchers")), stream(rule.get("target_matchers"))))
                .flatMap(matcher -> Stream.of(matcher.asText()
                        .replaceFirst("alertname=~?\"(.*)\"", "$1")
                        .split("[|]")))
                .toList();

        assertThat(named).hasSizeGreaterThan(3);
        assertThat(alerts(cluster)).containsAll(named);
    }

    @Test
    void everyAlertLeadsToItsPartOfTheRunbooks(KubernetesCluster cluster) throws IOException {
        List<String> headings = Files.readAllLines(Path.of("docs/runbooks.md")).stream()
                .filter(line -> line.startsWith("## Wawp"))
                .map(line -> line.substring("## ".length()))
                .toList();

        assertThat(headings).containsExactlyElementsOf(alerts(cluster));
        assertThat(groups(cluster).findValuesAsText("runbook_url"))
                .containsExactlyElementsOf(headings.stream()
                        .map(heading -> RUNBOOKS + "#" + heading.toLowerCase(Locale.ROOT))
                        .toList());
    }

    private static List<String> alerts(KubernetesCluster cluster) {
        return groups(cluster).findValuesAsText("alert");
    }

    private static JsonNode groups(KubernetesCluster cluster) {
        JsonNode values =
                Yaml.read("{metrics: {prometheusRule: {enabled: true, runbooks: \"%s\"}}}".formatted(RUNBOOKS));
        return new HelmChart(cluster.programs())
                .render("wawp-system", values).stream()
                        .filter(object -> object.at("/kind").asText().equals("PrometheusRule"))
                        .findFirst()
                        .orElseThrow()
                        .at("/spec/groups");
    }

    private static List<String> names(Stream<JsonNode> cases) {
        return cases.map(one -> one.at("/alertname").asText()).distinct().toList();
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static void write(Path directory, JsonNode groups) throws IOException {
        ObjectNode rules = JsonNodeFactory.instance.objectNode();
        rules.set("groups", groups);
        Files.writeString(directory.resolve("rules.yaml"), Yaml.write(rules));
    }

    private static ProgramRun promtool(KubernetesCluster cluster, Path directory, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(cluster.programs().path(Program.Promtool).toString()));
        command.addAll(Arrays.asList(arguments));
        return ProgramRun.of(new ProcessBuilder(command).directory(directory.toFile()), "", Duration.ofMinutes(1));
    }
}
