package net.wawp.operator.session.policy;

import static net.wawp.operator.session.LastAction.Phase.Ineffective;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.WithFacts;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionState;

/** Stopping a session. A stop may be repeated at will, so it is, with growing pauses. */
final class StopRule {

    private final SessionView view;

    StopRule(SessionView view) {
        this.view = view;
    }

    WithFacts done() {
        return view.settled(
                Reason.Stopped,
                "The session is stopped" + (view.pairing() == Pairing.Paired ? "; its pairing is kept." : "."));
    }

    WithFacts stop() {
        return stop("Found " + view.state() + ", wanted " + Messages.wanted(view.target()) + ": stopping it.");
    }

    /** The session rests by a rule of its own. */
    WithFacts rest(Reason reason) {
        return view.state() == SessionState.STOPPED
                ? view.settled(reason, Messages.resting(reason) + ": the session is stopped and misses messages.")
                : stop(Messages.resting(reason) + ": stopping the session.");
    }

    private WithFacts stop(String message) {
        return reasonToWait(Reason.Stopping, view.purpose())
                .orElseGet(() -> view.call(Action.Stop, view.purpose(), Reason.Stopping, message));
    }

    /** Why a stop for this purpose has to wait, if it does. */
    Optional<WithFacts> reasonToWait(Reason reason, Purpose purpose) {
        return view.refusal(Action.Stop, reason).or(() -> pause(reason, purpose));
    }

    private Optional<WithFacts> pause(Reason reason, Purpose purpose) {
        return view.last(Action.Stop, Ineffective)
                .filter(ineffective -> view.pursues(purpose))
                .map(this::repeatedAt)
                .filter(view.now()::isBefore)
                .map(due -> view.paused(reason, "The stop had no effect; it is repeated after a pause.", due));
    }

    private Instant repeatedAt(LastAction ineffective) {
        return view.deadline(ineffective).plus(SessionView.pause(ineffective.attempt() - 1));
    }
}
