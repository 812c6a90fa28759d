package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.wawp.operator.install.ArgoCd.Configuration;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitOpsExamplesTest {

    @ParameterizedTest
    @EnumSource
    void theSnippetForArgoCdHoldsTheScripts(Configuration configuration) {
        JsonNode data = Yaml.read(configuration.path()).get("data");

        assertThat(data.get("resource.customizations.health.wawp.net_WhatsAppSession")
                        .asText())
                .isEqualTo(configuration.healthScript());
        JsonNode actions = Yaml.read(data.get("resource.customizations.actions.wawp.net_WhatsAppSession")
                .asText());
        assertThat(actions.get("discovery.lua").asText())
                .isEqualTo(Yaml.text(ArgoCd.CUSTOMIZATION.resolve("actions/discovery.lua")));
        actions.get("definitions")
                .forEach(action -> assertThat(action.get("action.lua").asText())
                        .isEqualTo(Yaml.text(ArgoCd.CUSTOMIZATION.resolve(
                                "actions/" + action.get("name").asText() + "/action.lua"))));
    }

    @Test
    void theTwoSnippetsDifferInTheHealthOfPairingAlone() {
        assertThat(Configuration.WithoutPairing.healthScript())
                .isEqualTo(Configuration.Complete.healthScript()
                        .replace("pairing_fails_a_sync = true", "pairing_fails_a_sync = false"))
                .isNotEqualTo(Configuration.Complete.healthScript());
    }

    @TestFactory
    Stream<DynamicTest> theHealthTestsInTheLayoutOfArgoCd() {
        Path directory = ArgoCd.CUSTOMIZATION;
        return stream(Yaml.read(directory.resolve("health_test.yaml")).get("tests"))
                .map(test -> dynamicTest(test.get("inputPath").asText(), () -> assertThat(
                                Configuration.Complete.health(input(directory, test)))
                        .isEqualTo(test.get("healthStatus"))));
    }

    @TestFactory
    Stream<DynamicTest> theActionTestsInTheLayoutOfArgoCd() {
        Path directory = ArgoCd.CUSTOMIZATION.resolve("actions");
        JsonNode tests = Yaml.read(directory.resolve("action_test.yaml"));
        return Stream.concat(
                stream(tests.get("discoveryTests"))
                        .map(test -> dynamicTest(test.get("inputPath").asText(), () -> {
                            JsonNode found = ArgoCd.action("discovery", input(directory, test));
                            assertThat(found).hasSameSizeAs(test.get("result"));
                            assertThat(test.get("result")).allSatisfy(wanted -> {
                                JsonNode action = found.path(wanted.get("name").asText());
                                assertThat(action.path("displayName")).isEqualTo(wanted.get("displayName"));
                                assertThat(action.path("disabled").asBoolean())
                                        .isEqualTo(wanted.get("disabled").asBoolean());
                            });
                        })),
                stream(tests.get("actionTests"))
                        .map(test -> dynamicTest(test.get("action").asText(), () -> assertThat(
                                        ArgoCd.action(test.get("action").asText(), input(directory, test))
                                                .get("spec"))
                                .isEqualTo(Yaml.read(directory.resolve(
                                                test.get("expectedOutputPath").asText()))
                                        .get("spec")))));
    }

    @Test
    void everyFileOfTestDataIsUsed() throws IOException {
        String tests = Yaml.text(ArgoCd.CUSTOMIZATION.resolve("health_test.yaml"))
                + Yaml.text(ArgoCd.CUSTOMIZATION.resolve("actions/action_test.yaml"));
        try (Stream<Path> files = Files.walk(ArgoCd.CUSTOMIZATION)) {
            assertThat(files.filter(file -> file.getParent().endsWith("testdata")))
                    .hasSizeGreaterThan(10)
                    .allSatisfy(file -> assertThat(tests).contains("testdata/" + file.getFileName()));
        }
    }

    private static JsonNode input(Path directory, JsonNode test) {
        return Yaml.read(directory.resolve(test.get("inputPath").asText()));
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "argocd/applications.yaml",
                "argocd/session.yaml",
                "flux/operator.yaml",
                "flux/order.yaml",
                "flux/sessions.yaml",
                "flux/sessions-without-pairing.yaml"
            })
    void noExampleForcesAnything(String file) {
        assertThat(example(file)).isNotEmpty().allSatisfy(example -> {
            assertThat(example.findValues("force")).isEmpty();
            assertThat(example.findValues("syncOptions").toString()).doesNotContain("Replace", "Force");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"flux/sessions.yaml", "flux/sessions-without-pairing.yaml"})
    void fluxAppliesTheSessionsAfterTheOperatorAndTriesAgainSoon(String file) {
        String operator = example("flux/order.yaml").get(0).at("/metadata/name").asText();

        assertThat(example(file))
                .filteredOn(object -> object.get("kind").asText().equals("Kustomization"))
                .singleElement()
                .satisfies(kustomization -> {
                    assertThat(kustomization.at("/spec/dependsOn/0/name").asText())
                            .isEqualTo(operator);
                    assertThat(kustomization.at("/spec/retryInterval").asText()).isEqualTo("1m");
                });
    }

    private static List<JsonNode> example(String file) {
        return Yaml.readAll(Yaml.text(DeployFiles.DIRECTORY.resolve(file)));
    }
}
