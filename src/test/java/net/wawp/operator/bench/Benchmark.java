package net.wawp.operator.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.wawp.operator.bench.SimulatorProcess.Arrival;
import net.wawp.operator.testing.kubernetes.AuditEvent;
import net.wawp.operator.testing.kubernetes.AuditLog;
import net.wawp.operator.testing.kubernetes.InCluster;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.ProgramSource;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Measures the packaged operator and the reference operator in turn, on the same fleet, API server and simulator; {@link Plan#USAGE} tells what
 * can be chosen. Writes a table and a chart to {@code target/bench}.
 */
public final class Benchmark {

    private static final Path OUTPUT = Path.of("target", "bench");
    private static final String NAMESPACE = "wawp-system";
    private static final double MEBIBYTE = 1024.0 * 1024;
    /** A poll that comes later than this is late. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private static final Duration BETWEEN_CREATIONS = Duration.ofMillis(50);

    private final Plan plan;
    private final KubernetesCluster cluster;
    private final Map<String, String> access;
    private final SimulatorProcess wawp;
    private final Fleet fleet;

    /** @param access what makes a process find the API server */
    private Benchmark(Plan plan, KubernetesCluster cluster, Map<String, String> access, SimulatorProcess wawp) {
        this.plan = plan;
        this.cluster = cluster;
        this.access = access;
        this.wawp = wawp;
        this.fleet = new Fleet(cluster.client(), wawp);
    }

    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        if (arguments.contains("--help")) {
            System.out.print(Plan.USAGE);
            return;
        }
        if (arguments.contains("shards")) {
            System.out.println(ShardBenchmark.table(runShards(Plan.parse(without("shards", arguments)), OUTPUT)));
            return;
        }
        List<Measured> measured = run(Plan.parse(arguments), OUTPUT);
        System.out.println(Files.readString(OUTPUT.resolve("results.md")));
        System.out.printf("%d runs; written to %s: results.md, results.svg, runs.csv%n", measured.size(), OUTPUT);
    }

    static List<Measured> run(Plan plan, Path output) throws Exception {
        Files.createDirectories(output);
        Contender.writeClassArchive();
        try (KubernetesCluster cluster = KubernetesCluster.start(
                        ProgramSource.ofThisCheckout(System.out).get());
                SimulatorProcess wawp = SimulatorProcess.start(output, plan.latency())) {
            cluster.installCrd();
            cluster.kubectl("create", "namespace", NAMESPACE).orThrow();
            return new Benchmark(plan, cluster, InCluster.asAdmin(cluster, NAMESPACE), wawp).measure(output);
        }
    }

    private static List<String> without(String word, List<String> arguments) {
        return arguments.stream().filter(argument -> !argument.equals(word)).toList();
    }

    static List<ShardBenchmark.Run> runShards(Plan plan, Path output) throws Exception {
        Files.createDirectories(output);
        Contender.writeClassArchive();
        try (KubernetesCluster cluster = KubernetesCluster.start(
                        ProgramSource.ofThisCheckout(System.out).get());
                SimulatorProcess wawp = SimulatorProcess.start(output, plan.latency())) {
            cluster.installCrd();
            cluster.kubectl("create", "namespace", NAMESPACE).orThrow();
            List<ShardBenchmark.Run> runs = new ShardBenchmark(
                            cluster, InCluster.asAdmin(cluster, NAMESPACE), wawp, output)
                    .measure(plan.runs());
            ShardBenchmark.write(runs, output);
            return runs;
        }
    }

    private List<Measured> measure(Path output) throws Exception {
        List<Measured> measured = new ArrayList<>();
        for (int size : plan.sizes()) {
            say("%,d sessions: creating them", size);
            fleet.growTo(size);
            settle(size, output);
            for (int run = 1; run <= plan.runs(); run++) {
                for (Contender contender : plan.contenders()) {
                    Measured result = measure(contender, size, run, output);
                    say(
                            "%,d sessions, run %d, %s: %s",
                            size,
                            run,
                            contender,
                            result.figures().entrySet().stream()
                                    .map(figure -> "%s %.2f".formatted(figure.getKey(), figure.getValue()))
                                    .collect(Collectors.joining(", ")));
                    measured.add(result);
                    Report.write(plan, measured, output);
                }
            }
        }
        return measured;
    }

    /** Lets the operator write the first status of each resource, so that no run begins with work that the others do not have. */
    private void settle(int size, Path output) throws Exception {
        PodMemory room = PodMemory.of(Contender.Operator, cluster.programs(), size);
        try (MemoryLimit memory = MemoryLimit.of(room.limit(), groupName("settle"));
                MeteredProcess process = start(Contender.Operator, room, memory, size, output.resolve("settle.log"))) {
            awaitAllPolled(process, size);
            AuditLog.Mark[] mark = {cluster.audit().mark()};
            await().atMost(Duration.ofMinutes(30))
                    .pollInterval(Duration.ofSeconds(3))
                    .until(() -> {
                        long writes = writes(cluster.audit().since(mark[0]));
                        mark[0] = cluster.audit().mark();
                        return writes == 0;
                    });
        }
        wawp.forgetCalls();
    }

    private Measured measure(Contender contender, int size, int run, Path output) throws Exception {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        String name = "%s-%d-%d".formatted(contender.name().toLowerCase(Locale.ROOT), size, run);
        Duration interval = plan.interval(size);
        PodMemory room = PodMemory.of(contender, cluster.programs(), size);
        try (MemoryLimit memory = MemoryLimit.of(room.limit(), groupName(name))) {
            try (MeteredProcess process = start(contender, room, memory, size, output.resolve(name + ".log"))) {
                List<Arrival> first = awaitAllPolled(process, size);
                start(first, process.started(), size, figures);
                Thread.sleep(interval.plusSeconds(5).toMillis());

                long number = lastNumber(wawp.callsAfter(0));
                AuditLog.Mark mark = cluster.audit().mark();
                MachineLoad load = MachineLoad.now();
                Duration cpu = process.cpu();
                Instant begun = Instant.now();
                Thread.sleep(plan.window(size).toMillis());
                Instant ended = Instant.now();
                Duration used = process.cpu().minus(cpu);
                figures.put(Metric.OthersBusy, MachineLoad.now().othersSince(load));
                figures.put(Metric.RssAnon, process.mebibytes("RssAnon"));
                figures.put(Metric.VmRss, process.mebibytes("VmRSS"));
                rest(cluster.audit().since(mark), Duration.between(begun, ended), figures);
                List<Arrival> polls = wawp.callsAfter(number).stream()
                        .filter(call -> call.at().isBefore(ended))
                        .toList();
                polls(polls, size, interval, begun, ended, used, figures);

                create(figures);
                figures.put(Metric.VmHwm, process.mebibytes("VmHWM"));
            }
            memory.peak().ifPresent(peak -> figures.put(Metric.CgroupPeak, peak / MEBIBYTE));
        }
        wawp.forgetCalls();
        return new Measured(contender, size, run, figures);
    }

    private MeteredProcess start(Contender contender, PodMemory room, MemoryLimit memory, int size, Path log)
            throws IOException {
        String interval = plan.interval(size).toSeconds() + "s";
        List<String> command = new ArrayList<>(contender.command());
        if (contender == Contender.Reference) {
            command.addAll(
                    List.of(wawp.baseUrl().toString(), "" + plan.interval(size).toSeconds()));
        }
        Map<String, String> settings = new HashMap<>(access);
        settings.putAll(Map.of(
                "WAWP_BASE_URL",
                wawp.baseUrl().toString(),
                "WAWP_POLL_INTERVAL",
                interval,
                "WAWP_LEASE_NAMESPACE",
                NAMESPACE,
                "WAWP_HTTP_PORT",
                "0",
                "JDK_JAVA_OPTIONS",
                room.javaOptions()));
        return MeteredProcess.start(memory.around(command), settings, log);
    }

    /** Waits until every session was polled once, but not for ever: the reference may never get there. */
    private List<Arrival> awaitAllPolled(MeteredProcess process, int size) throws IOException {
        List<Arrival> calls = new ArrayList<>();
        Set<String> polled = new HashSet<>();
        try {
            await().atMost(plan.interval(size).multipliedBy(4).plusSeconds(60))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        if (!process.isAlive()) {
                            throw new IllegalStateException("The process has ended; see the logs in " + OUTPUT);
                        }
                        List<Arrival> more = wawp.callsAfter(lastNumber(calls));
                        calls.addAll(more);
                        more.forEach(call -> polled.add(call.instanceId()));
                        return polled.size() >= size;
                    });
        } catch (ConditionTimeoutException e) {
            say("Only %,d of %,d sessions were polled in time", polled.size(), size);
        }
        return calls;
    }

    private static long lastNumber(List<Arrival> calls) {
        return calls.isEmpty() ? 0 : calls.get(calls.size() - 1).number();
    }

    private static void start(List<Arrival> calls, Instant started, int size, Map<Metric, Double> figures) {
        figures.put(
                Metric.FirstCall, seconds(Duration.between(started, calls.get(0).at())));
        Map<String, Instant> firsts = new HashMap<>();
        Map<Long, Integer> perSecond = new HashMap<>();
        for (Arrival call : calls) {
            firsts.putIfAbsent(call.instanceId(), call.at());
            perSecond.merge(call.at().getEpochSecond(), 1, Integer::sum);
        }
        if (firsts.size() >= size) {
            Instant last = firsts.values().stream().max(Instant::compareTo).orElseThrow();
            figures.put(Metric.AllPolled, seconds(Duration.between(started, last)));
        }
        figures.put(Metric.StartPeak, (double)
                perSecond.values().stream().mapToInt(Integer::intValue).max().orElse(0));
    }

    private static void polls(
            List<Arrival> polls,
            int size,
            Duration interval,
            Instant begun,
            Instant ended,
            Duration cpu,
            Map<Metric, Double> figures) {
        Map<String, List<Instant>> byInstance = polls.stream()
                .collect(Collectors.groupingBy(
                        Arrival::instanceId, Collectors.mapping(Arrival::at, Collectors.toList())));
        long onTime = 0;
        long gaps = size - byInstance.size(); // not polled at all: late
        Duration longest = byInstance.size() < size ? Duration.between(begun, ended) : Duration.ZERO;
        for (List<Instant> times : byInstance.values()) {
            // the poll before the first one was made before the window began
            if (times.get(0).isAfter(begun.plus(interval).plus(SLACK))) {
                gaps++;
                Duration atLeast = Duration.between(begun, times.get(0));
                longest = atLeast.compareTo(longest) > 0 ? atLeast : longest;
            }
            for (int i = 1; i < times.size(); i++) {
                Duration gap = Duration.between(times.get(i - 1), times.get(i));
                longest = gap.compareTo(longest) > 0 ? gap : longest;
                onTime += gap.compareTo(interval.plus(SLACK)) <= 0 ? 1 : 0;
                gaps++;
            }
            // the next poll would have been due before the end
            if (times.get(times.size() - 1).plus(interval).plus(SLACK).isBefore(ended)) {
                gaps++;
            }
        }
        double window = seconds(Duration.between(begun, ended));
        figures.put(Metric.OnTime, gaps == 0 ? 0 : 100.0 * onTime / gaps);
        figures.put(Metric.LongestGap, seconds(longest));
        figures.put(Metric.PollRate, polls.size() / window);
        figures.put(Metric.CpuPerPoll, cpu.toNanos() / 1e6 / Math.max(1, polls.size()));
        figures.put(Metric.Cores, seconds(cpu) / window);
    }

    private static void rest(List<AuditEvent> requests, Duration window, Map<Metric, Double> figures) {
        long lease = requests.stream()
                .filter(request -> request.resource().equals("leases")
                        && request.namespace().equals(NAMESPACE))
                .count();
        figures.put(Metric.Writes, (double) writes(requests));
        figures.put(Metric.LeaseRate, lease / seconds(window));
    }

    /** Resources and Events alone: the cluster's own controllers write other things. */
    private static long writes(List<AuditEvent> requests) {
        return requests.stream()
                .filter(AuditEvent::isWrite)
                .filter(request -> request.resource().equals("whatsappsessions")
                        || request.resource().equals("events"))
                .count();
    }

    /** Creates resources one after the other, and takes the time from the API server's answer to the first call. */
    private void create(Map<Metric, Double> figures) throws Exception {
        List<String> instances = fleet.prepareExtras(plan.created());
        if (instances.isEmpty()) {
            return;
        }
        long number = lastNumber(wawp.callsAfter(0));
        Map<String, Instant> created = new HashMap<>();
        for (String instance : instances) {
            fleet.createExtra(instance);
            created.put(instance, Instant.now());
            Thread.sleep(BETWEEN_CREATIONS.toMillis());
        }
        Map<String, Instant> firsts = awaitFirstCalls(created.keySet(), number);
        List<Double> delays = created.entrySet().stream()
                .map(one -> firsts.containsKey(one.getKey())
                        ? Math.max(
                                0,
                                Duration.between(one.getValue(), firsts.get(one.getKey()))
                                                .toNanos()
                                        / 1e6)
                        : Double.POSITIVE_INFINITY)
                .sorted()
                .toList();
        figures.put(Metric.NewP50, percentile(delays, 0.50));
        figures.put(Metric.NewP99, percentile(delays, 0.99));
        fleet.deleteExtras(instances);
    }

    /** When each of these was first called after that call; one that was not within a minute is missing. */
    private Map<String, Instant> awaitFirstCalls(Set<String> instances, long number) {
        Map<String, Instant> firsts = new HashMap<>();
        try {
            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        wawp.callsAfter(number).forEach(call -> firsts.putIfAbsent(call.instanceId(), call.at()));
                        return firsts.keySet().containsAll(instances);
                    });
        } catch (ConditionTimeoutException e) {
            say("not all of %d new resources led to a call", instances.size());
        }
        return firsts;
    }

    private static double percentile(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(sorted.size() * share)));
    }

    private static String groupName(String name) {
        return "wawp-bench-" + ProcessHandle.current().pid() + "-" + name;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static void say(String line, Object... arguments) {
        System.out.printf(Locale.ROOT, line + "%n", arguments);
    }

    /** The middle one of the figures; of an even number the lower one. */
    static double median(Collection<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        return sorted.get((sorted.size() - 1) / 2);
    }
}
