package net.wawp.operator.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What is measured.
 *
 * @param sizes how many sessions, ascending
 * @param runs how often each contender runs at each size
 * @param interval between two polls of a session; where it is not given 30 s, from 50,000 sessions on 60 s
 * @param window how long a fleet at rest is measured
 * @param created how many resources are created, one after the other, to time their first calls
 */
record Plan(
        List<Integer> sizes,
        int runs,
        java.util.Optional<Duration> interval,
        int windowIntervals,
        int created,
        List<Contender> contenders,
        Duration latency) {

    static final String USAGE = """
            usage: bench/run [option=value ...] [size ...]
                   bench/run shards [runs=5] [latency=150]    one process against three shards, and a crash of one of them

              size           how many sessions: 1, 1k, 10k, 20k, 50k, 100k or any other number (default: 1 1k 10k)
              runs=5         how often each operator runs at each size
              contenders=operator,reference
              interval=30s   between two polls of a session, in seconds (default: 30s; 60s from 50k on)
              window=2       how many intervals a fleet at rest is measured
              created=200    how many resources are created to time their first calls
              latency=150    of each answer of the simulated Wawp, in milliseconds
            """;

    private static final int LARGE = 50_000;

    static Plan parse(List<String> arguments) {
        Plan plan = new Plan(
                List.of(), 5, java.util.Optional.empty(), 2, 200, List.of(Contender.values()), Duration.ofMillis(150));
        for (String argument : arguments) {
            plan = plan.with(argument);
        }
        return plan.sizes.isEmpty() ? plan.with("1").with("1k").with("10k") : plan;
    }

    Duration interval(int size) {
        return interval.orElse(Duration.ofSeconds(size >= LARGE ? 60 : 30));
    }

    Duration window(int size) {
        return interval(size).multipliedBy(windowIntervals);
    }

    private Plan with(String argument) {
        int equals = argument.indexOf('=');
        String value = argument.substring(equals + 1);
        return switch (equals < 0 ? "" : argument.substring(0, equals)) {
            case "" -> new Plan(plus(size(value)), runs, interval, windowIntervals, created, contenders, latency);
            case "runs" ->
                new Plan(sizes, Integer.parseInt(value), interval, windowIntervals, created, contenders, latency);
            case "interval" ->
                new Plan(
                        sizes,
                        runs,
                        java.util.Optional.of(Duration.ofSeconds(Integer.parseInt(value.replace("s", "")))),
                        windowIntervals,
                        created,
                        contenders,
                        latency);
            case "window" -> new Plan(sizes, runs, interval, Integer.parseInt(value), created, contenders, latency);
            case "created" ->
                new Plan(sizes, runs, interval, windowIntervals, Integer.parseInt(value), contenders, latency);
            case "latency" ->
                new Plan(
                        sizes,
                        runs,
                        interval,
                        windowIntervals,
                        created,
                        contenders,
                        Duration.ofMillis(Integer.parseInt(value)));
            case "contenders" ->
                new Plan(
                        sizes,
                        runs,
                        interval,
                        windowIntervals,
                        created,
                        Arrays.stream(value.split(",")).map(Contender::of).toList(),
                        latency);
            default -> throw new IllegalArgumentException("There is no option " + argument + "\n\n" + USAGE);
        };
    }

    private List<Integer> plus(int size) {
        return java.util.stream.Stream.concat(sizes.stream(), java.util.stream.Stream.of(size))
                .sorted()
                .distinct()
                .toList();
    }

    private static int size(String text) {
        return text.endsWith("k")
                ? 1_000 * Integer.parseInt(text.substring(0, text.length() - 1))
                : Integer.parseInt(text);
    }
}
