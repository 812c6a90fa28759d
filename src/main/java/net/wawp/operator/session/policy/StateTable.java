package net.wawp.operator.session.policy;

import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.WithFacts;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.RestartCause;
import net.wawp.operator.session.SessionState;

/**
 * The table of states: what a fresh poll shows of a session, against what the resource asks for.
 *
 * <p>In {@code protocol.als} this is the guard {@code OpenIntentWaits}.
 */
final class StateTable {

    private final SessionView view;
    private final RunningRule running;
    private final StopRule stop;
    private final LogoutRule logout;
    private final Optional<Reason> rest;

    /** @param rest why a session that should be running rests now, if it does */
    StateTable(SessionView view, Optional<Reason> rest) {
        this.view = view;
        this.rest = rest;
        this.stop = new StopRule(view);
        this.running = new RunningRule(view, stop);
        this.logout = new LogoutRule(view);
    }

    WithFacts decide() {
        return awaited().map(this::settling).orElseGet(() -> switch (view.target()
                .desired()) {
            case Running -> running.mismatch().or(() -> rest.map(this::resting)).orElseGet(this::running);
            case Stopped -> stopped();
            case LoggedOut -> loggedOut();
        });
    }

    private WithFacts resting(Reason reason) {
        return switch (view.state()) {
            case STOPPED, STARTING, SCAN_QR_CODE, PASSKEY_REQUIRED, PASSKEY_CONFIRMATION_REQUIRED, WORKING, FAILED ->
                stop.rest(reason);
            case UNKNOWN -> unknown();
        };
    }

    private WithFacts running() {
        if (view.state() != SessionState.UNKNOWN) {
            Optional<WithFacts> requested = running.restartForPerson();
            if (requested.isPresent()) {
                return requested.get();
            }
        }
        return switch (view.state()) {
            case STOPPED -> running.start();
            case STARTING -> running.starting();
            case SCAN_QR_CODE -> running.awaitScan();
            case PASSKEY_REQUIRED, PASSKEY_CONFIRMATION_REQUIRED -> running.awaitPasskey();
            case WORKING -> running.work();
            case FAILED ->
                switch (view.pairing()) {
                    case Paired, Unknown -> running.recover(view.observed().since(), RestartCause.Failed);
                    case Unpaired -> running.park();
                };
            case UNKNOWN -> unknown();
        };
    }

    private WithFacts stopped() {
        return switch (view.state()) {
            case STOPPED -> stop.done();
            case STARTING, SCAN_QR_CODE, PASSKEY_REQUIRED, PASSKEY_CONFIRMATION_REQUIRED, WORKING, FAILED ->
                stop.stop();
            case UNKNOWN -> unknown();
        };
    }

    private WithFacts loggedOut() {
        return switch (view.state()) {
            case STARTING -> logout.awaitStart();
            case SCAN_QR_CODE, PASSKEY_REQUIRED, PASSKEY_CONFIRMATION_REQUIRED -> logout.done();
            case WORKING -> logout.logout();
            case STOPPED, FAILED ->
                switch (view.pairing()) {
                    case Paired, Unknown -> logout.logout();
                    case Unpaired -> logout.done();
                };
            case UNKNOWN -> unknown();
        };
    }

    private WithFacts unknown() {
        return view.stalled(
                Reason.UnknownSessionState,
                view.observed()
                                .info()
                                .word()
                                .map(word -> "Wawp reports the state " + word)
                                .orElse("Wawp reports a state")
                        + " that this operator does not know, so it calls nothing: check the session in the Wawp"
                        + " dashboard, or update the operator.");
    }

    /** The last call, while it is open: what was sent is settled first, whatever the resource asks for meanwhile. */
    private Optional<LastAction> awaited() {
        return view.lastAction().filter(LastAction::isOpen).filter(open -> switch (view.state()) {
            // a start has been heard, and each column knows what to do about STARTING
            case STARTING -> open.type() != Action.Start;
            case STOPPED, SCAN_QR_CODE, PASSKEY_REQUIRED, PASSKEY_CONFIRMATION_REQUIRED, WORKING, FAILED -> true;
            case UNKNOWN -> false;
        });
    }

    private WithFacts settling(LastAction open) {
        Reason reason =
                switch (open.type()) {
                    case Start -> running.startReason();
                    case Stop ->
                        switch (open.purpose()) {
                            case Recovery -> Reason.Recovering;
                            case Restart, Pairing -> Reason.Restarting;
                            case Desired, Deletion -> Reason.Stopping;
                        };
                    case Logout -> Reason.LoggingOut;
                };
        return view.moving(
                reason,
                "The " + Messages.name(open.type()) + " was called; waiting for it to show.",
                view.deadline(open));
    }
}
