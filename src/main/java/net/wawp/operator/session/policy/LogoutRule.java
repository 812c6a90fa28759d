package net.wawp.operator.session.policy;

import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Decision.WithFacts;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionState;

/**
 * Logging a session out: the one call that cannot be undone without a person, so its attempts are few.
 *
 * <p>In {@code protocol.als} this is the guard {@code EffectAwaited}.
 */
final class LogoutRule {

    private static final int ATTEMPTS = 3;

    private final SessionView view;

    LogoutRule(SessionView view) {
        this.view = view;
    }

    WithFacts done() {
        return view.settled(Reason.LoggedOut, "The session is logged out: no device is linked.");
    }

    WithFacts awaitStart() {
        Instant overdue = view.observed().since().plus(view.target().startingTimeout());
        if (!view.observed().begun().isBefore(overdue)) {
            return logout();
        }
        UpdateStatus waiting = view.moving(
                Reason.LoggingOut,
                "The session is starting; whether a logout is needed depends on the state it reaches.",
                overdue);
        // a request that is to begin the attempts anew does so once that state is known
        return earlier()
                        .filter(this::isForTheSameEnd)
                        .filter(LogoutRule::wasTheLast)
                        .isPresent()
                ? waiting.leavingRequestOpen()
                : waiting;
    }

    private Optional<LastAction> earlier() {
        return view.lastAction().filter(action -> action.type() == Action.Logout);
    }

    WithFacts logout() {
        Optional<LastAction> earlier = earlier();
        return view.refusal(Action.Logout, Reason.LoggingOut)
                .or(() -> earlier.filter(this::isYetToShow).map(this::awaitEffect))
                .orElseGet(() ->
                        earlier.filter(this::isForTheSameEnd).map(this::goOn).orElseGet(() -> call(1)));
    }

    /** Whether Wawp accepted it so recently that the session may still poll linked. */
    private boolean isYetToShow(LastAction earlier) {
        return earlier.phase() == Confirmed
                && view.observed().begun().isBefore(view.deadline(earlier))
                // it has shown, and the session was linked again since: a status that was only found is no proof of
                // that
                && !(view.progress().isSettled() && view.progress().isOwnStatus());
    }

    private WithFacts awaitEffect(LastAction earlier) {
        return view.moving(
                Reason.LoggingOut, "Wawp accepted the logout; waiting for it to show.", view.deadline(earlier));
    }

    /** Whether the attempts go on: since the last one the session was not linked anew, and the resource not edited. */
    private boolean isForTheSameEnd(LastAction earlier) {
        boolean linkedAnew =
                view.state() == SessionState.WORKING && view.progress().pairing() == Pairing.Unpaired;
        return !linkedAnew && !view.editedSince(earlier);
    }

    private WithFacts goOn(LastAction earlier) {
        if (!wasTheLast(earlier)) {
            return call(earlier.phase() == Abandoned ? earlier.attempt() : earlier.attempt() + 1);
        }
        return view.isRequested()
                ? call(1)
                : view.stalled(
                        Reason.LogoutUncertain,
                        "The session still shows as linked after three logouts, so no more are sent: check it in the"
                                + " Wawp dashboard, then annotate the resource with wawp.net/requestedAt to try"
                                + " again.");
    }

    /** Whether no attempt may follow without a person: one that was abandoned was none. */
    private static boolean wasTheLast(LastAction earlier) {
        return earlier.phase() != Abandoned && earlier.attempt() >= ATTEMPTS;
    }

    private WithFacts call(int attempt) {
        return view.call(
                new Call(Action.Logout, view.purpose(), attempt, false),
                Reason.LoggingOut,
                "Found " + view.state() + ", wanted " + Messages.wanted(view.target()) + ": logging it out.",
                view.progress().restarts());
    }
}
