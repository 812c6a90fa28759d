package net.wawp.operator.session;

import java.util.Optional;

/** The table of states: one fresh look at a session against what it shall be. */
final class StateTable {

    private final Situation situation;
    private final RunningRule running;
    private final StopRule stop;
    private final LogoutRule logout;

    StateTable(Situation situation) {
        this.situation = situation;
        this.stop = new StopRule(situation);
        this.running = new RunningRule(situation, stop);
        this.logout = new LogoutRule(situation);
    }

    Decision decide() {
        return awaited()
                .map(this::settling)
                .orElseGet(() -> switch (situation.target().desired()) {
                    case Running -> running();
                    case Stopped -> stopped();
                    case LoggedOut -> loggedOut();
                });
    }

    private Decision running() {
        return switch (situation.state()) {
            case STOPPED -> running.start();
            case STARTING -> running.boot();
            case SCAN_QR_CODE -> running.awaitScan();
            case WORKING -> running.work();
            case FAILED ->
                switch (situation.pairing()) {
                    case Paired, Unknown -> running.recover(situation.sighting().since());
                    case Unpaired -> running.park();
                };
            case UNKNOWN -> unknown();
        };
    }

    private Decision stopped() {
        return switch (situation.state()) {
            case STOPPED -> stop.done();
            case STARTING, SCAN_QR_CODE, WORKING, FAILED -> stop.stop();
            case UNKNOWN -> unknown();
        };
    }

    private Decision loggedOut() {
        return switch (situation.state()) {
            case STARTING -> logout.awaitBoot();
            case SCAN_QR_CODE -> logout.done();
            case WORKING -> logout.logout();
            case STOPPED, FAILED ->
                switch (situation.pairing()) {
                    case Paired, Unknown -> logout.logout();
                    case Unpaired -> logout.done();
                };
            case UNKNOWN -> unknown();
        };
    }

    private Decision unknown() {
        return situation.stalled(
                Reason.UnknownSessionState,
                situation
                                .sighting()
                                .info()
                                .word()
                                .map(word -> "Wawp reports the state " + word)
                                .orElse("Wawp reports a state")
                        + " that this operator does not know, so it calls nothing: look at the session in the Wawp"
                        + " dashboard, or update the operator.");
    }

    /** What was sent is settled first, whatever the resource asks for meanwhile. */
    private Optional<LastAction> awaited() {
        return situation.lastAction().filter(LastAction::isOpen).filter(open -> switch (situation.state()) {
            // the engine boots: a start has been heard, and each column knows what to do about STARTING
            case STARTING -> open.type() != Action.Start;
            case STOPPED, SCAN_QR_CODE, WORKING, FAILED -> true;
            case UNKNOWN -> false;
        });
    }

    private Decision settling(LastAction open) {
        Reason reason =
                switch (open.type()) {
                    case Start -> running.startReason();
                    case Stop -> running.isRestarting() ? Reason.Recovering : Reason.Stopping;
                    case Logout -> Reason.LoggingOut;
                };
        return situation.moving(
                reason,
                "The " + Messages.name(open.type()) + " was called; its effect is awaited.",
                situation.deadline(open));
    }
}
