package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A resource is renamed in Git: whatever applies the change creates one resource and deletes another, in either order. Its deletion policy is
 * Logout, and yet the session must stay linked. 200 renames, 40 at a time; more: {@code -Drename.runs=2000}. A failure names the seed, which
 * makes the same gaps again: {@code -Drename.seed=<seed>}.
 */
@OnKubernetes(needs = Program.Helm, cluster = Cluster.Own)
@Tag("proof")
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts an API server and an operator")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RenamesIT {

    private static final int AT_A_TIME = 40;
    private static final int RUNS = Integer.getInteger("rename.runs", 200);
    private static final long SEED = Long.getLong("rename.seed", System.nanoTime());
    private static final int LONGEST_GAP_MILLIS = 2_000;
    /** The operator waits 5 s. Where a busy machine has stretched a gap to this, the rename proves nothing, and another one is made. */
    private static final Duration GAP_LIMIT = Duration.ofSeconds(4);

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final OperatedCluster cluster = OperatedCluster.create();
    private final OperatorJar operator = cluster.startOperator();
    private final ScheduledExecutorService git = Executors.newScheduledThreadPool(AT_A_TIME);

    /** A rename that was made: which line, and how long at most its instance had no resource that stays. */
    private record Rename(Line line, Duration gap) {
        boolean counts() {
            return gap.compareTo(GAP_LIMIT) < 0;
        }
    }

    @AfterAll
    void stop() {
        git.shutdownNow();
        operator.close();
        cluster.close();
    }

    @Test
    void aRenamedResourceKeepsItsSessionLinkedThoughADeletedOneIsLoggedOut() {
        operator.awaitReady();
        String namespace = cluster.kubernetes().createNamespace("renames");
        List<Line> lines = IntStream.range(0, AT_A_TIME)
                .mapToObj(number -> new Line(cluster, namespace, number))
                .toList();
        lines.forEach(line -> {
            line.putSecret();
            create(line, 0);
        });
        lines.forEach(line -> awaitWorking(line, 0));

        Random random = new Random(SEED);
        int wave = 0;
        for (int runs = 0; runs < RUNS; ) {
            wave++;
            runs += renameAll(lines, wave, random);
            System.out.printf("%d renames, no session was logged out; seed %d%n", runs, SEED);
        }

        int last = wave;
        long before = cluster.wawp().ledger().lastNumber();
        lines.forEach(line -> line.at(name(line, last)).delete());
        lines.forEach(line -> {
            awaitGone(line, last);
            assertThat(line.changes(before))
                    .as("calls at the deletion of %s", line)
                    .extracting(call -> call.operation().orElseThrow())
                    .containsExactly(Operation.logout);
        });
    }

    /** Returns how many of the renames count. */
    private int renameAll(List<Line> lines, int wave, Random random) {
        long before = cluster.wawp().ledger().lastNumber();
        List<CompletableFuture<Rename>> begun = lines.stream()
                .map(line -> rename(line, wave, random.nextBoolean(), random.nextInt(LONGEST_GAP_MILLIS + 1)))
                .toList();
        List<Rename> made = begun.stream().map(CompletableFuture::join).toList();
        for (Rename rename : made) {
            awaitGone(rename.line(), wave - 1);
            if (rename.counts()) {
                awaitWorking(rename.line(), wave);
                assertThat(rename.line().changes(before))
                        .as("changing calls in a rename with a gap of %s, seed %d", rename.gap(), SEED)
                        .isEmpty();
            } else {
                awaitBound(rename.line(), wave);
                rename.line().session().put(EngineState.WORKING);
                awaitWorking(rename.line(), wave);
            }
        }
        return (int) made.stream().filter(Rename::counts).count();
    }

    /** The new name appears, and after a gap the old one goes, or the other way round. */
    private CompletableFuture<Rename> rename(Line line, int wave, boolean newFirst, int gapMillis) {
        Runnable create = () -> create(line, wave);
        Runnable delete = () -> line.at(name(line, wave - 1)).delete();
        Executor afterGap = step -> git.schedule(step, gapMillis, TimeUnit.MILLISECONDS);
        if (newFirst) {
            return CompletableFuture.runAsync(create, git)
                    .thenRunAsync(delete, afterGap)
                    .thenApply(done -> new Rename(line, Duration.ZERO));
        }
        return CompletableFuture.supplyAsync(
                        () -> {
                            Instant deleted = Instant.now();
                            delete.run();
                            return deleted;
                        },
                        git)
                .thenApplyAsync(
                        deleted -> {
                            create.run();
                            return new Rename(line, Duration.between(deleted, Instant.now()));
                        },
                        afterGap);
    }

    private static String name(Line line, int wave) {
        return "%s-%d".formatted(line.instanceId().toLowerCase(Locale.ROOT), wave);
    }

    private static void create(Line line, int wave) {
        line.create(name(line, wave), DesiredState.Running, DeletionPolicy.Logout);
    }

    private static void awaitWorking(Line line, int wave) {
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(line.reason(name(line, wave)))
                .as("reason of %s, seed %d", line, SEED)
                .contains("Working"));
    }

    /** Waits until it has been judged, whatever it says. */
    private static void awaitBound(Line line, int wave) {
        await().alias("the instance of " + name(line, wave))
                .atMost(TIMEOUT)
                .until(() -> line.at(name(line, wave)).get().getStatus().instanceId() != null);
    }

    private static void awaitGone(Line line, int wave) {
        await().alias("the end of %s, seed %d".formatted(name(line, wave), SEED))
                .atMost(TIMEOUT)
                .until(() -> line.isGone(name(line, wave)));
    }
}
