package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Any text for the header, and for that with the date. */
class RetryAfterFuzzTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final String A_DATE = "Thu, 01 Jan 2026 12:00:10 GMT";

    @FuzzTest(maxDuration = "25s")
    void everyHeaderIsATimeWithinBoundsOrNone(byte[] header) {
        String text = new String(header, StandardCharsets.UTF_8);
        Stream.of(RetryAfter.parse(text, Optional.empty(), NOW), RetryAfter.parse(A_DATE, Optional.of(text), NOW))
                .flatMap(Optional::stream)
                .forEach(wait -> assertThat(wait).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(15)));
    }
}
