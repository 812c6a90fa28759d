package net.wawp.operator.controller;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.RunningHours;
import net.wawp.operator.schedule.RunningWindows;

/** Reads {@code spec.runningHours}. The API server checks their form alone: whether a cron expression or a zone exists is found out here. */
final class RunningHoursReader {

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(168);

    private RunningHoursReader() {}

    /** What makes no sense about them, in a sentence that names the field. */
    static Optional<String> problem(List<RunningHours> hours) {
        for (int i = 0; i < hours.size(); i++) {
            String field = "spec.runningHours[" + i + "].";
            RunningHours one = hours.get(i);
            if (one.start() == null || one.timeZone() == null || duration(one).isEmpty()) {
                return Optional.of(
                        "spec.runningHours[" + i + "] must have a start, a duration from 1m to 168h and a timeZone.");
            }
            try {
                windows(List.of(one));
            } catch (IllegalArgumentException e) {
                return Optional.of(
                        "start".equals(e.getMessage())
                                ? field
                                        + "start must be a cron expression of five fields: minute, hour, day of month,"
                                        + " month and day of week."
                                : field + "timeZone must be a time zone that exists, such as Europe/Berlin or UTC.");
            }
        }
        return Optional.empty();
    }

    /** Empty where there are none: the session always runs. */
    static Optional<RunningWindows> read(List<RunningHours> hours) {
        return hours.isEmpty() ? Optional.empty() : Optional.of(windows(hours));
    }

    private static RunningWindows windows(List<RunningHours> hours) {
        return RunningWindows.of(hours.stream()
                .map(one -> new RunningWindows.Text(one.start(), duration(one).orElseThrow(), one.timeZone()))
                .toList());
    }

    private static Optional<Duration> duration(RunningHours one) {
        return SpecReader.within(one.duration(), SHORTEST, LONGEST);
    }
}
