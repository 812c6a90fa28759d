package net.wawp.operator.observer;

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
import net.wawp.operator.ManualClock;
import net.wawp.operator.observer.ClientAnsweredByHand.Asked;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Reply;

/** An observer on a real event loop whose time and whose answers the test sets. */
final class ObserverFixture implements AutoCloseable {

    static final int BOUND = 3;
    static final Duration MINUTE = Duration.ofMinutes(1);

    final ManualClock clock = new ManualClock();
    final ClientAnsweredByHand client = new ClientAnsweredByHand();
    final Queue<String> woken = new ConcurrentLinkedQueue<>();
    final SessionObserver observer;
    volatile Optional<Instant> nextProbe = Optional.empty();
    volatile RuntimeException failureOfTheController;
    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();

    ObserverFixture() {
        this(BOUND);
    }

    ObserverFixture(int bound) {
        observer = new SessionObserver(
                context, client, clock, new SplittableRandom(1), bound, () -> nextProbe, this::wake);
        observer.start();
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

    static Reply seen(SessionState state) {
        return new Reply.Success(
                new SessionInfo(state, Optional.of(state.name()), Optional.of("wawp-1"), Optional.empty()));
    }

    static Reply refused(Kind kind) {
        return new Reply.Refused(new Failure(kind, Delivery.Answered));
    }

    /** Waits until the loop has nothing to do any more before the next tick. */
    void settle() {
        // the longest chain: an answer, the look that follows it, and its answer
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
                .until(() -> !observer.lastTick().isBefore(now));
        settle();
    }

    /** The look that is in flight. */
    Asked onlyLook() {
        assertThat(client.unanswered()).hasSize(1);
        return client.unanswered().get(0);
    }

    void answer(Reply reply) {
        answer(onlyLook(), reply);
    }

    void answer(Asked look, Reply reply) {
        look.answer().complete(reply);
        settle();
    }

    /** A watched session that was seen once, at which nothing is due before {@code pace} has passed at most. */
    void watchSettled(String uid, Duration pace) {
        observer.watch(uid, credentials(uid));
        observer.lookEvery(uid, pace);
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
