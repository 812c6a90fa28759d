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
        List<String> documented = Files.readAllLines(Path.of("docs/configuration.md")).stream()
                .filter(line -> line.startsWith("| `WAWP_"))
                .toList();

        assertThat(documented)
                .containsExactlyElementsOf(
                        Settings.ALL.stream().map(SettingsTest::row).toList());
    }

    private static String row(Setting<?> setting) {
        boolean isValue = setting.defaultShown().equals(setting.defaultText());
        String shown = isValue ? "`" + setting.defaultShown() + "`" : setting.defaultShown();
        return "| `%s` | %s | %s |".formatted(setting.variable(), shown, setting.meaning());
    }
}
