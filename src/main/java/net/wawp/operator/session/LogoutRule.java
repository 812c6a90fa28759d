package net.wawp.operator.session;

import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Decision.Call;

/** Logging a session out: the one call that cannot be undone without a person, so its attempts are few. */
final class LogoutRule {

    private static final int ATTEMPTS = 3;

    private final Situation situation;

    LogoutRule(Situation situation) {
        this.situation = situation;
    }

    Decision done() {
        return situation.settled(Reason.LoggedOut, "The session is logged out: no device is linked.");
    }

    Decision awaitBoot() {
        Instant overdue = situation.sighting().since().plus(situation.target().startingTimeout());
        return situation.sighting().begun().isBefore(overdue)
                ? situation.moving(
                        Reason.LoggingOut, "The engine boots; the logout depends on the state it lands in.", overdue)
                : logout();
    }

    Decision logout() {
        Optional<LastAction> earlier = situation.lastAction().filter(action -> action.type() == Action.Logout);
        return situation
                .refusal(Action.Logout, Reason.LoggingOut)
                .or(() -> earlier.filter(this::isYetToShow).map(this::awaitEffect))
                .orElseGet(() ->
                        earlier.filter(this::isForTheSameEnd).map(this::goOn).orElseGet(() -> call(1)));
    }

    /** Whether Wawp accepted it so recently that the session may still look linked. */
    private boolean isYetToShow(LastAction earlier) {
        return earlier.phase() == Confirmed
                && situation.sighting().begun().isBefore(situation.deadline(earlier))
                // it has shown, and the session was linked again since
                && !situation.progress().stands(Reason.LoggedOut);
    }

    private Decision awaitEffect(LastAction earlier) {
        return situation.moving(
                Reason.LoggingOut, "Wawp accepted the logout; its effect is awaited.", situation.deadline(earlier));
    }

    /** Whether the attempts go on: since the last one the session was not linked anew, and the resource not edited. */
    private boolean isForTheSameEnd(LastAction earlier) {
        boolean linkedAnew = situation.state() == SessionState.WORKING
                && situation.progress().pairing() == Pairing.Unpaired;
        return !linkedAnew && !situation.editedSince(earlier);
    }

    private Decision goOn(LastAction earlier) {
        if (earlier.phase() == Abandoned) {
            return call(earlier.attempt());
        }
        if (earlier.attempt() < ATTEMPTS) {
            return call(earlier.attempt() + 1);
        }
        return situation.isAskedFor()
                ? call(1)
                : situation.stalled(
                        Reason.LogoutUncertain,
                        "The session still shows as linked after three logouts, so no more are sent: look at it in the"
                                + " Wawp dashboard, then annotate the resource with wawp.net/requestedAt to try"
                                + " again.");
    }

    private Decision call(int attempt) {
        return situation.call(
                new Call(Action.Logout, attempt),
                Reason.LoggingOut,
                "The session is being logged out.",
                situation.progress().restarts());
    }
}
