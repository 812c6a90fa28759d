package net.wawp.operator.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.wawp.operator.bench.SimulatorProcess.Arrival;
import net.wawp.operator.testing.kubernetes.AuditEvent;
import net.wawp.operator.testing.kubernetes.AuditLog;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;

/**
 * Measures what shards cost and what they keep apart: the processor time of a poll in one process and in three shards of as many sessions each, and
 * whose sessions wait when the leader of one shard is killed.
 */
final class ShardBenchmark {

    private static final List<String> SHARDS = List.of("a", "b", "c");
    private static final String NAMESPACE = "wawp-system";
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** Sessions of each shard: one namespace of the fleet. */
    static final int SESSIONS = Fleet.TO_A_NAMESPACE;

    private final KubernetesCluster cluster;
    private final Map<String, String> access;
    private final SimulatorProcess wawp;
    private final Path output;
    private int processes;

    /**
     * What one run has shown.
     *
     * @param alone processor time of a poll in one process, in ms
     * @param shards the same in each of three shards, in ms
     * @param crashed longest time between two polls of a session whose shard lost its leader
     * @param others the same of the other sessions, meanwhile
     * @param resumed time from the end of the leader to the first poll of any of its sessions
     * @param waited longest time from the end of the leader to the next poll of one of its sessions
     */
    record Run(
            double alone, List<Double> shards, Duration crashed, Duration others, Duration resumed, Duration waited) {

        /** How many times as many sessions the shards serve, each at the processor time of the one process. */
        double gain() {
            return shards.stream().mapToDouble(each -> alone / each).sum();
        }
    }

    /**
     * A measured stretch of time.
     *
     * @param costs processor time of a poll, for each shard, in ms
     * @param othersBusy cores that others kept busy meanwhile
     */
    private record Window(List<Double> costs, double othersBusy) {}

    /** @param access what makes a process find the API server */
    ShardBenchmark(KubernetesCluster cluster, Map<String, String> access, SimulatorProcess wawp, Path output) {
        this.cluster = cluster;
        this.access = access;
        this.wawp = wawp;
        this.output = output;
    }

    List<Run> measure(int runs) throws Exception {
        Fleet fleet = new Fleet(cluster.client(), wawp);
        fleet.growTo(SESSIONS * SHARDS.size());
        for (String shard : SHARDS) {
            cluster.kubectl("label", "was", "--all", "--namespace", namespace(shard), "wawp.net/shard=" + shard)
                    .orThrow();
        }
        settle();
        List<Run> measured = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            Window alone = cpuPerPoll(List.of("a"));
            Window shards = cpuPerPoll(SHARDS);
            measured.add(crash(alone.costs().get(0), shards.costs()));
            say(measured.get(run), Math.max(alone.othersBusy(), shards.othersBusy()));
        }
        return measured;
    }

    private static void say(Run run, double othersBusy) {
        System.out.printf(
                Locale.ROOT,
                "CPU per poll: one process %.3f ms, three shards %s ms: %.2f times the sessions at equal CPU. Leader of a killed: longest gap"
                        + " of its sessions %.1f s, of the others %.1f s; from the kill to the first poll %.1f s, longest wait %.1f s."
                        + " While the CPU was measured, the machine did something else on %.2f cores at most.%n",
                run.alone(),
                run.shards().stream().map("%.3f"::formatted).collect(Collectors.joining(", ")),
                run.gain(),
                run.crashed().toMillis() / 1e3,
                run.others().toMillis() / 1e3,
                run.resumed().toMillis() / 1e3,
                run.waited().toMillis() / 1e3,
                othersBusy);
    }

    /** The first status of each resource is written here, so that no run begins with work that the others do not have. */
    private void settle() throws Exception {
        Map<String, MeteredProcess> started = startAll(SHARDS);
        try {
            awaitPolled(SHARDS, 0);
            AuditLog.Mark[] mark = {cluster.audit().mark()};
            await().atMost(LIMIT).pollInterval(Duration.ofSeconds(3)).until(() -> {
                boolean isQuiet = cluster.audit().since(mark[0]).stream()
                        .filter(AuditEvent::isWrite)
                        .noneMatch(event -> event.resource().equals("whatsappsessions"));
                mark[0] = cluster.audit().mark();
                return isQuiet;
            });
        } finally {
            started.values().forEach(MeteredProcess::close);
        }
    }

    /** In fresh processes. */
    private Window cpuPerPoll(List<String> shards) throws Exception {
        wawp.forgetCalls();
        Map<String, MeteredProcess> started = startAll(shards);
        try {
            awaitPolled(shards, 0);
            long begin = lastNumber();
            await().atMost(LIMIT).until(() -> wawp.callsAfter(begin).size() >= 2 * SESSIONS * shards.size());
            MachineLoad load = MachineLoad.now();
            Map<String, Duration> before = new HashMap<>();
            started.forEach((shard, process) -> before.put(shard, process.cpu()));
            long number = lastNumber();
            Thread.sleep(WINDOW.toMillis());
            double othersBusy = MachineLoad.now().othersSince(load);
            List<Double> costs = new ArrayList<>();
            List<Arrival> polls = wawp.callsAfter(number);
            for (String shard : shards) {
                Duration used = started.get(shard).cpu().minus(before.get(shard));
                costs.add(
                        used.toNanos() / 1e6 / polls.stream().filter(of(shard)).count());
            }
            return new Window(costs, othersBusy);
        } finally {
            started.values().forEach(MeteredProcess::close);
        }
    }

    /** Two replicas of the shard whose leader is killed, one of each other. */
    private Run crash(double alone, List<Double> shards) throws Exception {
        wawp.forgetCalls();
        Map<String, MeteredProcess> leaders = startAll(SHARDS);
        List<MeteredProcess> all = new ArrayList<>(leaders.values());
        try {
            awaitPolled(SHARDS, 0);
            all.add(start("a"));
            long ready = lastNumber();
            awaitPolled(SHARDS, ready);
            long number = lastNumber();
            awaitPolled(SHARDS, number);

            leaders.get("a").kill();
            Instant killed = Instant.now();
            await().atMost(LIMIT).until(() -> polledSince(killed, "a") >= SESSIONS);
            List<Arrival> polls = wawp.callsAfter(number);
            List<Arrival> ofA = polls.stream().filter(of("a")).toList();
            List<Duration> waits = waits(ofA, killed);
            return new Run(
                    alone,
                    shards,
                    longestGap(ofA),
                    longestGap(polls.stream().filter(of("a").negate()).toList()),
                    waits.get(0),
                    waits.get(waits.size() - 1));
        } finally {
            all.forEach(MeteredProcess::close);
        }
    }

    private long polledSince(Instant begin, String shard) throws IOException {
        return wawp.callsAfter(0).stream()
                .filter(of(shard))
                .filter(call -> call.at().isAfter(begin))
                .map(Arrival::instanceId)
                .distinct()
                .count();
    }

    private static Duration longestGap(List<Arrival> polls) {
        Map<String, Instant> last = new HashMap<>();
        Duration longest = Duration.ZERO;
        for (Arrival poll : polls) {
            Instant before = last.put(poll.instanceId(), poll.at());
            Duration gap = before == null ? Duration.ZERO : Duration.between(before, poll.at());
            longest = gap.compareTo(longest) > 0 ? gap : longest;
        }
        return longest;
    }

    /** From then until the next poll of each session, the shortest first. */
    private static List<Duration> waits(List<Arrival> polls, Instant since) {
        Map<String, Instant> next = new HashMap<>();
        polls.stream()
                .filter(poll -> poll.at().isAfter(since))
                .forEach(poll -> next.putIfAbsent(poll.instanceId(), poll.at()));
        return next.values().stream()
                .map(at -> Duration.between(since, at))
                .sorted()
                .toList();
    }

    private static java.util.function.Predicate<Arrival> of(String shard) {
        Set<String> instances = IntStream.range(0, SESSIONS)
                .mapToObj(number -> Fleet.instanceId(SHARDS.indexOf(shard) * SESSIONS + number))
                .collect(Collectors.toSet());
        return call -> instances.contains(call.instanceId());
    }

    private static String namespace(String shard) {
        return Fleet.namespace(SHARDS.indexOf(shard) * SESSIONS);
    }

    private void awaitPolled(List<String> shards, long number) {
        await().atMost(LIMIT).until(() -> {
            Set<String> polled = new HashSet<>();
            wawp.callsAfter(number).forEach(call -> polled.add(call.instanceId()));
            return polled.size() >= SESSIONS * shards.size();
        });
    }

    private long lastNumber() throws IOException {
        return wawp.callsAfter(0).stream().mapToLong(Arrival::number).max().orElse(0);
    }

    private Map<String, MeteredProcess> startAll(List<String> shards) throws IOException {
        Map<String, MeteredProcess> started = new HashMap<>();
        for (String shard : shards) {
            started.put(shard, start(shard));
        }
        return started;
    }

    private MeteredProcess start(String shard) throws IOException {
        Map<String, String> settings = new HashMap<>(access);
        settings.putAll(Map.of(
                "WAWP_BASE_URL",
                wawp.baseUrl().toString(),
                "WAWP_POLL_INTERVAL",
                INTERVAL.toSeconds() + "s",
                "WAWP_LEASE_NAMESPACE",
                NAMESPACE,
                "WAWP_SHARD",
                shard,
                "WAWP_HTTP_PORT",
                "0",
                "JDK_JAVA_OPTIONS",
                PodMemory.of(Contender.Operator, cluster.programs(), SESSIONS).javaOptions()));
        Path log = output.resolve("shard-%s-%d.log".formatted(shard, ++processes));
        return MeteredProcess.start(Contender.Operator.command(), settings, log);
    }

    /** Medians and the worst, as a table. */
    static String table(List<Run> runs) {
        List<Double> shards = runs.stream()
                .map(run -> run.shards().stream()
                        .mapToDouble(each -> each)
                        .average()
                        .orElseThrow())
                .toList();
        return """
                %d runs, %,d sessions of each process, polled every %d s: median (worst)

                | | |
                |---|---|
                | CPU per poll, one process | %s ms |
                | CPU per poll, mean of three shards | %s ms |
                | sessions of three shards at the CPU of one process each | %s times |
                | leader of a shard killed: longest gap between two polls of its sessions | %s s |
                | the same, sessions of the other shards | %s s |
                | from the kill to the first poll of any of its sessions | %s s |
                | longest wait from the kill to the next poll | %s s |
                """.formatted(
                runs.size(),
                SESSIONS,
                INTERVAL.toSeconds(),
                worstIsMost(runs.stream().map(Run::alone).toList(), 3),
                worstIsMost(shards, 3),
                "%.2f (%.2f)"
                        .formatted(
                                Benchmark.median(runs.stream().map(Run::gain).toList()),
                                runs.stream().mapToDouble(Run::gain).min().orElseThrow()),
                worstIsMost(seconds(runs.stream().map(Run::crashed).toList()), 1),
                worstIsMost(seconds(runs.stream().map(Run::others).toList()), 1),
                worstIsMost(seconds(runs.stream().map(Run::resumed).toList()), 1),
                worstIsMost(seconds(runs.stream().map(Run::waited).toList()), 1));
    }

    private static List<Double> seconds(List<Duration> durations) {
        return durations.stream().map(each -> each.toMillis() / 1e3).toList();
    }

    private static String worstIsMost(List<Double> figures, int digits) {
        String format = "%." + digits + "f";
        return String.format(Locale.ROOT, format + " (" + format + ")", Benchmark.median(figures), worst(figures));
    }

    private static double worst(List<Double> figures) {
        return figures.stream().mapToDouble(each -> each).max().orElseThrow();
    }

    static void write(List<Run> runs, Path output) throws IOException {
        Files.writeString(output.resolve("shards.md"), table(runs));
    }
}
