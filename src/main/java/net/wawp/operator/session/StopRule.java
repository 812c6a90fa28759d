package net.wawp.operator.session;

import static net.wawp.operator.session.LastAction.Phase.Ineffective;

import java.time.Instant;
import java.util.Optional;

/** Stopping a session. A stop may be repeated at will, so it is, with growing pauses. */
final class StopRule {

    private final Situation situation;

    StopRule(Situation situation) {
        this.situation = situation;
    }

    Decision done() {
        return situation.settled(
                Reason.Stopped,
                "The session is stopped" + (situation.pairing() == Pairing.Paired ? "; its pairing is kept." : "."));
    }

    Decision stop() {
        return hindrance(Reason.Stopping)
                .orElseGet(() -> situation.call(Action.Stop, Reason.Stopping, "The session is being stopped."));
    }

    /** What a stop in the course of what {@code reason} names has to wait for. */
    Optional<Decision> hindrance(Reason reason) {
        return situation.refusal(Action.Stop, reason).or(() -> pause(reason));
    }

    private Optional<Decision> pause(Reason reason) {
        return situation
                .last(Action.Stop, Ineffective)
                .filter(fruitless -> situation.progress().continues(reason))
                .map(this::repeatedAt)
                .filter(situation.now()::isBefore)
                .map(due -> situation.paused(reason, "The stop had no effect; it is repeated after a pause.", due));
    }

    private Instant repeatedAt(LastAction fruitless) {
        return situation.deadline(fruitless).plus(Situation.pause(fruitless.attempt() - 1));
    }
}
