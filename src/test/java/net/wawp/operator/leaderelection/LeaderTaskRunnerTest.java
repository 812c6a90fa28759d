package net.wawp.operator.leaderelection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import net.wawp.operator.management.Health;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LeaderTaskRunnerTest {

    /** What these two say tells them apart, also through the fence of a task: the runner itself asks none. */
    private static final LeadershipFence FIRST_TIME = () -> true;

    private static final LeadershipFence SECOND_TIME = () -> false;

    private final List<String> happened = new CopyOnWriteArrayList<>();
    private final List<Thread> startedOn = new CopyOnWriteArrayList<>();

    @Test
    void aTaskStartsOnlyWhenTheOneBeforeHasStopped() throws InterruptedException {
        CountDownLatch mayEnd = new CountDownLatch(1);
        LeaderTaskRunner runner = runnerWhoseTasksStopAfter(mayEnd);

        runner.onLead(FIRST_TIME);
        awaitHappened("first starts");
        runner.onLost();
        runner.onLead(SECOND_TIME);
        mayEnd.countDown();
        runner.close(Duration.ofSeconds(20));

        assertThat(happened)
                .containsExactly("first starts", "first stops, PT0S", "second starts", "second stops, PT20S");
    }

    @Test
    void aTaskNeverStartsWhileAnotherRunsEvenIfTheLossOfTheLeadWasNotReported() {
        LeaderTaskRunner runner =
                new LeaderTaskRunner((fence, giveUp) -> new RecordedTask(name(fence), () -> {}, () -> {}), () -> {});

        runner.onLead(FIRST_TIME);
        awaitHappened("first starts");
        runner.onLead(SECOND_TIME);
        runner.close(Duration.ZERO);

        assertThat(happened)
                .containsExactly("first starts", "first stops, PT0S", "second starts", "second stops, PT0S");
    }

    @Test
    void aTaskDoesNotStartForALeadThatEndedWhileTheOneBeforeStopped() {
        CountDownLatch mayEnd = new CountDownLatch(1);
        LeaderTaskRunner runner = runnerWhoseTasksStopAfter(mayEnd);

        runner.onLead(FIRST_TIME);
        awaitHappened("first starts");
        runner.onLost();
        runner.onLead(SECOND_TIME);
        runner.onLost();
        mayEnd.countDown();
        runner.close(Duration.ZERO);

        assertThat(happened).containsExactly("first starts", "first stops, PT0S");
    }

    @Test
    void aTaskThatGivesUpAgainWhileItStopsResignsOnce() {
        CountDownLatch mayEnd = new CountDownLatch(1);
        List<Runnable> giveUps = new CopyOnWriteArrayList<>();
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> {
                    giveUps.add(giveUp);
                    return new RecordedTask("task", () -> {}, () -> await(mayEnd));
                },
                () -> happened.add("resigned"));

        runner.onLead(FIRST_TIME);
        awaitHappened("task starts");
        giveUps.get(0).run();
        giveUps.get(0).run();
        mayEnd.countDown();
        runner.close(Duration.ZERO);

        assertThat(happened).containsExactly("task starts", "task stops, PT0S", "resigned");
    }

    @Test
    void aTaskThatCannotStartResigns() {
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> new RecordedTask("task", LeaderTaskRunnerTest::fail, () -> {}),
                () -> happened.add("resigned"));

        runner.onLead(FIRST_TIME);
        runner.close(Duration.ZERO);

        assertThat(happened).containsExactly("task starts", "task stops, PT0S", "resigned");
    }

    @Test
    void aTaskThatFailsAfterTheLeadIsLostDoesNotResign() {
        CountDownLatch lost = new CountDownLatch(1);
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> new RecordedTask(
                        "task",
                        () -> {
                            await(lost);
                            fail();
                        },
                        () -> {}),
                () -> happened.add("resigned"));

        runner.onLead(FIRST_TIME);
        awaitHappened("task starts");
        runner.onLost();
        lost.countDown();
        runner.close(Duration.ZERO);

        assertThat(happened).containsExactly("task starts", "task stops, PT0S");
    }

    @Test
    void whileATaskStartsTheProcessIsNotReady() throws InterruptedException {
        CountDownLatch begins = new CountDownLatch(1);
        CountDownLatch mayBegin = new CountDownLatch(1);
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> new RecordedTask(
                        "task",
                        () -> {
                            begins.countDown();
                            await(mayBegin);
                        },
                        () -> {}),
                () -> {});
        assertThat(runner.readiness()).isEqualTo(Health.good("standing by"));

        runner.onLead(FIRST_TIME);
        await(begins);
        assertThat(runner.readiness()).isEqualTo(Health.bad("leading, but not every resource is known yet"));

        mayBegin.countDown();
        runner.close(Duration.ZERO);
    }

    @Test
    void anErrorWhileATaskStartsResignsTooAndTheProcessIsNotReadyUntilItOrAnotherLeads() {
        AtomicBoolean isBroken = new AtomicBoolean(true);
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> new RecordedTask(
                        "task",
                        () -> {
                            if (isBroken.get()) {
                                throw new NoClassDefFoundError("net/wawp/Missing");
                            }
                        },
                        () -> {}),
                () -> happened.add("resigned"));
        String setback = "the work of the leader could not start here; this process tries again";

        runner.onLead(FIRST_TIME);
        Awaitility.await().until(() -> happened.contains("resigned"));
        runner.onLost();
        assertThat(runner.readiness()).isEqualTo(Health.bad(setback));
        assertThat(happened).containsExactly("task starts", "task stops, PT0S", "resigned");

        isBroken.set(false);
        runner.onLead(SECOND_TIME);
        Awaitility.await().until(() -> runner.readiness().equals(Health.good("task")));

        runner.onLost();
        isBroken.set(true);
        runner.onLead(FIRST_TIME);
        Awaitility.await().until(() -> runner.readiness().equals(Health.bad(setback)));
        runner.onOtherLeads();
        assertThat(runner.readiness()).isEqualTo(Health.good("standing by"));
        runner.close(Duration.ZERO);
    }

    @Test
    void aTaskThatCannotStopKeepsNoOtherFromStarting() {
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> new RecordedTask("task", () -> {}, LeaderTaskRunnerTest::fail), () -> {});

        runner.onLead(FIRST_TIME);
        awaitHappened("task starts");
        runner.onLost();
        runner.onLead(SECOND_TIME);
        runner.close(Duration.ZERO);

        assertThat(happened).containsExactly("task starts", "task starts");
    }

    @Test
    void aRestartReplacesTheTaskThatRuns() {
        LeaderTaskRunner runner =
                new LeaderTaskRunner((fence, giveUp) -> new RecordedTask("task", () -> {}, () -> {}), () -> {});

        runner.restart(Duration.ofSeconds(1)); // none runs
        runner.onLead(FIRST_TIME);
        runner.restart(Duration.ofSeconds(2));
        runner.close(Duration.ofSeconds(3));

        assertThat(happened).containsExactly("task starts", "task stops, PT2S", "task starts", "task stops, PT3S");
    }

    @Test
    void aTaskThatWasReplacedGivesNothingUp() {
        List<Runnable> giveUps = new CopyOnWriteArrayList<>();
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> {
                    giveUps.add(giveUp);
                    return new RecordedTask("task", () -> {}, () -> {});
                },
                () -> happened.add("resigns"));
        runner.onLead(FIRST_TIME);
        runner.restart(Duration.ZERO);
        Awaitility.await().until(() -> giveUps.size() == 2);

        giveUps.get(0).run();
        runner.close(Duration.ZERO);

        assertThat(happened).doesNotContain("resigns");
    }

    @Test
    void theFenceOfATaskIsOpenUntilTheTaskHasStoppedAndClosedFromThenOnThoughTheProcessLeads() {
        List<LeadershipFence> fences = new CopyOnWriteArrayList<>();
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> {
                    fences.add(fence);
                    return new RecordedTask("task", () -> {}, () -> happened.add("open: " + fence.isLeader()));
                },
                () -> {});
        runner.onLead(FIRST_TIME);
        runner.restart(Duration.ZERO);
        Awaitility.await().until(() -> fences.size() == 2);

        assertThat(happened).startsWith("task starts", "open: true", "task stops, PT0S");
        assertThat(fences.get(0).isLeader()).as("of the task that has stopped").isFalse();
        assertThat(fences.get(1).isLeader()).as("of the task that runs").isTrue();
        runner.close(Duration.ZERO);
    }

    @Test
    void theFenceOfATaskThatCannotStopIsClosedToo() {
        List<LeadershipFence> fences = new CopyOnWriteArrayList<>();
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> {
                    fences.add(fence);
                    return new RecordedTask("task", () -> {}, LeaderTaskRunnerTest::fail);
                },
                () -> {});
        runner.onLead(FIRST_TIME);
        runner.close(Duration.ZERO);

        assertThat(fences).singleElement().satisfies(fence -> assertThat(fence.isLeader())
                .isFalse());
    }

    @Test
    void theFenceOfATaskIsClosedWhenTheLeadIsLostThoughTheTaskRuns() {
        RevocableFence lead = new RevocableFence(() -> true);
        List<LeadershipFence> fences = new CopyOnWriteArrayList<>();
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> {
                    fences.add(fence);
                    return new RecordedTask("task", () -> {}, () -> {});
                },
                () -> {});
        runner.onLead(lead);
        awaitHappened("task starts");
        assertThat(fences.get(0).isLeader()).isTrue();

        lead.revoke();

        assertThat(fences.get(0).isLeader()).isFalse();
        runner.close(Duration.ZERO);
    }

    @Test
    void nothingStartsOnceClosed() {
        LeaderTaskRunner runner =
                new LeaderTaskRunner((fence, giveUp) -> new RecordedTask("task", () -> {}, () -> {}), () -> {});

        runner.close(Duration.ZERO);
        runner.onLead(FIRST_TIME);
        runner.close(Duration.ZERO);

        assertThat(happened).isEmpty();
    }

    @Test
    void aTaskThatDoesNotStopEndsTheLivenessLongAfterItsDrain() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
        CountDownLatch stops = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> new RecordedTask("task", () -> {}, () -> {
                    stops.countDown();
                    await(mayEnd);
                }),
                () -> {},
                nanos::get);
        runner.onLead(FIRST_TIME);
        runner.restart(Duration.ofSeconds(20));
        await(stops);

        nanos.addAndGet(Duration.ofSeconds(80).toNanos());
        assertThat(runner.liveness().isGood()).isTrue();
        nanos.addAndGet(1);
        assertThat(runner.liveness()).isEqualTo(Health.bad("the work of the leader does not stop"));

        mayEnd.countDown();
        Awaitility.await().until(() -> runner.liveness().equals(Health.good("task")));
        runner.close(Duration.ZERO);
    }

    @Test
    void noThreadIsLeftOnceClosed() {
        LeaderTaskRunner runner =
                new LeaderTaskRunner((fence, giveUp) -> new RecordedTask("task", () -> {}, () -> {}), () -> {});
        runner.onLead(FIRST_TIME);
        awaitHappened("task starts");
        Thread thread = startedOn.get(0);

        runner.close(Duration.ofSeconds(20));

        Awaitility.await().until(() -> !thread.isAlive());
        assertThat(happened).containsExactly("task starts", "task stops, PT20S");
    }

    @Test
    void whateverIsReportedOnceClosedDoesNothing() {
        List<Runnable> giveUps = new CopyOnWriteArrayList<>();
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> {
                    giveUps.add(giveUp);
                    return new RecordedTask("task", () -> {}, () -> {});
                },
                () -> happened.add("resigned"));
        runner.onLead(FIRST_TIME);
        runner.close(Duration.ZERO);

        giveUps.get(0).run();
        runner.restart(Duration.ZERO);
        runner.onLost();
        runner.onLead(SECOND_TIME);
        runner.close(Duration.ZERO);

        assertThat(happened).containsExactly("task starts", "task stops, PT0S");
    }

    private LeaderTaskRunner runnerWhoseTasksStopAfter(CountDownLatch mayEnd) {
        return new LeaderTaskRunner(
                (fence, giveUp) -> new RecordedTask(name(fence), () -> {}, () -> await(mayEnd)), () -> {});
    }

    private static String name(LeadershipFence fence) {
        return fence.isLeader() ? "first" : "second";
    }

    private void awaitHappened(String what) {
        Awaitility.await().until(() -> happened.contains(what));
    }

    private static void fail() {
        throw new IllegalStateException("no list of resources");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class RecordedTask implements LeaderTask {

        private final String name;
        private final Runnable whenStarted;
        private final Runnable whenStopped;

        RecordedTask(String name, Runnable whenStarted, Runnable whenStopped) {
            this.name = name;
            this.whenStarted = whenStarted;
            this.whenStopped = whenStopped;
        }

        @Override
        public void start() {
            startedOn.add(Thread.currentThread());
            happened.add(name + " starts");
            whenStarted.run();
        }

        @Override
        public void stop(Duration drain) {
            whenStopped.run();
            happened.add(name + " stops, " + drain);
        }

        @Override
        public Health liveness() {
            return Health.good(name);
        }

        @Override
        public Health readiness() {
            return Health.good(name);
        }
    }
}
