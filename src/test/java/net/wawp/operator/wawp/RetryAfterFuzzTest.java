package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Any text for the header. */
class RetryAfterFuzzTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @FuzzTest(maxDuration = "25s")
    void everyHeaderIsATimeWithinBoundsOrNone(byte[] header) {
        RetryAfter.parse(new String(header, StandardCharsets.UTF_8), NOW)
                .ifPresent(time -> assertThat(Duration.between(NOW, time))
                        .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(15)));
    }
}
