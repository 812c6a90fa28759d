package net.wawp.operator.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;

class KubectlPluginTest {

    private static final String SOURCES = "src/main/go/kubectl-wawp/";

    /** Reasons that only Events have never stand in a condition, which is what the plugin explains. */
    @Test
    void thePluginHasAdviceForEveryReason() {
        List<String> conditions = Arrays.stream(Reason.values())
                .map(Reason::name)
                .filter(reason -> !reason.equals("FinalizerReleased"))
                .toList();

        assertThat(Document.read(SOURCES + "advice.go").every("^\t\"(\\w+)\":")).containsAll(conditions);
    }

    @Test
    void thePageShowsTheHelpThatThePluginPrints() {
        String source = Document.read(SOURCES + "main.go").text();
        String help = source.substring(source.indexOf("const usage = `") + 15, source.indexOf("`\n\n// options"));

        assertThat(Document.read("docs/kubectl-plugin.md").text()).contains("```text\n" + help + "```");
    }
}
