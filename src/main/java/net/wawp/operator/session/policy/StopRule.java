package net.wawp.operator.session.policy;

import static net.wawp.operator.session.LastAction.Phase.Ineffective;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Reason;

/** Stopping a session. A stop may be repeated at will, so it is, with growing pauses. */
final class StopRule {

    private final SessionView view;

    StopRule(SessionView view) {
        this.view = view;
    }

    Decision done() {
        return view.settled(
                Reason.Stopped,
                "The session is stopped" + (view.pairing() == Pairing.Paired ? "; its pairing is kept." : "."));
    }

    Decision stop() {
        return hindrance(Reason.Stopping)
                .orElseGet(() -> view.call(Action.Stop, Reason.Stopping, "The session is being stopped."));
    }

    /** What a stop in the course of what {@code reason} names has to wait for. */
    Optional<Decision> hindrance(Reason reason) {
        return view.refusal(Action.Stop, reason).or(() -> pause(reason));
    }

    private Optional<Decision> pause(Reason reason) {
        return view.last(Action.Stop, Ineffective)
                .filter(fruitless -> view.progress().continues(reason))
                .map(this::repeatedAt)
                .filter(view.now()::isBefore)
                .map(due -> view.paused(reason, "The stop had no effect; it is repeated after a pause.", due));
    }

    private Instant repeatedAt(LastAction fruitless) {
        return view.deadline(fruitless).plus(SessionView.pause(fruitless.attempt() - 1));
    }
}
