package net.wawp.operator.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TroubleshootingTest {

    private static final Document PAGE = Document.read("docs/troubleshooting.md");

    /** What fits on a phone without scrolling far. */
    private static final int WORDS = 110;

    @Test
    void everyReasonHasOneHeadingAndEveryHeadingInCodeIsAReason() {
        assertThat(PAGE.every("^#+ `([^`]+)`$"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Reason.values()).map(Reason::name).toList());
    }

    @ParameterizedTest
    @EnumSource
    void aReasonSaysShortlyWhatYouSeeWhyAndWhatToDo(Reason reason) {
        String section = PAGE.section("`" + reason + "`");

        assertThat(section).containsSubsequence("- **You see**: ", "- **Why**: ", "- **Do**: ");
        assertThat(section.split("\\s+")).hasSizeLessThan(WORDS);
    }
}
