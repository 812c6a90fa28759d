package net.wawp.operator.controller;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.RunningHours;
import net.wawp.operator.schedule.RunningWindows;

/** Reads {@code spec.runningHours}. The API server checks their form alone: whether a cron expression or a zone exists is found out here. */
final class RunningHoursReader {

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(168);

    private RunningHoursReader() {}

    /**
     * The windows; empty where there are none, and the session always runs.
     *
     * @throws IllegalArgumentException with a sentence about what makes no sense, which names the field
     */
    static Optional<RunningWindows> read(List<RunningHours> hours) {
        List<RunningWindows> windows = new ArrayList<>();
        for (int i = 0; i < hours.size(); i++) {
            windows.add(read(hours.get(i), "spec.runningHours[" + i + "]"));
        }
        return windows.isEmpty() ? Optional.empty() : Optional.of(RunningWindows.union(windows));
    }

    private static RunningWindows read(RunningHours one, String field) {
        Optional<Duration> duration = SpecReader.within(one.duration(), SHORTEST, LONGEST);
        if (one.start() == null || one.timeZone() == null || duration.isEmpty()) {
            throw new IllegalArgumentException(
                    field + " must have a start, a duration from 1m to 168h and a timeZone.");
        }
        try {
            return RunningWindows.of(new RunningWindows.Text(one.start(), duration.get(), one.timeZone()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "start".equals(e.getMessage())
                            ? field
                                    + ".start must be a cron expression of five fields: minute, hour, day of month,"
                                    + " month and day of week."
                            : field + ".timeZone must be a time zone that exists, such as Europe/Berlin or UTC.",
                    e);
        }
    }
}
