package net.wawp.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {

    static List<Setting<?>> all() {
        return Settings.ALL;
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyDefaultIsAGoodValue(Setting<?> setting) {
        assertThatNoException().isThrownBy(() -> setting.parser().parse(setting.defaultText()));
    }

    @Test
    void noSettingIsLeftOutOfTheList() {
        long declared = Arrays.stream(Settings.class.getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == Setting.class)
                .count();

        assertThat(Settings.ALL)
                .hasSize((int) declared)
                .extracting(Setting::variable)
                .doesNotHaveDuplicates();
    }

    @Test
    void theDocumentedTableIsTheDeclaredOne() throws IOException {
        assertThat(documented())
                .extracting(row -> row.substring(0, row.lastIndexOf(" |", row.length() - 3) + 2))
                .containsExactlyElementsOf(
                        Settings.ALL.stream().map(SettingsTest::row).toList());
    }

    /** Who installs with Helm sets values, and reads the variables in messages. */
    @Test
    void theChartSetsEachVariableByTheValueThatTheTableNames() throws IOException {
        List<String> template = Files.readAllLines(Path.of("helm/wawp-operator/templates/_pod.tpl"));

        assertThat(documented()).allSatisfy(row -> {
            String variable = row.substring(row.indexOf('`') + 1, row.indexOf('`', row.indexOf('`') + 1));
            String cell = row.substring(row.lastIndexOf(" |", row.length() - 3) + 3, row.length() - 2);
            String entry = entry(template, variable);
            if (cell.startsWith("`")) {
                assertThat(entry).contains(".Values." + cell.replace("`", ""));
            } else {
                assertThat(cell).isEqualTo("set by the chart");
                assertThat(entry).contains("valueFrom:");
            }
        });
    }

    private static List<String> documented() throws IOException {
        return Files.readAllLines(Path.of("docs/configuration.md")).stream()
                .filter(line -> line.startsWith("| `WAWP_"))
                .toList();
    }

    /** The lines of the template that set this variable, with the condition before them. */
    private static String entry(List<String> template, String variable) {
        int name = template.indexOf("- name: " + variable);
        assertThat(name).as(variable).isPositive();
        int first = template.get(name - 1).startsWith("{{-") ? name - 1 : name;
        int last = name + 1;
        while (!template.get(last).startsWith("- name:") && !template.get(last).startsWith("{{-")) {
            last++;
        }
        return String.join("\n", template.subList(first, last));
    }

    private static String row(Setting<?> setting) {
        boolean isValue = setting.defaultShown().equals(setting.defaultText());
        String shown = isValue ? "`" + setting.defaultShown() + "`" : setting.defaultShown();
        return "| `%s` | %s | %s |".formatted(setting.variable(), shown, setting.meaning());
    }
}
