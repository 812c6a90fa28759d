package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/**
 * Weeks of the operator in minutes: whatever happened meanwhile, it holds as much at the end as at the beginning. Both times the same number of
 * sessions has just been made anew and has come to rest.
 */
@Isolated("measures this process, and changes what is logged")
class SoakTest {

    private static final long POLLS = Long.getLong("soak.polls", 500_000);
    private static final long SEED = Long.getLong("soak.seed", 1);
    private static final long GROWTH = 1024 * 1024;

    /** What one session may leave behind that moved last. */
    private static final int TASKS = 10;

    /** Holds the last 5 s of each token, a second in each place. */
    private static final String WINDOW = "LearntRate.passed";

    private static final int PLACES = 6;

    private static final int COLLECTIONS = 8;

    private final Logger log = (Logger) LoggerFactory.getLogger("net.wawp.operator");

    /** @param heap live, in bytes */
    private record Held(long heap, int threads, long descriptors, int tasks, SortedMap<String, Integer> registries) {}

    /** Thousands of failures are told here. */
    @BeforeEach
    void logLess() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void logAsBefore() {
        log.setLevel(null);
    }

    @Test
    @Tag("proof")
    void nothingGrowsHoweverLongItRuns() {
        SoakWorld world = new SoakWorld(SEED, false);
        // fills what fills once: classes, tables, caches
        world.live(POLLS / 5);
        world.rest();
        Held before = held(world);
        world.goOn();

        world.live(POLLS);
        world.rest();
        Held after = held(world);

        System.out.printf(
                "Seed %d, %s: heap %+,d bytes on %,d, threads %+d, descriptors %+d, tasks %+d on %d%nRegistries: %s%n",
                SEED,
                world.summary(),
                after.heap() - before.heap(),
                before.heap(),
                after.threads() - before.threads(),
                after.descriptors() - before.descriptors(),
                after.tasks() - before.tasks(),
                before.tasks(),
                after.registries());
        assertThat(after.registries().remove(WINDOW))
                .isLessThanOrEqualTo(PLACES * after.registries().get("LimitedWawpClient.byToken"));
        before.registries().remove(WINDOW);
        assertThat(after.registries()).isEqualTo(before.registries());
        assertThat(after.heap() - before.heap()).as("growth of the live heap").isLessThanOrEqualTo(GROWTH);
        assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads());
        assertThat(after.descriptors()).as("descriptors").isLessThanOrEqualTo(before.descriptors());
        assertThat(after.tasks() - before.tasks()).as("more tasks that wait").isLessThanOrEqualTo(TASKS);
    }

    @Test
    void whatIsNeverForgottenIsNoticed() {
        SoakWorld world = new SoakWorld(SEED, true);
        SortedMap<String, Integer> before = world.registries();

        world.live(10_000);

        assertThat(world.registries().get("SessionControlLoop.memories"))
                .isGreaterThan(before.get("SessionControlLoop.memories"));
    }

    private static Held held(SoakWorld world) {
        return new Held(
                liveHeap(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                descriptors(),
                world.queuedTasks(),
                world.registries());
    }

    /** The least of some tries: what reference queues hold goes only after more than one. */
    private static long liveHeap() {
        return IntStream.range(0, COLLECTIONS)
                .mapToLong(i -> {
                    System.gc();
                    return ManagementFactory.getMemoryMXBean()
                            .getHeapMemoryUsage()
                            .getUsed();
                })
                .min()
                .orElseThrow();
    }

    /** None where the platform does not count them. */
    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}
