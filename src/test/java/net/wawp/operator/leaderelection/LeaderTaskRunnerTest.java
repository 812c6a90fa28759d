package net.wawp.operator.leaderelection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import net.wawp.operator.management.Health;
import org.junit.jupiter.api.Test;

class LeaderTaskRunnerTest {

    private static final BooleanSupplier FIRST_TENURE = new LeadershipFence(() -> true);
    private static final BooleanSupplier SECOND_TENURE = new LeadershipFence(() -> true);

    private final List<String> happened = new CopyOnWriteArrayList<>();

    @Test
    void aTermBeginsOnlyWhenTheOneBeforeHasEnded() throws InterruptedException {
        CountDownLatch mayEnd = new CountDownLatch(1);
        LeaderTaskRunner terms = new LeaderTaskRunner(
                (mayAct, giveUp) ->
                        new Told(mayAct == FIRST_TENURE ? "first" : "second", () -> {}, () -> await(mayEnd)),
                () -> {});

        terms.onLead(FIRST_TENURE);
        terms.onLost();
        terms.onLead(SECOND_TENURE);
        mayEnd.countDown();
        terms.close(Duration.ofSeconds(20));

        assertThat(happened).containsExactly("first begins", "first ends, PT0S", "second begins", "second ends, PT20S");
    }

    @Test
    void aTermThatCannotBeginGivesTheLeadUp() {
        LeaderTaskRunner terms = new LeaderTaskRunner(
                (mayAct, giveUp) -> new Told("term", LeaderTaskRunnerTest::fail, () -> {}),
                () -> happened.add("resigned"));

        terms.onLead(FIRST_TENURE);
        terms.close(Duration.ZERO);

        assertThat(happened).containsExactly("term begins", "term ends, PT0S", "resigned");
    }

    @Test
    void aTermThatFailsAfterTheLeadWasLostGivesUpNothing() {
        CountDownLatch lost = new CountDownLatch(1);
        LeaderTaskRunner terms = new LeaderTaskRunner(
                (mayAct, giveUp) -> new Told(
                        "term",
                        () -> {
                            await(lost);
                            fail();
                        },
                        () -> {}),
                () -> happened.add("resigned"));

        terms.onLead(FIRST_TENURE);
        terms.onLost();
        lost.countDown();
        terms.close(Duration.ZERO);

        assertThat(happened).containsExactly("term begins", "term ends, PT0S");
    }

    @Test
    void whileATermBeginsTheProcessIsNotReady() throws InterruptedException {
        CountDownLatch begins = new CountDownLatch(1);
        CountDownLatch mayBegin = new CountDownLatch(1);
        LeaderTaskRunner terms = new LeaderTaskRunner(
                (mayAct, giveUp) -> new Told(
                        "term",
                        () -> {
                            begins.countDown();
                            await(mayBegin);
                        },
                        () -> {}),
                () -> {});
        assertThat(terms.readiness()).isEqualTo(Health.good("standing by"));

        terms.onLead(FIRST_TENURE);
        await(begins);
        assertThat(terms.readiness()).isEqualTo(Health.bad("leading, but not every resource is known yet"));

        mayBegin.countDown();
        terms.close(Duration.ZERO);
    }

    @Test
    void nothingBeginsAnyMoreOnceClosed() {
        LeaderTaskRunner terms =
                new LeaderTaskRunner((mayAct, giveUp) -> new Told("term", () -> {}, () -> {}), () -> {});

        terms.close(Duration.ZERO);
        terms.onLead(FIRST_TENURE);
        terms.close(Duration.ZERO);

        assertThat(happened).isEmpty();
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

    private final class Told implements LeaderTask {

        private final String name;
        private final Runnable whenBegun;
        private final Runnable whenEnded;

        Told(String name, Runnable whenBegun, Runnable whenEnded) {
            this.name = name;
            this.whenBegun = whenBegun;
            this.whenEnded = whenEnded;
        }

        @Override
        public void start() {
            happened.add(name + " begins");
            whenBegun.run();
        }

        @Override
        public void stop(Duration drain) {
            whenEnded.run();
            happened.add(name + " ends, " + drain);
        }

        @Override
        public Health liveness() {
            return Health.good(name);
        }
    }
}
