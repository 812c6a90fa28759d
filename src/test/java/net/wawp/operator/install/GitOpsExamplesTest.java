package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitOpsExamplesTest {

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
}
