package net.wawp.operator.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import net.wawp.operator.config.Setting;
import net.wawp.operator.config.Settings;
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
    void everyLinkWithinTheDocumentLeadsToAHeading(Document document) {
        List<String> anchors = document.every("^#+ (.+)$").stream()
                .map(heading ->
                        heading.toLowerCase().replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
                .toList();

        assertThat(anchors).containsAll(document.every("\\]\\(#([^)]+)\\)"));
    }

    /** Beside the settings of the operator there are those of the tests, with a prefix of their own. */
    @ParameterizedTest
    @MethodSource("all")
    void everyVariableThatIsNamedIsASetting(Document document) {
        List<String> settings = Settings.ALL.stream().map(Setting::variable).toList();

        assertThat(settings).containsAll(document.every("\\b(WAWP_(?!TEST_)[A-Z_]*[A-Z])\\b"));
    }
}
