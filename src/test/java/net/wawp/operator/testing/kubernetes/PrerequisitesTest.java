package net.wawp.operator.testing.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class PrerequisitesTest {

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    @Test
    void whatIsMissingSkipsTheTestAndTheScreenSaysWhyOnce() {
        Prerequisites prerequisites = prerequisites(Map.of());

        for (int test = 0; test < 2; test++) {
            assertThatThrownBy(() -> prerequisites.skip("there is no go command"))
                    .isInstanceOf(TestAbortedException.class)
                    .hasMessageContaining("there is no go command");
        }

        assertThat(screen.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("Tests are skipped: there is no go command");
    }

    @Test
    void whereNothingMayBeSkippedTheTestFailsWithTheSameReason() {
        Prerequisites prerequisites = prerequisites(Map.of(Prerequisites.REQUIRE_VARIABLE, "true"));

        assertThatThrownBy(() -> prerequisites.skip("there is no go command"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("WAWP_TEST_REQUIRE_KUBERNETES forbids to skip this, but there is no go command");
        assertThat(screen.size()).isZero();
    }

    private Prerequisites prerequisites(Map<String, String> environment) {
        return new Prerequisites(environment, new PrintStream(screen, true, StandardCharsets.UTF_8));
    }
}
