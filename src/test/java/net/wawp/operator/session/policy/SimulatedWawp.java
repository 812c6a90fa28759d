package net.wawp.operator.session.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionState;

/** One session at a Wawp that has its moods: what is called may be done at once, late, or never, and the answer may lie. */
final class SimulatedWawp {

    private static final Duration UNSCANNED = Duration.ofMinutes(2);

    private final SimulatedTime time;
    private final RandomGenerator random;

    private SessionState state;
    private boolean paired;
    private boolean unknownWord;
    private final boolean stubborn;
    private boolean moody = true;
    private boolean down;
    private boolean liedAboutLogout;
    private boolean linkedUnnoticed;
    /** Changes with each state: what was to happen to an earlier one does not happen. */
    private int era;

    SimulatedWawp(SimulatedTime time, RandomGenerator random) {
        this.time = time;
        this.random = random;
        this.stubborn = random.nextInt(6) == 0;
        this.paired = random.nextBoolean();
        this.state = paired ? SessionState.WORKING : SessionState.STOPPED;
    }

    /** What becomes of a changing call: whether it has an effect, how long that takes, and what the caller gets to know. */
    record Fate(boolean takesEffect, Duration effectAfter, Duration answerAfter, Optional<Failure> failure) {}

    SessionState shown() {
        return unknownWord ? SessionState.UNKNOWN : state;
    }

    SessionState state() {
        return state;
    }

    boolean isPaired() {
        return paired;
    }

    /** Whether nobody can know that a phone is linked: a logout was answered well and not done, or it was linked between two polls. */
    boolean isLinkedInSecret() {
        return paired && (liedAboutLogout || linkedUnnoticed);
    }

    void noticedLinked() {
        linkedUnnoticed = false;
    }

    /** From now on every call works as documented, and nobody touches the session. */
    void calmDown() {
        moody = false;
        down = false;
        unknownWord = false;
    }

    /** Something happens to the session that the operator did not cause. */
    void happen() {
        switch (random.nextInt(9)) {
            case 0, 1 -> {
                if (state == SessionState.SCAN_QR_CODE) {
                    paired = true;
                    linkedUnnoticed = true;
                    enter(SessionState.WORKING);
                }
            }
            case 2 -> {
                if (state == SessionState.WORKING) {
                    paired = false;
                    enter(random.nextBoolean() ? SessionState.SCAN_QR_CODE : SessionState.FAILED);
                }
            }
            case 3 -> enter(SessionState.FAILED);
            case 4 -> enter(SessionState.STOPPED);
            case 5 -> start();
            case 6 -> unknownWord = !unknownWord;
            default -> down = !down;
        }
    }

    /** Why a poll fails now; empty when it shows the session. */
    Optional<Failure> pollFails() {
        if (down || moody && random.nextInt(30) == 0) {
            return Optional.of(failure());
        }
        return Optional.empty();
    }

    /** Takes a call that has just been sent. */
    Fate take(Action action) {
        Fate fate = moody ? mood() : new Fate(true, millis(500), millis(1000), Optional.empty());
        if (fate.takesEffect()) {
            time.after(fate.effectAfter(), () -> carryOut(action));
        } else if (action == Action.Logout && fate.failure().isEmpty()) {
            liedAboutLogout = true;
        }
        return fate;
    }

    private Fate mood() {
        Duration late = millis(random.nextInt(20_000));
        Duration answer = millis(50 + random.nextInt(9_000));
        // one that is stubborn mostly says yes and does nothing
        return switch (stubborn && random.nextInt(5) > 0 ? 4 : random.nextInt(8)) {
            case 0, 1, 2 -> new Fate(true, millis(random.nextInt(50)), answer, Optional.empty());
            case 3 -> new Fate(true, late, answer, Optional.empty());
            case 4 -> new Fate(false, Duration.ZERO, answer, Optional.empty());
            case 5 ->
                new Fate(
                        random.nextBoolean(),
                        late,
                        millis(10_000),
                        failed(Kind.GatewayUnavailable, Delivery.Unanswered));
            case 6 -> new Fate(random.nextBoolean(), late, answer, failed(Kind.GatewayUnavailable, Delivery.Answered));
            default -> new Fate(false, Duration.ZERO, answer, Optional.of(refusal()));
        };
    }

    private void carryOut(Action action) {
        switch (action) {
            case Start -> start();
            case Stop -> enter(SessionState.STOPPED);
            case Logout -> {
                paired = false;
                enter(
                        state == SessionState.STOPPED && random.nextBoolean()
                                ? SessionState.STOPPED
                                : SessionState.SCAN_QR_CODE);
            }
        }
    }

    private void start() {
        if (state != SessionState.STOPPED) {
            return;
        }
        enter(SessionState.STARTING);
        boolean hangs = moody && random.nextInt(4) == 0;
        if (!hangs) {
            int begun = era;
            time.after(millis(1000 + random.nextInt(8_000)), () -> {
                if (era == begun) {
                    land();
                }
            });
        }
    }

    private void land() {
        if (moody && random.nextInt(4) == 0) {
            enter(SessionState.FAILED);
        } else {
            enter(paired ? SessionState.WORKING : SessionState.SCAN_QR_CODE);
        }
    }

    private void enter(SessionState next) {
        era++;
        state = next;
        if (next == SessionState.SCAN_QR_CODE) {
            int shown = era;
            time.after(UNSCANNED, () -> {
                if (era == shown) {
                    enter(SessionState.FAILED);
                }
            });
        }
    }

    private Failure failure() {
        return random.nextInt(4) == 0 ? refusal() : new Failure(Kind.GatewayUnavailable, Delivery.Answered);
    }

    private Failure refusal() {
        Kind[] kinds = Kind.values();
        Kind kind = kinds[random.nextInt(kinds.length)];
        Delivery[] nothingDone = {Delivery.Withheld, Delivery.Unreached, Delivery.Answered};
        Delivery delivery = nothingDone[random.nextInt(nothingDone.length)];
        // an answer of this kind does not say that nothing was done
        boolean saysNothing = kind == Kind.GatewayUnavailable && delivery == Delivery.Answered;
        return new Failure(kind, saysNothing ? Delivery.Unreached : delivery);
    }

    private static Optional<Failure> failed(Kind kind, Delivery delivery) {
        return Optional.of(new Failure(kind, delivery));
    }

    private static Duration millis(long number) {
        return Duration.ofMillis(number);
    }
}
