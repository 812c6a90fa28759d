package net.wawp.operator.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.wawp.operator.poller.ScriptedWawpClient.Asked;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.WawpResponse;

/** An poller on a real event loop whose time and whose answers the test sets. */
final class PollerFixture implements AutoCloseable {

    static final int BOUND = 3;
    static final Duration MINUTE = Duration.ofMinutes(1);

    final ManualClock clock = new ManualClock();
    final ScriptedWawpClient client = new ScriptedWawpClient();
    final Queue<String> woken = new ConcurrentLinkedQueue<>();
    final SessionPoller poller;
    volatile Optional<Instant> nextProbe = Optional.empty();
    volatile RuntimeException failureOfTheController;
    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();

    PollerFixture() {
        this(BOUND);
    }

    PollerFixture(int bound) {
        poller = new SessionPoller(context, client, clock, new SplittableRandom(1), bound, () -> nextProbe, this::wake);
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

    static WawpResponse seen(SessionState state) {
        return new WawpResponse.Success(
                new SessionInfo(state, Optional.of(state.name()), Optional.of("wawp-1"), Optional.empty()));
    }

    static WawpResponse refused(Kind kind) {
        return new WawpResponse.Refused(new Failure(kind, Delivery.Answered));
    }

    /** Waits until the loop has nothing to do any more before the next tick. */
    void settle() {
        // the longest chain: an answer, the poll that follows it, and its answer
        for (int hop = 0; hop < 6; hop++) {
            CompletableFuture<Void> reached = new CompletableFuture<>();
            context.runOnContext(ignored -> reached.complete(null));
            reached.join();
        }
    }

    /** Lets the clock go on in one step, and the loop do what is due then. */
    void pass(Duration time) {
        settle();
        clock.advance(time);
        Instant now = clock.instant();
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> !poller.lastTick().isBefore(now));
        settle();
    }

    /** The poll that is in flight. */
    Asked onlyPoll() {
        assertThat(client.unanswered()).hasSize(1);
        return client.unanswered().get(0);
    }

    void answer(WawpResponse reply) {
        answer(onlyPoll(), reply);
    }

    void answer(Asked poll, WawpResponse reply) {
        poll.answer().complete(reply);
        settle();
    }

    /** A watched session that was seen once, at which nothing is due before {@code pace} has passed at most. */
    void watchSettled(String uid, Duration pace) {
        poller.watch(uid, credentials(uid));
        poller.pollInterval(uid, pace);
        settle();
        answer(seen(SessionState.WORKING));
        client.clear();
        woken.clear();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
