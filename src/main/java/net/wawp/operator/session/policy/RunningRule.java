package net.wawp.operator.session.policy;

import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.After;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Decision.WithFacts;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.PhoneNumber;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.RestartCause;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.Target;

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
        boolean isForPerson = restartPurpose()
                .filter(purpose -> purpose == Purpose.Restart || purpose == Purpose.Pairing)
                .isPresent();
        return isForPerson ? Reason.Restarting : progress.restarts() > 0 ? Reason.Recovering : Reason.Starting;
    }

    /** The end of the restart that is under way, if one is. */
    private Optional<Purpose> restartPurpose() {
        return view.lastAction()
                .filter(action -> !isOver(action))
                .map(LastAction::purpose)
                .filter(view::pursues)
                .filter(purpose -> switch (purpose) {
                    case Recovery, Restart, Pairing -> true;
                    case Desired, Deletion -> false;
                });
    }

    /** Whether a restart has ended with this start. The one that a request to link a phone may cost lasts as long as the request. */
    private boolean isOver(LastAction action) {
        return action.is(Action.Start, Confirmed)
                && view.pairingSince()
                        .filter(since -> PairingRule.hasRestarted(view.lastAction(), since))
                        .isEmpty();
    }

    /** The end of a restart that has begun with a stop which has not come to its end. */
    private Optional<Purpose> unfinishedStop() {
        return view.lastAction()
                .filter(action -> action.type() == Action.Stop && action.phase() != Confirmed)
                .map(LastAction::purpose)
                .filter(purpose -> restartPurpose().isPresent() || outlivesAnEdit(purpose));
    }

    /**
     * Whether this end is pursued also after the resource was edited: a person asked for the restart, and the status says that it is under
     * way. Once anything else was decided, the restart would come as a surprise.
     */
    private boolean outlivesAnEdit(Purpose purpose) {
        return purpose == Purpose.Restart
                && !target.suspended()
                && progress.reported()
                        .flatMap(ReportedStatus::reason)
                        .filter(Reason.Restarting::equals)
                        .isPresent();
    }

    private boolean isRestarting() {
        return unfinishedStop().filter(Purpose.Recovery::equals).isPresent();
    }

    /** The restart that a person requested, as far as it has not come: its stop is repeated until it takes effect. */
    Optional<WithFacts> restartForPerson() {
        boolean isUnderWay = unfinishedStop().filter(Purpose.Restart::equals).isPresent();
        if (isUnderWay && view.state() != SessionState.STOPPED) {
            return Optional.of(stop.reasonToWait(Reason.Restarting, Purpose.Restart)
                    .orElseGet(
                            () -> callForPerson(Action.Stop, Purpose.Restart, "Stopping the session to restart it.")));
        }
        if (!target.restartRequested()) {
            return Optional.empty();
        }
        return Optional.of(
                view.state() == SessionState.STOPPED
                        ? view.refusal(Action.Start, Reason.Restarting)
                                .orElseGet(() -> callForPerson(
                                        Action.Start,
                                        Purpose.Restart,
                                        "A restart was requested and the session is stopped: starting it."))
                        : stop.reasonToWait(Reason.Restarting, Purpose.Restart)
                                .orElseGet(() -> callForPerson(
                                        Action.Stop,
                                        Purpose.Restart,
                                        "A restart was requested: stopping the session.")));
    }

    /** Such a restart counts as none of recovery. */
    private WithFacts callForPerson(Action action, Purpose purpose, String message) {
        return view.call(action, purpose, Reason.Restarting, message);
    }

    private boolean isAnotherLinked() {
        Optional<PhoneNumber> linked = view.observed().info().number();
        return target.expectedNumber().isPresent()
                && linked.filter(number -> !target.expectedNumber().equals(linked))
                        .isPresent();
    }

    WithFacts start() {
        return view.refusal(Action.Start, startReason())
                .or(() -> view.last(Action.Start, Ineffective)
                        .filter(this::countsAsFailure)
                        .map(ineffective ->
                                restart(Action.Start, view.deadline(ineffective), RestartCause.StartWithoutEffect)))
                .orElseGet(this::callStart);
    }

    private WithFacts callStart() {
        // the second half of a restart, or the session is simply not running
        return restartPurpose()
                .map(purpose -> view.call(
                        Action.Start, purpose, startReason(), "The session was stopped to restart it: starting it."))
                .orElseGet(() -> view.call(
                        Action.Start,
                        Purpose.Desired,
                        startReason(),
                        "Found " + view.state() + ", wanted Running: starting it."));
    }

    /**
     * Whether a start without effect says something about the session. One that another process announced, and perhaps never sent, does
     * not; neither does one from before the resource was ready or edited.
     */
    private boolean countsAsFailure(LastAction start) {
        boolean isOwn = progress.report().isPresent();
        boolean wasClosedBefore =
                progress.lastAction().filter(action -> !action.isOpen()).isPresent();
        return !progress.isSettled()
                && (start.purpose() == Purpose.Recovery || !view.editedSince(start) && (isOwn || wasClosedBefore));
    }

    WithFacts starting() {
        Instant overdue = startingSince().plus(target.startingTimeout());
        boolean hangs = !view.observed().begun().isBefore(overdue);
        if (isExhausted() && progress.isStalledBy(Reason.RecoveryExhausted)) {
            // whoever starts it now: it counts as cured once it works
            if (!view.isRequested()) {
                return exhausted();
            }
            if (!hangs) {
                return exhaustedUntil(overdue);
            }
        }
        return hangs
                ? recover(overdue, RestartCause.StartingTooLong)
                : view.moving(startReason(), "The session is starting.", overdue);
    }

    /** Somebody has started it: what a request is to do depends on the state that it reaches. */
    private WithFacts exhaustedUntil(Instant overdue) {
        return view.update(
                        Readiness.stalled(
                                Reason.RecoveryExhausted,
                                "The session is starting: if it fails or hangs, it is restarted as requested."),
                        SessionPolicy.FAST,
                        Optional.of(new Recheck(overdue, After.Poll)),
                        progress.restarts())
                .leavingRequestOpen();
    }

    /** When the session began to start: with the call that made it, else when it was first seen to. */
    private Instant startingSince() {
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

    /** Another phone is linked than the one that is expected: a person decides, whatever else is due. */
    Optional<WithFacts> mismatch() {
        return isAnotherLinked()
                ? Optional.of(view.stalled(
                        Reason.AccountMismatch,
                        "Another phone number is linked than the one that spec.pairing.expectedAccount names, so the operator"
                                + " calls nothing: correct the field, or set spec.desiredState to LoggedOut and link the"
                                + " right phone."))
                : Optional.empty();
    }

    WithFacts work() {
        Instant seen = view.observed().since();
        Instant since = progress.reported()
                .filter(ReportedStatus::isReady)
                .map(ReportedStatus::readySince)
                .filter(earlier -> earlier.isBefore(seen))
                .orElse(seen);
        Instant healed = since.plus(HEALED_AFTER);
        boolean counting = progress.restarts() > 0 && view.observed().begun().isBefore(healed);
        return view.update(
                Readiness.settled(Reason.Working, "The session is linked and works."),
                target.pollInterval(),
                counting ? Optional.of(new Recheck(healed, After.Poll)) : Optional.empty(),
                counting ? progress.restarts() : 0);
    }

    WithFacts awaitScan() {
        String who;
        if (view.isPairingOffered()) {
            who = "a person must use the QR code or the link in the Secret <name>-pairing with the phone to be linked.";
        } else if (target.servesPairing()) {
            who = "a person must scan the QR code with the phone to be linked: the Wawp dashboard shows it, and the"
                    + " annotation wawp.net/pair puts a way to it into a Secret.";
        } else {
            who = "a person must scan the QR code that the Wawp dashboard shows with the phone to be linked.";
        }
        return pairingRequired(who, SessionPolicy.FAST);
    }

    WithFacts awaitPasskey() {
        return pairingRequired(
                "the phone to be linked asks for a passkey, which this operator cannot give: a person must confirm it in the"
                        + " Wawp dashboard.",
                SessionPolicy.FAST);
    }

    /** An unscanned QR code ends in FAILED by design: restarting it by itself would go on for ever. */
    WithFacts park() {
        String message = "Restarting it for a fresh QR code.";
        Optional<Purpose> unfinished = unfinishedStop();
        if (unfinished.filter(Purpose.Recovery::equals).isPresent()) {
            return stop.reasonToWait(Reason.Recovering, Purpose.Recovery).orElseGet(() -> callRecoveryStop(message));
        }
        boolean isForPairing = unfinished.filter(Purpose.Pairing::equals).isPresent()
                || view.pairingSince()
                        .filter(since -> !PairingRule.hasRestarted(view.lastAction(), since))
                        .isPresent();
        if (isForPairing) {
            return stop.reasonToWait(Reason.Restarting, Purpose.Pairing)
                    .orElseGet(() -> callForPerson(Action.Stop, Purpose.Pairing, message));
        }
        return view.isRequested()
                ? callRecoveryStop(message)
                : pairingRequired(
                        "its QR code was not scanned in time: annotate the resource with "
                                + (target.servesPairing() ? "wawp.net/pair" : "wawp.net/requestedAt")
                                + " for a fresh one when a person with the phone is ready.",
                        target.pollInterval());
    }

    /** Stop, then start, after a pause: the pauses grow and the number of times is limited. */
    WithFacts recover(Instant failedSince, RestartCause cause) {
        return view.refusal(Action.Stop, Reason.Recovering).orElseGet(() -> {
            boolean neverHappened =
                    isRestarting() && view.last(Action.Stop, Abandoned).isPresent();
            return neverHappened
                    ? callRecoveryStop(restartMessage(progress.restarts(), cause))
                    : restart(
                            Action.Stop,
                            view.last(Action.Stop, Ineffective)
                                    .filter(ineffective -> isRestarting())
                                    .map(view::deadline)
                                    .orElse(failedSince),
                            cause);
        });
    }

    private WithFacts restart(Action first, Instant failedSince, RestartCause cause) {
        if (isExhausted()) {
            return view.isRequested() ? beginRestart(first, 1, cause) : exhausted();
        }
        int number = progress.restarts() + 1;
        Duration pause = SessionView.pause(progress.restarts());
        Instant due = failedSince.plus(pause);
        return view.now().isBefore(due)
                ? view.paused(
                        Reason.Recovering,
                        "Restart %d of %d in %s: %s"
                                .formatted(
                                        number,
                                        target.maxRestarts(),
                                        Messages.duration(pause),
                                        Messages.because(cause, target)),
                        due)
                : beginRestart(first, number, cause);
    }

    private WithFacts beginRestart(Action first, int number, RestartCause cause) {
        return view.beginRecovery(first, number, restartMessage(number, cause));
    }

    private String restartMessage(int number, RestartCause cause) {
        return "Restart %d of %d: %s"
                .formatted(number, Math.max(number, target.maxRestarts()), Messages.because(cause, target));
    }

    private boolean isExhausted() {
        return progress.restarts() >= target.maxRestarts();
    }

    /** A stop that counts as no further restart. */
    private WithFacts callRecoveryStop(String message) {
        return view.call(Action.Stop, Purpose.Recovery, Reason.Recovering, message);
    }

    private WithFacts exhausted() {
        String message = target.maxRestarts() == 0
                ? "The session failed and recovery is turned off (spec.recovery.maxRestarts is 0): "
                : "The session failed again after every restart that spec.recovery.maxRestarts allows: ";
        return view.stalled(
                Reason.RecoveryExhausted,
                message + "check it in the Wawp dashboard, then annotate the resource with wawp.net/requestedAt to"
                        + " try again.");
    }

    private WithFacts pairingRequired(String who, Duration pace) {
        return view.update(
                Readiness.stalled(Reason.PairingRequired, "No device is linked; " + who),
                pace,
                Optional.empty(),
                progress.restarts());
    }
}
