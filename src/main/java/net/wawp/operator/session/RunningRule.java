package net.wawp.operator.session;

import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Progress.Standing;

/** Keeping a session running: starting it, and restarting it when it fails or hangs, so often and no more. */
final class RunningRule {

    /** How long a session must have worked until its restarts are forgotten. */
    private static final Duration HEALED_AFTER = Duration.ofMinutes(10);

    private final Situation situation;
    private final StopRule stop;
    private final Target target;
    private final Progress progress;

    RunningRule(Situation situation, StopRule stop) {
        this.situation = situation;
        this.stop = stop;
        this.target = situation.target();
        this.progress = situation.progress();
    }

    Reason startReason() {
        return progress.restarts() > 0 ? Reason.Recovering : Reason.Starting;
    }

    /** Whether the last call, a stop, was made in order to start the session again. */
    boolean isRestarting() {
        return target.desired() == Desired.Running
                && progress.continues(Reason.Recovering)
                && situation
                        .lastAction()
                        .filter(action -> action.type() == Action.Stop && !situation.editedSince(action))
                        .isPresent();
    }

    Decision start() {
        return situation
                .refusal(Action.Start, startReason())
                .or(() -> situation
                        .last(Action.Start, Ineffective)
                        .filter(fruitless -> startCounts())
                        .map(fruitless -> restart(Action.Start, situation.deadline(fruitless))))
                .orElseGet(() -> situation.call(Action.Start, startReason(), "The session is being started."));
    }

    /** A start of another process, of which nobody knows whether it was sent, is no failure of the session. */
    private boolean startCounts() {
        return progress.report().isPresent() && progress.continues(Reason.Starting)
                || progress.stands(Reason.Recovering)
                || progress.stands(Reason.RecoveryExhausted);
    }

    Decision boot() {
        if (progress.stands(Reason.RecoveryExhausted) && isExhausted()) {
            // whoever boots it now: it counts as cured once it works
            return recover(situation.sighting().since());
        }
        Instant overdue = bootingSince().plus(target.startingTimeout());
        return situation.sighting().begun().isBefore(overdue)
                ? situation.moving(startReason(), "The engine of the session boots.", overdue)
                : recover(overdue);
    }

    /** When the engine began to boot: with the start that made it, else when it was first seen to. */
    private Instant bootingSince() {
        Instant seen = situation.sighting().since();
        return progress.lastAction()
                .filter(action -> action.type() == Action.Start)
                .filter(start -> start.isOpen()
                        || start.phase() == Ineffective
                                && !seen.isAfter(start.time().plus(target.startingTimeout())))
                .map(LastAction::time)
                .filter(called -> called.isBefore(seen))
                .orElse(seen);
    }

    Decision work() {
        Instant seen = situation.sighting().since();
        Instant since = progress.standing()
                .filter(standing -> standing.reason() == Reason.Working)
                .map(Standing::readySince)
                .filter(earlier -> earlier.isBefore(seen))
                .orElse(seen);
        Instant healed = since.plus(HEALED_AFTER);
        boolean counting =
                progress.restarts() > 0 && situation.sighting().begun().isBefore(healed);
        return situation.judged(
                Verdict.settled(Reason.Working, "The session is linked and works."),
                target.pollInterval(),
                counting ? Optional.of(new Recheck(healed, true)) : Optional.empty(),
                counting ? progress.restarts() : 0);
    }

    Decision awaitScan() {
        return pairingRequired(
                "a person must scan the QR code that the Wawp dashboard shows with the phone to be linked.",
                SessionPolicy.FAST);
    }

    /** An unscanned QR code ends in FAILED by design: restarting it by itself would go on for ever. */
    Decision park() {
        if (isRestarting()) {
            return stop.hindrance(Reason.Recovering).orElseGet(() -> callRestart(Action.Stop, progress.restarts()));
        }
        return situation.isAskedFor()
                ? callRestart(Action.Stop, progress.restarts())
                : pairingRequired(
                        "its QR code was not scanned in time: annotate the resource with wawp.net/requestedAt for a"
                                + " fresh one when a person with the phone is ready.",
                        target.pollInterval());
    }

    /** Stop, then start, after a pause: the pauses grow and the number of times is limited. */
    Decision recover(Instant failedSince) {
        return situation.refusal(Action.Stop, Reason.Recovering).orElseGet(() -> {
            boolean neverHappened =
                    isRestarting() && situation.last(Action.Stop, Abandoned).isPresent();
            return neverHappened
                    ? callRestart(Action.Stop, progress.restarts())
                    : restart(
                            Action.Stop,
                            situation
                                    .last(Action.Stop, Ineffective)
                                    .filter(fruitless -> isRestarting())
                                    .map(situation::deadline)
                                    .orElse(failedSince));
        });
    }

    private Decision restart(Action first, Instant failedSince) {
        if (isExhausted()) {
            return situation.isAskedFor() ? callRestart(first, 1) : exhausted();
        }
        Instant due = failedSince.plus(Situation.pause(progress.restarts()));
        return situation.now().isBefore(due)
                ? situation.paused(
                        Reason.Recovering, "The session failed or hangs; it is restarted after a pause.", due)
                : callRestart(first, progress.restarts() + 1);
    }

    private boolean isExhausted() {
        return progress.restarts() >= target.maxRestarts();
    }

    private Decision callRestart(Action first, int restarts) {
        return situation.call(first, Reason.Recovering, "The session is being restarted.", restarts);
    }

    private Decision exhausted() {
        String message = target.maxRestarts() == 0
                ? "The session failed and recovery is turned off (spec.recovery.maxRestarts is 0): "
                : "The session failed again after every restart that spec.recovery.maxRestarts allows: ";
        return situation.stalled(
                Reason.RecoveryExhausted,
                message + "look into it in the Wawp dashboard, then annotate the resource with wawp.net/requestedAt to"
                        + " try again.");
    }

    private Decision pairingRequired(String who, Duration pace) {
        return situation.judged(
                Verdict.stalled(Reason.PairingRequired, "No device is linked; " + who),
                pace,
                Optional.empty(),
                progress.restarts());
    }
}
