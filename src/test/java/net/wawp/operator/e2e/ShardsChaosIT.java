package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.Timing;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three shards of two replicas each on a real API server. Namespaces move from shard to shard while logouts are in flight and fail, resources
 * are renamed into other shards, rivals there want the same instances, and leaders are killed and frozen. The calls that reached Wawp keep the
 * rules of {@link ChaosJudge}, for which a move is no excuse. 12 rounds; more: {@code -Dchaos.rounds=1000}. A failure names the seed:
 * {@code -Dchaos.seed=<seed>}.
 */
@OnKubernetes(needs = Program.Helm, cluster = Cluster.Own)
@Tag("proof")
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts an API server and operators")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShardsChaosIT {

    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 12);
    private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
    private static final int ROUNDS_BEFORE_CALM = 4;
    private static final List<String> SHARDS = List.of("a", "b", "c");
    private static final int LINES_EACH = 3;
    private static final int ROUND_MILLIS = 3_000;
    private static final int LONGEST_GAP_MILLIS = 2_000;
    private static final int LONGEST_RIVALRY_MILLIS = 8_000;
    private static final Duration CALM_LIMIT = Duration.ofMinutes(8);
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private enum Fate {
        Nothing,
        KillLeader,
        FreezeLeader
    }

    /** What is counted, since the test would show nothing without it. */
    private enum Deed {
        Move,
        Rename,
        Rival,
        KillLeader,
        FreezeLeader
    }

    private final OperatedCluster cluster = OperatedCluster.create();
    private final Shards releases = new Shards(cluster, SHARDS.toArray(String[]::new));
    private final Map<String, Replicas> replicas = new HashMap<>();
    private final Map<String, List<ChaosLine>> linesByNamespace = new HashMap<>();
    private final List<String> story = new ArrayList<>();
    private final Set<String> announced = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService people = Executors.newScheduledThreadPool(16);
    private final Map<String, String> shardByNamespace = new ConcurrentHashMap<>();
    private final Random shardOfNext = new Random(SEED);
    private final Map<Deed, Integer> deeds = new EnumMap<>(Deed.class);
    private ChaosJudge judge;

    @BeforeAll
    void begin() {
        cluster.wawp().conduct().timing(Timing.DEFAULT.withLatency(100).withQrCodes(1, 3_600_000));
        SHARDS.forEach(shard -> replicas.put(
                shard, new Replicas(cluster, Shards.lease(shard), () -> releases.start(shard, Replicas.SETTINGS))));
        Random random = new Random(SEED);
        int number = 0;
        for (String shard : SHARDS) {
            String namespace = cluster.kubernetes().createNamespace("tenant");
            int first = number;
            List<ChaosLine> lines = IntStream.range(first, first + LINES_EACH)
                    .mapToObj(n ->
                            new ChaosLine(new Line(cluster, namespace, n, this::labelsOfNext), cluster.kubernetes()))
                    .toList();
            number += LINES_EACH;
            lines.forEach(line -> {
                line.putSecret();
                line.begin(random, DeletionPolicy.Logout);
            });
            linesByNamespace.put(namespace, lines);
            move(namespace, shard);
        }
        judge = new ChaosJudge(
                cluster,
                releases.users(),
                (from, to) -> replicas.values().stream().anyMatch(pair -> pair.wereInterruptedBetween(from, to)),
                lines().toList());
        cluster.kubernetes()
                .client()
                .resources(WhatsAppSession.class)
                .inAnyNamespace()
                .inform(new Announcements(announced));
        calm();
        deeds.clear();
    }

    /** A resource is made in any shard, whatever that of its namespace is. */
    private Map<String, String> labelsOfNext() {
        return Map.of(Shards.LABEL, SHARDS.get(shardOfNext.nextInt(SHARDS.size())));
    }

    @AfterAll
    void stop() {
        people.shutdownNow();
        replicas.values().forEach(Replicas::close);
        releases.close();
        cluster.close();
    }

    @Test
    void whereverANamespaceMovesLogoutsAreSentOnceAndDone() {
        for (int round = 0; round < ROUNDS; round++) {
            play(round);
            if (round == ROUNDS - 1 || (round + 1) % ROUNDS_BEFORE_CALM == 0) {
                calm();
                System.out.printf("Round %d, seed %d: %s, %s%n", round, SEED, deeds, judge.summary());
            }
        }
        assertThat(judge.logouts()).as("logouts that reached Wawp").isPositive();
        assertThat(deeds).as("what happened").containsOnlyKeys(Deed.values());
    }

    private void play(int round) {
        Random random = new Random(SEED + round);
        List<CompletableFuture<Void>> steps = new ArrayList<>();
        linesByNamespace.forEach((namespace, lines) -> {
            String shard = SHARDS.get(random.nextInt(SHARDS.size()));
            Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
            steps.add(after(random.nextInt(ROUND_MILLIS), () -> {
                moment.await(announced, cluster.wawp());
                move(namespace, shard);
            }));
            for (ChaosLine line : lines) {
                Random dice = new Random(random.nextLong());
                steps.add(after(random.nextInt(ROUND_MILLIS), () -> befall(line, dice)));
            }
        });
        String victim = SHARDS.get(random.nextInt(SHARDS.size()));
        Fate fate = Fate.values()[round % Fate.values().length];
        Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
        steps.add(after(random.nextInt(ROUND_MILLIS), () -> befall(replicas.get(victim), victim, fate, moment)));
        reporting(() -> {
            steps.forEach(CompletableFuture::join);
            replicas.values().forEach(Replicas::awaitLeader);
        });
        assertThatRulesAreKept();
    }

    private CompletableFuture<Void> after(int millis, Runnable step) {
        return CompletableFuture.runAsync(step, command -> people.schedule(command, millis, TimeUnit.MILLISECONDS));
    }

    /** Time that passes between two steps of the dice: nothing is waited for. */
    private void pause(int millis) {
        after(millis, () -> {}).join();
    }

    /** The namespace's label first, then that of each resource, as the documents say. */
    private void move(String namespace, String shard) {
        String patch = "{\"metadata\": {\"labels\": {\"%s\": \"%s\"}}}".formatted(Shards.LABEL, shard);
        var client = cluster.kubernetes().client();
        String before = shardByNamespace.put(namespace, shard);
        client.namespaces().withName(namespace).patch(MERGE, patch);
        client.resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .list()
                .getItems()
                .forEach(resource -> patchIfThere(
                        client.resources(WhatsAppSession.class)
                                .inNamespace(namespace)
                                .withName(resource.getMetadata().getName()),
                        patch));
        if (!shard.equals(before)) {
            did(Deed.Move, "%s to %s".formatted(namespace, shard));
        }
    }

    /** It may have been renamed since it was listed. */
    private static void patchIfThere(Resource<WhatsAppSession> resource, String patch) {
        try {
            resource.patch(MERGE, patch);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }

    private void befall(ChaosLine line, Random dice) {
        switch (dice.nextInt(8)) {
            case 0 -> line.edit(DesiredState.Running);
            case 1 -> line.edit(DesiredState.Stopped);
            case 2 -> line.edit(DesiredState.LoggedOut);
            case 3 -> {
                line.rename(dice.nextBoolean(), DeletionPolicy.Logout, () -> pause(dice.nextInt(LONGEST_GAP_MILLIS)));
                did(Deed.Rename, line.toString());
            }
            case 4 -> {
                DesiredState desired = dice.nextBoolean() ? DesiredState.Running : DesiredState.Stopped;
                line.haveRival(desired, () -> pause(dice.nextInt(LONGEST_RIVALRY_MILLIS)));
                did(Deed.Rival, line.toString());
            }
            default -> {
                spoilLogout(line, dice);
                line.edit(DesiredState.LoggedOut);
            }
        }
    }

    private void spoilLogout(ChaosLine line, Random dice) {
        Fault fault =
                switch (dice.nextInt(4)) {
                    case 0 -> Fault.error(502, BodyFormat.Html);
                    case 1 -> Fault.of(Fault.Kind.Hang);
                    case 2 -> Fault.of(Fault.Kind.ResetBeforeAnswer);
                    default -> Fault.of(Fault.Kind.ResetMidBody);
                };
        Fault once = fault.on(Operation.logout).at(line.line().instanceId()).times(1);
        cluster.wawp().inject(dice.nextBoolean() ? once.withEffect() : once);
    }

    private void befall(Replicas pair, String shard, Fate fate, Moment moment) {
        moment.await(announced, cluster.wawp());
        switch (fate) {
            case Nothing -> {}
            case KillLeader -> {
                did(Deed.KillLeader, "of %s, %s".formatted(shard, moment));
                pair.kill(pair.leader());
            }
            case FreezeLeader -> {
                did(Deed.FreezeLeader, "of %s, %s".formatted(shard, moment));
                OperatorJar leader = pair.leader();
                pair.freeze(leader);
                pause((int) Replicas.FREEZE.toMillis());
                pair.thaw(leader);
            }
        }
    }

    private void calm() {
        cluster.wawp().heal();
        reporting(() -> replicas.values().forEach(Replicas::awaitReady));
        lines().forEach(line -> reporting(Optional.of(line), () -> line.awaitDeclared(CALM_LIMIT)));
        reporting(() -> replicas.values().forEach(Replicas::awaitLeader));
        assertThatRulesAreKept();
        judge.forget();
    }

    private void assertThatRulesAreKept() {
        judge.judge().ifPresent(violation -> {
            throw new AssertionError(report(violation.rule(), Optional.of(violation.line())));
        });
    }

    private Stream<ChaosLine> lines() {
        return linesByNamespace.values().stream().flatMap(List::stream);
    }

    private synchronized void did(Deed deed, String to) {
        deeds.merge(deed, 1, Integer::sum);
        story.add("%s %s %s".formatted(Instant.now(), deed, to));
    }

    private void reporting(Runnable step) {
        reporting(Optional.empty(), step);
    }

    /** A failure of the step names the seed. */
    private void reporting(Optional<ChaosLine> about, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            throw new AssertionError(report(e.toString(), about), e);
        }
    }

    private synchronized String report(String what, Optional<ChaosLine> about) {
        StringBuilder report = new StringBuilder();
        report.append("%s%nThe same steps again: -Dchaos.seed=%d%nLogs of the operators and the audit log: %s%n  %s%n"
                .formatted(
                        what,
                        SEED,
                        cluster.kubernetes().directory(),
                        String.join("\n  ", story.subList(Math.max(0, story.size() - 30), story.size()))));
        about.map(Stream::of).orElseGet(this::lines).forEach(line -> report.append(judge.report(line)));
        return report.toString();
    }
}
