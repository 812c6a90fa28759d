package net.wawp.operator.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Times that begin by a cron expression and last for a while. Those that overlap or touch are one. */
public final class RunningWindows {

    /** A chain of windows that is longer than this is taken to have no end. */
    private static final int LONGEST_CHAIN = 400;

    /** More than any clock is changed by. */
    private static final Duration NEAR = Duration.ofHours(3);

    private final List<Window> windows;

    /**
     * The cron expression knows no zones: it is worked out on the clock on the wall, and then found what time that is. So a start in the hour
     * that the clock skips comes as much later, and one in the hour that it repeats comes once, the first time.
     */
    private record Window(ExecutionTime starts, Duration duration, ZoneId zone) {

        /** When the window that this time is in ends. */
        Optional<Instant> endOfCurrent(Instant time) {
            Optional<ZonedDateTime> start =
                    starts.lastExecution(wall(time.plusSeconds(1)).plus(disorder(time)));
            while (start.map(this::instant).filter(time::isBefore).isPresent()) {
                start = start.flatMap(starts::lastExecution);
            }
            return start.map(this::instant).map(begun -> begun.plus(duration)).filter(time::isBefore);
        }

        Optional<Instant> nextStart(Instant time) {
            Optional<ZonedDateTime> start = starts.nextExecution(wall(time).minus(disorder(time)));
            while (start.map(this::instant).filter(next -> !next.isAfter(time)).isPresent()) {
                start = start.flatMap(starts::nextExecution);
            }
            return start.map(this::instant);
        }

        private ZonedDateTime wall(Instant time) {
            return LocalDateTime.ofInstant(time, zone).atZone(ZoneOffset.UTC);
        }

        private Instant instant(ZonedDateTime wall) {
            return wall.toLocalDateTime().atZone(zone).toInstant();
        }

        /** How far the clock on the wall may be off the order of time: it is changed about now. */
        private Duration disorder(Instant time) {
            Duration before = offset(time.minus(NEAR));
            return offset(time).equals(before) && offset(time.plus(NEAR)).equals(before) ? Duration.ZERO : NEAR;
        }

        private Duration offset(Instant time) {
            return Duration.ofSeconds(zone.getRules().getOffset(time).getTotalSeconds());
        }
    }

    /**
     * What the windows say of a time.
     *
     * @param inside whether it is in one
     * @param changesAt when that changes; empty where it never does, or nobody can tell
     */
    public record State(boolean inside, Optional<Instant> changesAt) {}

    /** One window as it is written. */
    public record Text(String start, Duration duration, String timeZone) {}

    private RunningWindows(List<Window> windows) {
        this.windows = windows;
    }

    /** @throws IllegalArgumentException with the name of the field that makes no sense as its message: {@code start} or {@code timeZone} */
    public static RunningWindows of(Text text) {
        return new RunningWindows(List.of(new Window(starts(text.start()), text.duration(), zone(text.timeZone()))));
    }

    public static RunningWindows union(List<RunningWindows> all) {
        return new RunningWindows(
                all.stream().flatMap(one -> one.windows.stream()).toList());
    }

    private static ExecutionTime starts(String text) {
        CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        try {
            Cron cron = parser.parse(text);
            return ExecutionTime.forCron(cron.validate());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("start", e);
        }
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("timeZone", e);
        }
    }

    public State at(Instant time) {
        Optional<Instant> end = latestEnd(time);
        return end.isPresent()
                ? new State(true, endOfChain(end.get()))
                : new State(
                        false,
                        windows.stream()
                                .flatMap(window -> window.nextStart(time).stream())
                                .min(Comparator.naturalOrder()));
    }

    private Optional<Instant> latestEnd(Instant time) {
        return windows.stream()
                .flatMap(window -> window.endOfCurrent(time).stream())
                .max(Comparator.naturalOrder());
    }

    /** Where another window covers the end, that one's end counts. */
    private Optional<Instant> endOfChain(Instant first) {
        Instant end = first;
        for (int i = 0; i < LONGEST_CHAIN; i++) {
            Optional<Instant> further = latestEnd(end);
            if (further.isEmpty()) {
                return Optional.of(end);
            }
            end = further.get();
        }
        return Optional.empty();
    }
}
