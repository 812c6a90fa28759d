package net.wawp.operator.wawp;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The {@code Retry-After} header: seconds, or a date in one of the three forms of RFC 9110. The result is from 1 s to 15 min away. */
final class RetryAfter {

    private static final Duration FLOOR = Duration.ofSeconds(1);
    private static final Duration CEILING = Duration.ofMinutes(15);
    private static final int LONGEST_HEADER = 64;

    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);

    private RetryAfter() {}

    /** The time that the header names, seen from {@code now}; empty if it makes no sense. */
    static Optional<Instant> parse(String header, Instant now) {
        String value = header.strip();
        if (value.length() > LONGEST_HEADER) {
            return Optional.empty();
        }
        if (value.matches("[0-9]+")) {
            // ten digits or more are beyond the ceiling anyway and might not fit
            Duration wait = value.length() > 9 ? CEILING : Duration.ofSeconds(Long.parseLong(value));
            return Optional.of(clamp(now.plus(wait), now));
        }
        return forms(now).stream()
                .flatMap(form -> tryToRead(value, form))
                .findFirst()
                .map(date -> clamp(date, now));
    }

    /** That of today, that of RFC 850, and that of the C function asctime. */
    private static List<Function<String, Instant>> forms(Instant now) {
        return List.of(
                value -> ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant(),
                value -> LocalDateTime.parse(value, rfc850(now)).toInstant(ZoneOffset.UTC),
                value -> LocalDateTime.parse(value, ASCTIME).toInstant(ZoneOffset.UTC));
    }

    private static Stream<Instant> tryToRead(String value, Function<String, Instant> form) {
        try {
            return Stream.of(form.apply(value));
        } catch (DateTimeException e) {
            return Stream.empty();
        }
    }

    /** Its year has two digits, which mean the one that is at most 50 years ahead. */
    private static DateTimeFormatter rfc850(Instant now) {
        int firstYear = now.atZone(ZoneOffset.UTC).getYear() - 49;
        return new DateTimeFormatterBuilder()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, firstYear)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH);
    }

    private static Instant clamp(Instant named, Instant now) {
        Instant earliest = now.plus(FLOOR);
        Instant latest = now.plus(CEILING);
        return named.isBefore(earliest) ? earliest : named.isAfter(latest) ? latest : named;
    }
}
