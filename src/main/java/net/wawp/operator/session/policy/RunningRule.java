package net.wawp.operator.session.policy;

import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Verdict;

/** Keeping a session running: starting it, and restarting it when it fails or hangs, so often and no more. */
final class RunningRule {

    /** How long a session must have worked until its restarts are forgotten. */
    private static final Duration HEALED_AFTER = Duration.ofMinutes(10);

    private final SessionView view;
    private final StopRule stop;
    private final Target target;
    private final Progress progress;

    RunningRule(SessionView view, StopRule stop) {
        this.view = view;
        this.stop = stop;
        this.target = view.target();
        this.progress = view.progress();
    }

    Reason startReason() {
        return progress.restarts() > 0 ? Reason.Recovering : Reason.Starting;
    }

    /** Whether the last call, a stop, was made in order to start the session again. */
    boolean isRestarting() {
        return target.desired() == Desired.Running
                && progress.continues(Reason.Recovering)
                && view.lastAction()
                        .filter(action -> action.type() == Action.Stop && !view.editedSince(action))
                        .isPresent();
    }

    Decision start() {
        return view.refusal(Action.Start, startReason())
                .or(() -> view.last(Action.Start, Ineffective)
                        .filter(fruitless -> startCounts())
                        .map(fruitless -> restart(Action.Start, view.deadline(fruitless))))
                .orElseGet(() -> view.call(Action.Start, startReason(), "The session is being started."));
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
            return recover(view.observed().since());
        }
        Instant overdue = bootingSince().plus(target.startingTimeout());
        return view.observed().begun().isBefore(overdue)
                ? view.moving(startReason(), "The engine of the session boots.", overdue)
                : recover(overdue);
    }

    /** When the engine began to boot: with the start that made it, else when it was first seen to. */
    private Instant bootingSince() {
        Instant seen = view.observed().since();
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
        Instant seen = view.observed().since();
        Instant since = progress.reported()
                .filter(reported -> reported.reason() == Reason.Working)
                .map(ReportedStatus::readySince)
                .filter(earlier -> earlier.isBefore(seen))
                .orElse(seen);
        Instant healed = since.plus(HEALED_AFTER);
        boolean counting = progress.restarts() > 0 && view.observed().begun().isBefore(healed);
        return view.judged(
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
        return view.isAskedFor()
                ? callRestart(Action.Stop, progress.restarts())
                : pairingRequired(
                        "its QR code was not scanned in time: annotate the resource with wawp.net/requestedAt for a"
                                + " fresh one when a person with the phone is ready.",
                        target.pollInterval());
    }

    /** Stop, then start, after a pause: the pauses grow and the number of times is limited. */
    Decision recover(Instant failedSince) {
        return view.refusal(Action.Stop, Reason.Recovering).orElseGet(() -> {
            boolean neverHappened =
                    isRestarting() && view.last(Action.Stop, Abandoned).isPresent();
            return neverHappened
                    ? callRestart(Action.Stop, progress.restarts())
                    : restart(
                            Action.Stop,
                            view.last(Action.Stop, Ineffective)
                                    .filter(fruitless -> isRestarting())
                                    .map(view::deadline)
                                    .orElse(failedSince));
        });
    }

    private Decision restart(Action first, Instant failedSince) {
        if (isExhausted()) {
            return view.isAskedFor() ? callRestart(first, 1) : exhausted();
        }
        Instant due = failedSince.plus(SessionView.pause(progress.restarts()));
        return view.now().isBefore(due)
                ? view.paused(Reason.Recovering, "The session failed or hangs; it is restarted after a pause.", due)
                : callRestart(first, progress.restarts() + 1);
    }

    private boolean isExhausted() {
        return progress.restarts() >= target.maxRestarts();
    }

    private Decision callRestart(Action first, int restarts) {
        return view.call(first, Reason.Recovering, "The session is being restarted.", restarts);
    }

    private Decision exhausted() {
        String message = target.maxRestarts() == 0
                ? "The session failed and recovery is turned off (spec.recovery.maxRestarts is 0): "
                : "The session failed again after every restart that spec.recovery.maxRestarts allows: ";
        return view.stalled(
                Reason.RecoveryExhausted,
                message + "check it in the Wawp dashboard, then annotate the resource with wawp.net/requestedAt to"
                        + " try again.");
    }

    private Decision pairingRequired(String who, Duration pace) {
        return view.judged(
                Verdict.stalled(Reason.PairingRequired, "No device is linked; " + who),
                pace,
                Optional.empty(),
                progress.restarts());
    }
}
