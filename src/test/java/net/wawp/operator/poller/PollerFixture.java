package net.wawp.operator.poller;

import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.LoopFixture;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.WawpResponse;

/** A poller on a real event loop, whose time and whose answers the test sets. */
final class PollerFixture implements AutoCloseable {

    static final int BOUND = 3;
    static final Duration MINUTE = Duration.ofMinutes(1);

    final ManualClock clock = new ManualClock();
    final ScriptedWawpClient client = new ScriptedWawpClient();
    final Queue<String> woken = new ConcurrentLinkedQueue<>();
    final SessionPoller poller;
    volatile Optional<Instant> nextProbe = Optional.empty();
    volatile RuntimeException failureOfTheController;
    volatile boolean isLeader = true;
    private final LoopFixture loop = new LoopFixture();

    PollerFixture() {
        this(BOUND);
    }

    PollerFixture(int bound) {
        poller = new SessionPoller(
                loop.loop(),
                client,
                clock,
                new SplittableRandom(1),
                () -> isLeader,
                bound,
                () -> nextProbe,
                isOut -> {},
                this::wake);
        poller.start();
    }

    private void wake(String uid) {
        woken.add(uid);
        if (failureOfTheController != null) {
            throw failureOfTheController;
        }
    }

    static Credentials credentials(String instanceId) {
        return new Credentials(instanceId, "token of " + instanceId);
    }

    void settle() {
        loop.settle();
    }

    /** Runs the task in one step of the loop. */
    void onLoop(Runnable task) {
        loop.loop().run(task);
        settle();
    }

    /** Advances the clock in one step, and waits until the loop has done what is due then. */
    void pass(Duration time) {
        settle();
        clock.advance(time);
        Instant now = clock.instant();
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> !poller.lastTick().isBefore(now));
        settle();
    }

    /** The poll that is in flight. */
    Call onlyPoll() {
        assertThat(client.unansweredPolls()).hasSize(1);
        return client.unansweredPolls().get(0);
    }

    void answer(WawpResponse response) {
        answer(onlyPoll(), response);
    }

    void answer(Call poll, WawpResponse response) {
        poll.answer().complete(response);
        settle();
    }

    /** Polls a session that was observed once, and whose next poll is due after {@code interval} at most. */
    void pollSettled(String uid, Duration interval) {
        poller.poll(uid, credentials(uid));
        poller.setInterval(uid, interval);
        settle();
        answer(observed(SessionState.WORKING));
        client.clear();
        woken.clear();
    }

    @Override
    public void close() {
        loop.close();
    }
}
