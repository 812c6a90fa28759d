package net.wawp.operator.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "500ms, PT0.5S",
        "60s, PT1M",
        "1m30s, PT1M30S",
        "1.5h, PT1H30M",
        "24h, PT24H",
        "250us, PT0.00025S",
        "250µs, PT0.00025S",
        "7ns, PT0.000000007S",
        "999999999h, PT999999999H"
    })
    void readsWhatGoWrites(String text, Duration expected) {
        assertThat(GoDuration.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "60", "1d", "-5s", "+5s", "5 s", "s", "1.s", ".5s", "5S", "1m30", "9999999999s", "PT1M"
            })
    void refusesEverythingElse(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoDuration.parse(text))
                .withMessage("must be a duration such as 30s, 1m30s or 500ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "100ms", "1s", "1m", "1m30s", "24h", "1h1s"})
    void writesTheShortestTextThatReadsTheSame(String text) {
        assertThat(GoDuration.format(GoDuration.parse(text))).isEqualTo(text);
    }
}
