package net.wawp.operator.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;

class TroubleshootingTest {

    @Test
    void everyReasonHasOneRowAndEveryRowIsAReason() {
        assertThat(Document.read("docs/troubleshooting.md").every("^\\| <a id=\"[a-z]+\"></a>`([^`]+)` \\|"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Reason.values()).map(Reason::name).toList());
    }
}
