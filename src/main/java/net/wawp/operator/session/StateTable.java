package net.wawp.operator.session;

import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation.Sighting;
import net.wawp.operator.session.Progress.Standing;

/** The table of states: one fresh look at a session against what it shall be. */
final class StateTable {

    /** A call is made only on a look that is younger than this. */
    static final Duration ACT_ON = Duration.ofSeconds(30);

    /** How long a session must have worked until its restarts are forgotten. */
    static final Duration HEALED_AFTER = Duration.ofMinutes(10);

    static final int LOGOUT_ATTEMPTS = 3;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final Target target;
    private final Sighting sighting;
    private final Progress progress;
    private final Instant now;
    private final Settlement settlement;
    private final Optional<LastAction> lastAction;
    private final Pairing pairing;
    private final boolean asked;

    StateTable(Target target, Sighting sighting, Progress progress, Instant now) {
        this.target = target;
        this.sighting = sighting;
        this.progress = progress;
        this.now = now;
        this.settlement = new Settlement(target, progress);
        this.lastAction = progress.lastAction().map(action -> settlement.settle(action, sighting));
        this.pairing = pairing();
        this.asked = target.requestedAt()
                .filter(at -> !sighting.begun().isBefore(at))
                .isPresent();
    }

    Decision decide() {
        if (sighting.state() == SessionState.UNKNOWN) {
            return stalled(
                    Reason.UnknownSessionState,
                    sighting.info()
                                    .word()
                                    .map(word -> "Wawp reports the state " + word)
                                    .orElse("Wawp reports a state")
                            + " that this operator does not know, so it calls nothing: look at the session in the Wawp"
                            + " dashboard, or update the operator.");
        }
        return awaited().map(this::settling).orElseGet(() -> switch (target.desired()) {
            case Running -> running();
            case Stopped -> stopped();
            case LoggedOut -> loggedOut();
        });
    }

    // --- what was sent is settled first -------------------------------------------------------------------------

    private Optional<LastAction> awaited() {
        return lastAction
                .filter(LastAction::isOpen)
                // the engine boots: the start has been heard, and each column knows what to do about STARTING
                .filter(open -> open.type() != Action.Start || sighting.state() != SessionState.STARTING);
    }

    private Decision settling(LastAction open) {
        Reason reason =
                switch (open.type()) {
                    case Start -> startReason();
                    case Stop -> progress.stands(Reason.Recovering) ? Reason.Recovering : Reason.Stopping;
                    case Logout -> Reason.LoggingOut;
                };
        return moving(
                reason,
                "The " + Messages.name(open.type()) + " was called; its effect is awaited.",
                settlement.deadline(open));
    }

    // --- desired: Running ---------------------------------------------------------------------------------------

    private Decision running() {
        return switch (sighting.state()) {
            case STOPPED -> start();
            case STARTING -> booting();
            case SCAN_QR_CODE ->
                pairingRequired(
                        "a person must scan the QR code that the Wawp dashboard shows with the"
                                + " phone to be linked.",
                        SessionPolicy.FAST);
            case WORKING -> working();
            case FAILED -> pairing == Pairing.Unpaired ? parked() : recover(sighting.since());
            case UNKNOWN -> throw new IllegalStateException("judged before");
        };
    }

    private Decision start() {
        Optional<Decision> refusal = refusal(Action.Start, startReason());
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (last(Action.Start, Ineffective) && startCounts()) {
            return restart(Action.Start, settlement.deadline(lastAction.get()));
        }
        return call(Action.Start, nextAttempt(Action.Start), startReason(), "The session is being started.");
    }

    /** A start of another process, of which nobody knows whether it was sent, is no failure of the session. */
    private boolean startCounts() {
        return progress.report().isPresent()
                || progress.stands(Reason.Recovering)
                || progress.stands(Reason.RecoveryExhausted);
    }

    private Decision booting() {
        Instant since = lastAction
                .filter(action -> action.type() == Action.Start && action.isOpen())
                .map(LastAction::time)
                .filter(called -> called.isBefore(sighting.since()))
                .orElse(sighting.since());
        Instant overdue = since.plus(target.startingTimeout());
        return sighting.begun().isBefore(overdue)
                ? moving(startReason(), "The engine of the session boots.", overdue)
                : recover(overdue);
    }

    private Decision working() {
        Instant since = progress.standing()
                .filter(standing -> standing.reason() == Reason.Working)
                .map(Standing::readySince)
                .filter(earlier -> earlier.isBefore(sighting.since()))
                .orElse(sighting.since());
        Instant healed = since.plus(HEALED_AFTER);
        boolean counting = progress.restarts() > 0 && now.isBefore(healed);
        return judged(
                Verdict.settled(Reason.Working, "The session is linked and works."),
                target.pollInterval(),
                counting ? Optional.of(new Recheck(healed, true)) : Optional.empty(),
                counting ? progress.restarts() : 0);
    }

    private Decision parked() {
        boolean restartUnderWay = last(Action.Stop, Abandoned) && progress.stands(Reason.Recovering);
        if (restartUnderWay) {
            return refusal(Action.Stop, Reason.Recovering)
                    .orElseGet(() -> callRestart(Action.Stop, progress.restarts()));
        }
        return asked
                ? callRestart(Action.Stop, progress.restarts())
                : pairingRequired(
                        "its QR code was not scanned in time: annotate the resource with wawp.net/requestedAt for a"
                                + " fresh one when a person with the phone is ready.",
                        target.pollInterval());
    }

    /** Stop, then start, after a pause: the pauses grow and the number of times is limited. */
    private Decision recover(Instant failedSince) {
        if (last(Action.Stop, Abandoned) && progress.stands(Reason.Recovering)) {
            return refusal(Action.Stop, Reason.Recovering)
                    .orElseGet(() -> callRestart(Action.Stop, progress.restarts()));
        }
        boolean stopHadNoEffect = last(Action.Stop, Ineffective) && progress.stands(Reason.Recovering);
        return restart(Action.Stop, stopHadNoEffect ? settlement.deadline(lastAction.get()) : failedSince);
    }

    private Decision restart(Action first, Instant failedSince) {
        if (progress.restarts() >= target.maxRestarts()) {
            return asked ? callRestart(first, 1) : exhausted();
        }
        Instant due = failedSince.plus(pause(progress.restarts()));
        return now.isBefore(due)
                ? moving(Reason.Recovering, "The session failed or hangs; it is restarted after a pause.", due)
                : callRestart(first, progress.restarts() + 1);
    }

    private Decision callRestart(Action first, int restarts) {
        return call(first, nextAttempt(first), Reason.Recovering, "The session is being restarted.", restarts);
    }

    private Decision exhausted() {
        String message = target.maxRestarts() == 0
                ? "The session failed and recovery is turned off (spec.recovery.maxRestarts is 0): "
                : "The session failed again after every restart that spec.recovery.maxRestarts allows: ";
        return stalled(
                Reason.RecoveryExhausted,
                message + "look into it in the Wawp dashboard, then annotate the resource with wawp.net/requestedAt to"
                        + " try again.");
    }

    private Decision pairingRequired(String who, Duration pace) {
        return judged(
                Verdict.stalled(Reason.PairingRequired, "No device is linked; " + who),
                pace,
                Optional.empty(),
                progress.restarts());
    }

    private Reason startReason() {
        return progress.restarts() > 0 ? Reason.Recovering : Reason.Starting;
    }

    static Duration pause(int restarts) {
        Duration pause = FIRST_PAUSE;
        for (int i = 0; i < restarts && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
            pause = pause.multipliedBy(3);
        }
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    // --- desired: Stopped ---------------------------------------------------------------------------------------

    private Decision stopped() {
        if (sighting.state() == SessionState.STOPPED) {
            return settled(
                    Reason.Stopped,
                    "The session is stopped" + (pairing == Pairing.Paired ? "; its pairing is kept." : "."));
        }
        Optional<Decision> refusal = refusal(Action.Stop, Reason.Stopping);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (last(Action.Stop, Ineffective) && progress.stands(Reason.Stopping)) {
            LastAction fruitless = lastAction.get();
            Instant due = settlement.deadline(fruitless).plus(pause(fruitless.attempt() - 1));
            if (now.isBefore(due)) {
                return moving(Reason.Stopping, "The stop had no effect; it is repeated after a pause.", due);
            }
        }
        return call(Action.Stop, nextAttempt(Action.Stop), Reason.Stopping, "The session is being stopped.");
    }

    // --- desired: LoggedOut -------------------------------------------------------------------------------------

    private Decision loggedOut() {
        return switch (sighting.state()) {
            case SCAN_QR_CODE -> out();
            case STOPPED, FAILED -> pairing == Pairing.Unpaired ? out() : logout();
            case WORKING -> logout();
            case STARTING -> {
                Instant overdue = sighting.since().plus(target.startingTimeout());
                yield sighting.begun().isBefore(overdue)
                        ? moving(
                                Reason.LoggingOut,
                                "The engine boots; the logout depends on the state it lands in.",
                                overdue)
                        : logout();
            }
            case UNKNOWN -> throw new IllegalStateException("judged before");
        };
    }

    private Decision out() {
        return settled(Reason.LoggedOut, "The session is logged out: no device is linked.");
    }

    private Decision logout() {
        Optional<Decision> refusal = refusal(Action.Logout, Reason.LoggingOut);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (!continuesLogout()) {
            return callLogout(1);
        }
        LastAction earlier = lastAction.get();
        if (earlier.phase() == Abandoned) {
            return callLogout(earlier.attempt());
        }
        Instant shows = settlement.deadline(earlier);
        if (earlier.phase() == Confirmed && sighting.begun().isBefore(shows)) {
            return moving(Reason.LoggingOut, "Wawp accepted the logout; its effect is awaited.", shows);
        }
        if (earlier.attempt() < LOGOUT_ATTEMPTS) {
            return callLogout(earlier.attempt() + 1);
        }
        boolean changedSince = progress.standing()
                .filter(standing -> standing.reason() == Reason.LogoutUncertain)
                .filter(standing -> standing.generation() < target.generation())
                .isPresent();
        return asked || changedSince
                ? callLogout(1)
                : stalled(
                        Reason.LogoutUncertain,
                        "The session still shows as linked after three logouts, so no more are sent: look at it in the"
                                + " Wawp dashboard, then annotate the resource with wawp.net/requestedAt to try again.");
    }

    /** Whether the last logout was for the same end: since then the session was neither out nor asked to be otherwise. */
    private boolean continuesLogout() {
        if (lastAction.filter(action -> action.type() == Action.Logout).isEmpty()) {
            return false;
        }
        return progress.standing()
                .map(Standing::reason)
                .map(reason -> switch (reason) {
                    case LoggedOut,
                            Working,
                            Stopped,
                            Starting,
                            Stopping,
                            Recovering,
                            RecoveryExhausted,
                            PairingRequired -> false;
                    case LoggingOut,
                            LogoutUncertain,
                            UnknownSessionState,
                            Suspended,
                            SecretInvalid,
                            SecretNotFound,
                            InstanceConflict,
                            Unauthorized,
                            QuotaExceeded,
                            InstanceNotFound,
                            RequestRejected,
                            GatewayUnavailable,
                            RateLimited,
                            FinalizerReleased -> true;
                })
                .orElse(true);
    }

    private Decision callLogout(int attempt) {
        return call(Action.Logout, attempt, Reason.LoggingOut, "The session is being logged out.");
    }

    // --- common -------------------------------------------------------------------------------------------------

    private Pairing pairing() {
        return switch (sighting.state()) {
            case WORKING -> Pairing.Paired;
            case SCAN_QR_CODE -> Pairing.Unpaired;
            case STOPPED, STARTING, FAILED, UNKNOWN -> {
                boolean loggedOutJustNow = last(Action.Logout, Confirmed)
                        && progress.lastAction().filter(LastAction::isOpen).isPresent();
                yield loggedOutJustNow ? Pairing.Unpaired : progress.pairing();
            }
        };
    }

    private boolean last(Action action, Phase phase) {
        return lastAction.filter(last -> last.is(action, phase)).isPresent();
    }

    private int nextAttempt(Action action) {
        return last(action, Abandoned) || last(action, Ineffective)
                ? lastAction.get().attempt() + 1
                : 1;
    }

    /** What to say and to wait for while a call of this kind was refused and is not to be repeated yet. */
    private Optional<Decision> refusal(Action action, Reason movingReason) {
        if (!last(action, Abandoned) || progress.report().isEmpty()) {
            return Optional.empty();
        }
        if (!(progress.report().get().outcome() instanceof Failed failed) || !now.isBefore(failed.retryAt())) {
            return Optional.empty();
        }
        Failure.Kind kind = failed.failure().kind();
        boolean curedPerhaps = failed.at().isBefore(target.changedAt()) || asked;
        if (!kind.isPassing() && curedPerhaps) {
            return Optional.empty();
        }
        String message = Messages.callRefused(action, kind);
        Verdict verdict =
                kind.isPassing() ? Verdict.moving(movingReason, message) : Verdict.stalled(kind.reason(), message);
        Duration pace = kind.isPassing() ? SessionPolicy.FAST : target.pollInterval();
        return Optional.of(
                judged(verdict, pace, Optional.of(new Recheck(failed.retryAt(), true)), progress.restarts()));
    }

    private Decision call(Action action, int attempt, Reason reason, String message) {
        return call(action, attempt, reason, message, progress.restarts());
    }

    private Decision call(Action action, int attempt, Reason reason, String message, int restarts) {
        if (!target.suspended() && sighting.begun().plus(ACT_ON).isBefore(now)) {
            return new Decision.LookAgain();
        }
        return new Judged(
                Verdict.moving(reason, message),
                pairing,
                target.suspended() ? progress.restarts() : restarts,
                lastAction,
                Optional.of(new Call(action, attempt)),
                Optional.empty(),
                SessionPolicy.FAST,
                Optional.empty(),
                asked);
    }

    private Judged moving(Reason reason, String message, Instant recheck) {
        return judged(
                Verdict.moving(reason, message),
                SessionPolicy.FAST,
                Optional.of(new Recheck(recheck, true)),
                progress.restarts());
    }

    private Judged settled(Reason reason, String message) {
        return judged(Verdict.settled(reason, message), target.pollInterval(), Optional.empty(), 0);
    }

    private Judged stalled(Reason reason, String message) {
        return judged(Verdict.stalled(reason, message), target.pollInterval(), Optional.empty(), progress.restarts());
    }

    private Judged judged(Verdict verdict, Duration lookEvery, Optional<Recheck> recheck, int restarts) {
        return new Judged(
                verdict, pairing, restarts, lastAction, Optional.empty(), Optional.empty(), lookEvery, recheck, asked);
    }
}
