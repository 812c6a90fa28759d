package net.wawp.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.time.Instant;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;

/** Any status that is JSON of the right shape: somebody may have written it by hand, or another version of the operator. */
class StatusReaderFuzzTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static {
        // sets the mapper up as the client does
        new KubernetesSerialization(MAPPER, false);
    }

    @FuzzTest(maxDuration = "25s")
    void everyStatusIsReadAndNothingInItIsYetToCome(byte[] json) {
        WhatsAppSessionStatus status;
        try {
            status = MAPPER.readValue(json, WhatsAppSessionStatus.class);
        } catch (IOException noStatus) {
            return;
        }
        if (status == null) {
            return;
        }
        assertThat(StatusReader.pairing(status)).isNotNull();
        assertThat(StatusReader.restarts(status)).isNotNegative();
        StatusReader.lastAction(status, NOW).ifPresent(action -> {
            assertThat(action.time()).isBeforeOrEqualTo(NOW);
            assertThat(action.attempt()).isPositive();
        });
        StatusReader.reported(status)
                .ifPresent(reported -> assertThat(reported.readySince()).isNotNull());
    }
}
