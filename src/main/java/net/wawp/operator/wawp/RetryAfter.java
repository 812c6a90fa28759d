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

/** The {@code Retry-After} header: seconds, or a date in one of the three forms of RFC 9110. The wait is from 1 s to 15 min. */
final class RetryAfter {

    private static final Duration FLOOR = Duration.ofSeconds(1);
    private static final Duration CEILING = Duration.ofMinutes(15);
    private static final int LONGEST_HEADER = 64;

    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);

    private RetryAfter() {}

    /**
     * How long to wait from the answer on; empty if the header makes no sense. A date is measured by the clock that wrote it: the one here
     * may differ.
     *
     * @param date the {@code Date} header of the same answer
     * @param now the time of the wall clock, for an answer whose {@code Date} is missing or makes no sense
     */
    static Optional<Duration> parse(String header, Optional<String> date, Instant now) {
        String value = header.strip();
        if (value.length() > LONGEST_HEADER) {
            return Optional.empty();
        }
        if (value.matches("[0-9]+")) {
            // ten digits or more are beyond the ceiling anyway and might not fit
            return Optional.of(value.length() > 9 ? CEILING : clamp(Duration.ofSeconds(Long.parseLong(value))));
        }
        return date(value, now)
                .map(until -> clamp(Duration.between(
                        date.flatMap(text -> date(text.strip(), now)).orElse(now), until)));
    }

    private static Optional<Instant> date(String value, Instant now) {
        return forms(now).stream().flatMap(form -> tryToRead(value, form)).findFirst();
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

    private static Duration clamp(Duration wait) {
        return wait.compareTo(FLOOR) < 0 ? FLOOR : wait.compareTo(CEILING) > 0 ? CEILING : wait;
    }
}
