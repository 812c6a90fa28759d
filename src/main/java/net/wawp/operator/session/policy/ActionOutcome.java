package net.wawp.operator.session.policy;

import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.Target;

/** Closes an announced call once its outcome is known: by the answer, by a later poll, or by the lapse of its time. */
final class ActionOutcome {

    private final Target target;
    private final Progress progress;

    ActionOutcome(Target target, Progress progress) {
        this.target = target;
        this.progress = progress;
    }

    /** The action, closed if this poll (which began after the call was answered) or the answer itself settles it. */
    LastAction settle(LastAction action, ObservedState observed) {
        return tookEffectLate(action, observed.state())
                ? action.closedAs(Confirmed)
                : close(action, outcome(action, observed));
    }

    /** Whether a start after which nothing showed in its time has worked after all: it says nothing of why the session stops later. */
    private static boolean tookEffectLate(LastAction action, SessionState state) {
        return action.is(Action.Start, Ineffective) && state == SessionState.WORKING;
    }

    /** The action, closed if the answer alone settles it: for when no poll does. */
    LastAction settleByAnswer(LastAction action) {
        return close(action, answer(action.type()));
    }

    private static LastAction close(LastAction action, Optional<Phase> outcome) {
        return action.isOpen() ? outcome.map(action::closedAs).orElse(action) : action;
    }

    /** When an open call counts as having had no effect: its time runs from its end, which a lost answer may delay. */
    Instant deadline(LastAction action) {
        // Nobody here knows when, or whether, another process sent its call: its time runs from when it was found.
        Instant from = progress.report().isPresent() || action.time().isAfter(progress.foundAt())
                ? progress.report()
                        .flatMap(CommandReport::settledAt)
                        .filter(end -> end.isAfter(action.time()))
                        .orElse(action.time())
                : progress.foundAt();
        return from.plus(
                switch (action.type()) {
                    case Start -> target.startingTimeout();
                    case Stop, Logout -> SessionPolicy.EFFECT_WINDOW;
                });
    }

    private Optional<Phase> outcome(LastAction action, ObservedState observed) {
        if (tookEffect(action.type(), observed.state())) {
            return Optional.of(Confirmed);
        }
        boolean underWay = action.type() == Action.Start && observed.state() == SessionState.STARTING;
        Optional<Phase> answer = underWay ? Optional.empty() : answer(action.type());
        boolean inTime = observed.begun().isBefore(deadline(action));
        return answer.isPresent() || inTime ? answer : Optional.of(Ineffective);
    }

    private static boolean tookEffect(Action type, SessionState state) {
        return switch (type) {
            case Start ->
                switch (state) {
                    case WORKING, SCAN_QR_CODE, PASSKEY_REQUIRED, PASSKEY_CONFIRMATION_REQUIRED, FAILED -> true;
                    case STOPPED, STARTING, UNKNOWN -> false;
                };
            case Stop -> state == SessionState.STOPPED;
            case Logout -> state == SessionState.SCAN_QR_CODE;
        };
    }

    private Optional<Phase> answer(Action type) {
        if (type == Action.Logout && answeredYes()) {
            return Optional.of(Confirmed);
        }
        return provablyDidNothing(type) ? Optional.of(Abandoned) : Optional.empty();
    }

    private boolean answeredYes() {
        return progress.report()
                .map(CommandReport::outcome)
                .filter(Accepted.class::isInstance)
                .isPresent();
    }

    private boolean provablyDidNothing(Action type) {
        return progress.report()
                .map(CommandReport::outcome)
                .filter(Failed.class::isInstance)
                .map(outcome -> ((Failed) outcome).failure())
                .filter(failure -> switch (failure.delivery()) {
                    case Withheld, Unreached -> true;
                    // A gateway's 5xx says little about what the engine behind it did: harmless for a start
                    // or a stop, which may be repeated, not for a logout.
                    case Answered -> type != Action.Logout || failure.kind() != Failure.Kind.GatewayUnavailable;
                    case Unanswered -> false;
                })
                .isPresent();
    }
}
