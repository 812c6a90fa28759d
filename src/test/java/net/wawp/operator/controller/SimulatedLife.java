package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The life of a simulated process: while it is frozen its tasks are held up, after its end none runs, and it renews its Lease as it goes. */
final class SimulatedLife {

    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);

    private final SimulatedTime time;
    private final Duration renewal;
    private final BooleanSupplier holdsLease;
    private final List<Runnable> heldUp = new ArrayList<>();
    private Instant renewed;
    private boolean frozen;
    private boolean alive = true;

    /** @param holdsLease whether the Lease names this process */
    SimulatedLife(SimulatedTime time, Duration renewal, BooleanSupplier holdsLease) {
        this.time = time;
        this.renewal = renewal;
        this.holdsLease = holdsLease;
        this.renewed = time.instant();
    }

    boolean isAlive() {
        return alive;
    }

    boolean isFrozen() {
        return frozen;
    }

    boolean runs() {
        return alive && !frozen;
    }

    void end() {
        alive = false;
    }

    void freeze() {
        frozen = true;
    }

    void thaw() {
        frozen = false;
        List<Runnable> tasks = List.copyOf(heldUp);
        heldUp.clear();
        tasks.forEach(this::run);
    }

    /** Runs the task in this process: later if it is frozen, never if it has ended. */
    void run(Runnable task) {
        if (frozen) {
            heldUp.add(task);
        } else if (alive) {
            task.run();
        }
    }

    void after(Duration delay, Runnable task) {
        time.after(delay, () -> run(task));
    }

    /** Renews the Lease now and from now on. */
    void renew() {
        if (holdsLease.getAsBoolean()) {
            renewed = time.instant();
        }
        after(renewal, this::renew);
    }

    Instant renewed() {
        return renewed;
    }

    /** The fence: whether the Lease was renewed lately. */
    boolean leads() {
        return holdsLease.getAsBoolean() && time.instant().isBefore(renewed.plus(RENEW_DEADLINE));
    }

    /** What it holds, for a search that compares states. */
    long state(StateHash hash) {
        long state = StateHash.mix(hash.of(alive), hash.of(frozen));
        state = StateHash.mix(state, hash.of(heldUp.size()));
        return StateHash.mix(state, hash.of(renewed));
    }
}
