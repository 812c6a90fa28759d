package net.wawp.operator.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownVariablesTest {

    @ParameterizedTest
    @CsvSource({
        "WAWP_POLL_INTERVALL, WAWP_POLL_INTERVAL",
        "WAWP_BASEURL, WAWP_BASE_URL",
        "WAWP_LOGLEVEL, WAWP_LOG_LEVEL",
        "WAWP_HTTP_PROT, WAWP_HTTP_PORT",
        "WAWP_PORT, WAWP_HTTP_PORT"
    })
    void aSlipOfThePenIsAnsweredWithTheNearestName(String name, String nearest) {
        assertThat(UnknownVariables.warnings(Map.of(name, "8080")))
                .containsExactly(
                        name + " is not a setting of this operator and is ignored; did you mean " + nearest + "?");
    }

    @Test
    void valuesAreNeverQuoted() {
        assertThat(UnknownVariables.warnings(Map.of("WAWP_ACCESS_TOKEN", "s3cret")))
                .singleElement()
                .asString()
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "WAWP_OPERATOR_SERVICE_HOST, 10.0.0.7",
        "WAWP_OPERATOR_SERVICE_PORT, 8080",
        "WAWP_OPERATOR_SERVICE_PORT_METRICS, 8080",
        "WAWP_OPERATOR_PORT, tcp://10.0.0.7:8080",
        "WAWP_OPERATOR_PORT_8080_TCP, tcp://10.0.0.7:8080",
        "WAWP_OPERATOR_PORT_8080_TCP_PROTO, tcp",
        "WAWP_OPERATOR_PORT_8080_TCP_PORT, 8080",
        "WAWP_OPERATOR_PORT_8080_TCP_ADDR, 10.0.0.7",
        "WAWP_BASE_URL, https://api.wawp.net",
        "PATH, /usr/bin"
    })
    void whatKubernetesInjectsOrIsKnownOrSomebodyElsesIsNotWarnedOf(String name, String value) {
        assertThat(UnknownVariables.warnings(Map.of(name, value))).isEmpty();
    }
}
