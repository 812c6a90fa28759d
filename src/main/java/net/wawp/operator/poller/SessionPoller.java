package net.wawp.operator.poller;

import io.vertx.core.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.SendGuard;
import net.wawp.operator.wawp.WawpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls all sessions, each at its own pace, sends commands, and wakes the controller when something has changed. Sessions are keyed by
 * the UID of their resource.
 *
 * <p>Any thread may call any method, and none of them waits: the work is done on one event loop. What {@link #observation} and
 * {@link #report} return is at least as new as the latest wake-up.
 */
public final class SessionPoller {

    private static final Logger log = LoggerFactory.getLogger(SessionPoller.class);

    private final InstantSource clock;
    private final Consumer<String> wake;
    private final EventLoop loop;
    private final PollScheduler rounds;
    private final CommandSender commands;
    private final Map<String, PolledSession> sessions = new ConcurrentHashMap<>();

    /**
     * @param context an event loop's, on which everything is done
     * @param clock what due times are compared with; the loop itself ticks in real time
     * @param concurrentPolls how many routine polls may be in flight together, and as many out of turn
     * @param nextProbe while the client's circuit breaker is open, when it lets the next poll through
     * @param wake given the UID of a session to decide on; called on the loop, so it must not block
     */
    public SessionPoller(
            Context context,
            WawpClient client,
            InstantSource clock,
            RandomGenerator random,
            int concurrentPolls,
            Supplier<Optional<Instant>> nextProbe,
            Consumer<String> wake) {
        this.clock = clock;
        this.wake = wake;
        this.loop = new EventLoop(context);
        this.rounds = new PollScheduler(loop, client, clock, random, concurrentPolls, nextProbe, this::wake);
        this.commands = new CommandSender(client, clock, random, loop, rounds::commandEnded);
    }

    /** Begins to keep time: routine polls, {@link #pollAt} and {@link #wakeAt}. */
    public void start() {
        loop.run(rounds::start);
    }

    /**
     * Begins no poll any more, and holds back commands given later. For good.
     *
     * @param drain how long, in real time, commands in flight may take to end
     * @return completes when none is in flight or the time is over
     */
    public CompletionStage<Void> stop(Duration drain) {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        Runnable finish = () -> {
            rounds.stop();
            stopped.complete(null);
        };
        loop.run(() -> {
            rounds.closePolls();
            loop.after(drain, finish);
            commands.drain(finish);
        });
        return stopped;
    }

    /** Watches the session with these credentials. If they are new, answers to others are dropped and a poll is made at once. */
    public void watch(String uid, Credentials credentials) {
        PolledSession session = sessions.computeIfAbsent(uid, PolledSession::new);
        if (session.watch(credentials, clock.instant())) {
            loop.run(() -> rounds.watch(session));
        }
    }

    /** Makes no poll the session any more. What is known of it stays, and {@link #wakeAt} still works. */
    public void unwatch(String uid) {
        find(uid).ifPresent(session -> {
            session.unwatch();
            loop.run(() -> rounds.unwatch(session));
        });
    }

    /** Gives up everything about the session. A command in flight cannot be recalled, but its end is of no interest any more. */
    public void forget(String uid) {
        Optional.ofNullable(sessions.remove(uid)).ifPresent(session -> {
            session.unwatch();
            loop.run(() -> rounds.forget(session));
        });
    }

    /** Sets the pace of routine polls, at least 1 ms; {@link SessionPolicy#FAST} until this is called. */
    public void pollInterval(String uid, Duration interval) {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("The interval between polls must be at least 1 ms, but is " + interval);
        }
        find(uid)
                .filter(session -> session.keepPace(interval))
                .ifPresent(session -> loop.run(() -> rounds.replan(session)));
    }

    /**
     * Makes one poll out of turn at a watched session, and wakes the controller when it has ended, changed or not. The poll begins after this
     * call, even if another is in flight.
     */
    public void pollNow(String uid, Priority urgency) {
        find(uid).ifPresent(session -> loop.run(() -> rounds.pollNow(session, urgency)));
    }

    /** As {@link #pollNow} with {@link Priority#Prompt}, at that time. Replaces the time given before. */
    public void pollAt(String uid, Instant at) {
        find(uid).ifPresent(session -> loop.run(() -> rounds.pollAt(session, at)));
    }

    /** Wakes the controller at that time, also for a session that is not watched. Replaces the time given before. */
    public void wakeAt(String uid, Instant at) {
        PolledSession session = sessions.computeIfAbsent(uid, PolledSession::new);
        loop.run(() -> rounds.wakeAt(session, at));
    }

    /** What was seen last; {@link Observation#NONE} when nothing was. */
    public Observation observation(String uid) {
        return find(uid).map(PolledSession::observation).orElse(Observation.NONE);
    }

    /** The last command that was sent for the session with {@link #send}. */
    public Optional<CommandReport> report(String uid) {
        return find(uid).flatMap(PolledSession::report);
    }

    /**
     * Sends a changing call, once. {@link #report} is pending when this returns. When the answer is there the session is polled, and when
     * that has ended the controller is woken.
     *
     * <p>For a session that is not watched, or has a command in flight, nothing is sent and the mistake is logged.
     *
     * @param id of the intent that announced the call
     * @param guard asked immediately before the request goes out; must not block
     */
    public void send(String uid, Action action, String id, SendGuard guard) {
        Optional<PolledSession> session = find(uid);
        Optional<Credentials> credentials = session.flatMap(PolledSession::credentials);
        if (credentials.isEmpty()) {
            log.error("A {} was not sent", action, new IllegalStateException("Session " + uid + " is not watched"));
            return;
        }
        commands.send(session.get(), credentials.get(), action, id, guard);
    }

    /** When the loop last went round: for the check that it still does. */
    public Instant lastTick() {
        return rounds.lastTick();
    }

    /** How many sessions are watched. */
    public long watched() {
        return sessions.values().stream()
                .filter(session -> session.credentials().isPresent())
                .count();
    }

    /** How long ago, at most, something was heard of a watched session: a state, or a refusal that a person has to cure. */
    public Duration oldestObservationAge() {
        Instant now = clock.instant();
        return sessions.values().stream()
                .flatMap(session -> session.heardOfAt().stream())
                .min(Instant::compareTo)
                .map(oldest -> Duration.between(oldest, now))
                .orElse(Duration.ZERO);
    }

    private void wake(PolledSession session) {
        if (sessions.get(session.uid()) == session) {
            loop.guard(() -> wake.accept(session.uid()));
        }
    }

    private Optional<PolledSession> find(String uid) {
        return Optional.ofNullable(sessions.get(uid));
    }
}
