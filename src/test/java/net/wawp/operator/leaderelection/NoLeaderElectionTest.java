package net.wawp.operator.leaderelection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.wawp.operator.management.Health;
import org.junit.jupiter.api.Test;

class NoLeaderElectionTest {

    private static final Duration PAUSE = Duration.ofMillis(1);

    private final List<String> happened = new CopyOnWriteArrayList<>();
    private final List<LeadershipFence> fences = new CopyOnWriteArrayList<>();

    @Test
    void leadsFromStartToEnd() {
        NoLeaderElection election = new NoLeaderElection(new Recorder(() -> {}));

        election.start();
        await().until(() -> !fences.isEmpty());
        assertThat(election.isLeading()).isTrue();
        assertThat(fences).singleElement().matches(LeadershipFence::isLeader);
        election.close();

        assertThat(election.isLeading()).isFalse();
        assertThat(fences).singleElement().matches(fence -> !fence.isLeader());
        assertThat(happened).containsExactly("leads", "lost");
    }

    @Test
    void whoResignsTwiceInARowLosesTheLeadOnceAndLeadsOnceMore() {
        NoLeaderElection[] election = new NoLeaderElection[1];
        // on the thread that would lead again: both resign before that
        election[0] = new NoLeaderElection(
                new Recorder(() -> {
                    if (fences.size() <= 2) {
                        election[0].resign();
                        election[0].resign();
                    }
                }),
                PAUSE);

        election[0].start();
        await().until(() -> fences.size() >= 3);
        election[0].close();

        assertThat(happened).containsExactly("leads", "lost", "leads", "lost", "leads", "lost");
        assertThat(fences).noneMatch(LeadershipFence::isLeader);
    }

    @Test
    void whoResignsHasLostTheLeadAtOnce() {
        NoLeaderElection election = new NoLeaderElection(new Recorder(() -> {}));
        election.start();
        await().until(() -> happened.contains("leads"));

        election.resign();

        assertThat(happened).containsExactly("leads", "lost");
        assertThat(fences).noneMatch(LeadershipFence::isLeader);
        election.close();
    }

    @Test
    void nobodyLeadsOnceClosed() {
        NoLeaderElection election = new NoLeaderElection(new Recorder(() -> {}), PAUSE);
        election.start();
        await().until(() -> happened.contains("leads"));

        election.close();
        election.resign();

        assertThat(happened).containsExactly("leads", "lost");
    }

    /** The watches of two namespaces end together. */
    @Test
    void aTaskThatGivesUpTwiceWhileItStopsIsReplacedByOneOther() {
        AtomicInteger running = new AtomicInteger();
        List<Integer> atOnce = new CopyOnWriteArrayList<>();
        List<Runnable> giveUps = new CopyOnWriteArrayList<>();
        CountDownLatch mayStop = new CountDownLatch(1);
        NoLeaderElection[] election = new NoLeaderElection[1];
        LeaderTaskRunner runner = new LeaderTaskRunner(
                (fence, giveUp) -> {
                    giveUps.add(giveUp);
                    return new CountedTask(running, atOnce, mayStop);
                },
                () -> election[0].resign());
        election[0] = new NoLeaderElection(runner, PAUSE);

        election[0].start();
        await().until(() -> atOnce.size() == 1);
        giveUps.get(0).run();
        giveUps.get(0).run();
        mayStop.countDown();
        await().until(() -> atOnce.size() >= 2);
        runner.close(Duration.ZERO);
        election[0].close();

        assertThat(atOnce).as("tasks that ran when one had started").containsExactly(1, 1);
        assertThat(running).hasValue(0);
    }

    private final class Recorder implements LeaderElection.Listener {

        private final Runnable whenLeading;

        Recorder(Runnable whenLeading) {
            this.whenLeading = whenLeading;
        }

        @Override
        public void onLead(LeadershipFence fence) {
            happened.add("leads");
            fences.add(fence);
            whenLeading.run();
        }

        @Override
        public void onLost() {
            happened.add("lost");
        }

        @Override
        public void onOtherLeads() {
            happened.add("another leads");
        }
    }

    private record CountedTask(AtomicInteger running, List<Integer> atOnce, CountDownLatch mayStop)
            implements LeaderTask {

        @Override
        public void start() {
            atOnce.add(running.incrementAndGet());
        }

        @Override
        public void stop(Duration drain) {
            try {
                assertThat(mayStop.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            running.decrementAndGet();
        }

        @Override
        public Health liveness() {
            return Health.good("task");
        }

        @Override
        public Health readiness() {
            return Health.good("task");
        }
    }
}
