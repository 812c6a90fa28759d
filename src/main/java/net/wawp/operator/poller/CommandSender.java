package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.SendGuard;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends changing calls, each once, at most one per session at a time, and never behind a poll. */
final class CommandSender {

    private static final Logger log = LoggerFactory.getLogger(CommandSender.class);

    private static final Duration LEAST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MOST_BACKOFF = Duration.ofMinutes(5);
    private static final int DOUBLINGS = 9;

    private final WawpClient client;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final EventLoop loop;
    private final Consumer<PolledSession> settled;

    // from here on of the loop alone
    private int inFlight;
    private Runnable drained;

    /** @param settled told of each session whose report has just been settled */
    CommandSender(
            WawpClient client,
            InstantSource clock,
            RandomGenerator random,
            EventLoop loop,
            Consumer<PolledSession> settled) {
        this.client = client;
        this.clock = clock;
        this.random = random;
        this.loop = loop;
        this.settled = settled;
    }

    /** Announces the command in the session's report and sends it; may be called by any thread. */
    void send(PolledSession session, Credentials credentials, Action action, String id, SendGuard guard) {
        if (!session.announce(new CommandReport(id, action, new CommandReport.Pending()))) {
            log.error(
                    "A {} was not sent",
                    action,
                    new IllegalStateException("Session " + session.uid() + " has a command in flight already"));
            return;
        }
        loop.run(() -> act(session, credentials, action, new Fence(guard)));
    }

    /** Holds back what is sent from now on, and runs {@code whenDrained} on the loop, once, when nothing is in flight any more. */
    void drain(Runnable whenDrained) {
        drained = whenDrained;
        reportDrained();
    }

    private void act(PolledSession session, Credentials credentials, Action action, Fence fence) {
        if (drained != null) {
            Instant now = clock.instant();
            Failure heldBack = new Failure(Failure.Kind.GatewayUnavailable, Failure.Delivery.Withheld);
            settle(session, new CommandReport.Failed(heldBack, now, now));
            return;
        }
        inFlight++;
        loop.call(() -> client.send(WawpRequest.change(action, credentials, fence)), reply -> {
            inFlight--;
            settle(session, outcome(session, reply, fence));
            reportDrained();
        });
    }

    private void settle(PolledSession session, CommandReport.Outcome outcome) {
        session.settle(outcome);
        loop.guard(() -> settled.accept(session));
    }

    private void reportDrained() {
        if (drained != null && inFlight == 0) {
            drained.run();
        }
    }

    private CommandReport.Outcome outcome(PolledSession session, WawpResponse reply, Fence fence) {
        Instant now = clock.instant();
        if (!(reply instanceof WawpResponse.Refused refused)) {
            session.failedCommands = 0;
            return new CommandReport.Accepted(now);
        }
        Failure failure = refused.failure();
        if (fence.closed && failure.delivery() == Failure.Delivery.Withheld) {
            return new CommandReport.Failed(failure, now, now);
        }
        session.failedCommands++;
        Instant retryAt =
                switch (failure.kind()) {
                    case GatewayUnavailable -> now.plus(LEAST_BACKOFF).plus(spread(session.failedCommands));
                    case RateLimited ->
                        failure.notBefore().orElse(now.plus(LEAST_BACKOFF)).plus(spread(session.failedCommands));
                    case RequestRejected, Unauthorized, QuotaExceeded, InstanceNotFound ->
                        now.plus(SessionPolicy.TERMINAL_RETRY);
                };
        return new CommandReport.Failed(failure, now, retryAt);
    }

    /** What comes on top of the least: full jitter, so that thousands of sessions that failed together do not come back together. */
    private Duration spread(int failures) {
        Duration most = failures < DOUBLINGS ? LEAST_BACKOFF.multipliedBy(1L << failures) : MOST_BACKOFF;
        return Duration.ofMillis(random.nextLong(most.minus(LEAST_BACKOFF).toMillis() + 1));
    }

    /** Remembers that the sender's permission was gone, to tell that from a limit of the client. A broken permission is none. */
    private static final class Fence implements SendGuard {

        private final SendGuard guard;
        private volatile boolean closed;

        Fence(SendGuard guard) {
            this.guard = guard;
        }

        @Override
        public boolean maySend() {
            try {
                closed = !guard.maySend();
            } catch (RuntimeException e) {
                closed = true;
                log.error("Whether a command may still be sent could not be found out; it is not sent", e);
            }
            return !closed;
        }
    }
}
