package net.wawp.operator.command;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import net.wawp.operator.poller.EventLoop;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Outcome;
import net.wawp.operator.session.Failure;
import net.wawp.operator.wawp.SendGuard;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends announced commands, each once.
 *
 * <p>There is one lane per instance, whose id is compared without regard to case. A lane outlives resources: at most one command is in
 * flight on an instance, and its outcome is remembered, whichever resource it served. A lane that was idle for 30 minutes is dropped.
 *
 * <p>Any thread may call any method, and none of them waits: calls are made on the event loop.
 *
 * <p>In {@code protocol.als} this is the guard {@code OneLane}.
 */
public final class CommandSender {

    private static final Logger log = LoggerFactory.getLogger(CommandSender.class);

    private static final Duration IDLE_LIMIT = Duration.ofMinutes(30);
    private static final Duration CLEANING_INTERVAL = Duration.ofMinutes(1);

    /** How often the guard is asked while a confirmation is awaited. */
    private static final Duration GUARD_INTERVAL = Duration.ofMillis(500);

    /** After a command that was not confirmed: whoever confirms may be out of order, and must not be asked in a loop. */
    private static final Duration UNCONFIRMED_PAUSE = Duration.ofSeconds(10);

    private final EventLoop loop;
    private final WawpClient client;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Consumer<Command> settled;

    private final Object lock = new Object();
    private final Map<String, InstanceLane> lanes = new HashMap<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private Instant cleanedAt;
    private volatile boolean draining;

    /** @param settled receives each command after its outcome is in {@link #last}; it is called on the loop, so it must not block */
    public CommandSender(
            EventLoop loop, WawpClient client, InstantSource clock, RandomGenerator random, Consumer<Command> settled) {
        this.loop = loop;
        this.client = client;
        this.clock = clock;
        this.random = random;
        this.settled = settled;
        this.cleanedAt = clock.instant();
    }

    /**
     * Sends a command. Its report is pending when this returns.
     *
     * @return false when nothing is sent, because the lane is busy or the sender is draining
     */
    public boolean send(Command command) {
        boolean isTaken;
        synchronized (lock) {
            isTaken = take(command, clock.instant());
        }
        if (isTaken) {
            loop.run(() -> confirm(command, new WatchfulGuard(command.guard())));
        }
        return isTaken;
    }

    /** Puts the command into its lane if that is free. The caller holds the lock. */
    private boolean take(Command command, Instant now) {
        dropIdleLanes(now);
        InstanceLane lane = lanes.get(key(command));
        if (draining || (lane != null && lane.isBusy())) {
            return false;
        }
        if (lane == null) {
            lanes.put(key(command), new InstanceLane(command, now));
        } else {
            lane.take(command, now);
        }
        return true;
    }

    /** The last command that this process sent to the instance. */
    public Optional<SentCommand> last(String instanceId) {
        synchronized (lock) {
            return Optional.ofNullable(lanes.get(key(instanceId))).map(InstanceLane::last);
        }
    }

    /**
     * Sends nothing from now on, for good: commands that were taken but not sent are withheld.
     *
     * @param limit how long, in real time, commands in flight may take
     * @return completes when no command is in flight and all outcomes were handed over, or when the time is over
     */
    public CompletionStage<Void> drain(Duration limit) {
        synchronized (lock) {
            draining = true;
        }
        loop.run(this::completeDrain);
        loop.after(limit, () -> drained.complete(null));
        return drained.minimalCompletionStage();
    }

    private void confirm(Command command, WatchfulGuard guard) {
        if (!guard.maySend()) {
            settle(command, withheld());
            return;
        }
        // decided once: by the confirmation, or by the guard if that takes too long
        CompletableFuture<Boolean> confirmed = new CompletableFuture<>();
        Runnable stopAsking = loop.every(GUARD_INTERVAL, () -> {
            if (!guard.maySend()) {
                confirmed.complete(false);
            }
        });
        loop.await(command.confirmation()::confirm, (answer, error) -> {
            // many claims may wait for their turn, and fail when their command has been withheld
            if (error != null && !confirmed.isDone()) {
                // only the type: the message of an exception may quote what it was about
                log.warn("The {} was not sent: its confirmation failed with {}", command, error.getClass());
            }
            confirmed.complete(Boolean.TRUE.equals(answer));
        });
        confirmed.thenAccept(yes -> {
            stopAsking.run();
            if (yes) {
                call(command, guard);
            } else {
                settle(command, guard.refused() ? withheld() : unconfirmed());
            }
        });
    }

    private void call(Command command, WatchfulGuard guard) {
        loop.call(
                () -> client.send(WawpRequest.change(command.intent().type(), command.credentials(), guard)),
                response -> settle(command, outcome(command, guard, response)));
    }

    private Outcome outcome(Command command, WatchfulGuard guard, WawpResponse response) {
        boolean isWithheld = response instanceof WawpResponse.Refused refused
                && refused.failure().delivery() == Failure.Delivery.Withheld;
        if (isWithheld && guard.refused()) {
            return withheld();
        }
        synchronized (lock) {
            return lanes.get(key(command)).outcome(response, clock.instant(), random);
        }
    }

    /** Nothing was sent, by no fault of Wawp's: a next command may follow at once. */
    private Outcome withheld() {
        return withheld(Duration.ZERO);
    }

    private Outcome unconfirmed() {
        return withheld(UNCONFIRMED_PAUSE);
    }

    private Outcome withheld(Duration pause) {
        Instant now = clock.instant();
        Failure failure = new Failure(Failure.Kind.GatewayUnavailable, Failure.Delivery.Withheld);
        return new CommandReport.Failed(failure, now, now.plus(pause));
    }

    private void settle(Command command, Outcome outcome) {
        synchronized (lock) {
            lanes.get(key(command)).settle(outcome);
        }
        loop.guard(() -> settled.accept(command));
        completeDrain();
    }

    private void completeDrain() {
        boolean isDrained;
        synchronized (lock) {
            isDrained = draining && lanes.values().stream().noneMatch(InstanceLane::isBusy);
        }
        if (isDrained) {
            drained.complete(null);
        }
    }

    private void dropIdleLanes(Instant now) {
        if (now.isAfter(cleanedAt.plus(CLEANING_INTERVAL))) {
            lanes.values().removeIf(lane -> lane.isIdleSince(now.minus(IDLE_LIMIT)));
            cleanedAt = now;
        }
    }

    private static String key(Command command) {
        return key(command.credentials().instanceId());
    }

    private static String key(String instanceId) {
        return instanceId.toLowerCase(Locale.ROOT);
    }

    /** The command's guard, which also says no while draining, and remembers that it did. A broken guard says no. */
    private final class WatchfulGuard implements SendGuard {

        private final SendGuard guard;
        private volatile boolean refused;

        WatchfulGuard(SendGuard guard) {
            this.guard = guard;
        }

        @Override
        public boolean maySend() {
            try {
                refused = draining || !guard.maySend();
            } catch (RuntimeException e) {
                refused = true;
                log.error("A command is not sent, since its guard failed", e);
            }
            return !refused;
        }

        boolean refused() {
            return refused;
        }
    }
}
