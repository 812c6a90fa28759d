package net.wawp.operator.wawp;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The {@code Retry-After} header: seconds or a date (RFC 9110), held between one second and a quarter of an hour. */
final class RetryAfter {

    private static final Duration FLOOR = Duration.ofSeconds(1);
    private static final Duration CEILING = Duration.ofMinutes(15);

    private RetryAfter() {}

    /** The time that the header names, seen from {@code now}; empty if it makes no sense. */
    static Optional<Instant> parse(String header, Instant now) {
        String value = header.strip();
        if (value.matches("\\d+")) {
            // ten digits or more are beyond the ceiling anyway and might not fit
            Duration wait = value.length() > 9 ? CEILING : Duration.ofSeconds(Long.parseLong(value));
            return Optional.of(clamp(now.plus(wait), now));
        }
        try {
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(clamp(date, now));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Instant clamp(Instant named, Instant now) {
        Instant earliest = now.plus(FLOOR);
        Instant latest = now.plus(CEILING);
        return named.isBefore(earliest) ? earliest : named.isAfter(latest) ? latest : named;
    }
}
