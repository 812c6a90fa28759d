package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Target.Blocker;
import net.wawp.operator.session.Verdict;
import net.wawp.operator.session.Verdict.Activity;
import net.wawp.operator.session.Verdict.Ready;

/**
 * The brain: from what is wanted, what was seen and how far it has come to what to do now. Pure; polls no clock.
 *
 * <p>What stands in the way of a judgement is dealt with here; the table of states itself is {@link StateTable}.
 */
public final class SessionPolicy {

    /** How often a session is polled while something moves or a QR code waits to be scanned. */
    public static final Duration FAST = Duration.ofSeconds(3);

    /** How long a missing Secret or a taken instance may be a matter of the order in which things are applied. */
    static final Duration ORDERING_GRACE = Duration.ofMinutes(2);

    /** How long the last truth stands without a good poll. */
    public static final Duration STALE_AFTER = Duration.ofMinutes(3);

    public static final int STALE_AFTER_POLLS = 3;

    /** How often something that a person must cure is tried again without one. */
    public static final Duration TERMINAL_RETRY = Duration.ofMinutes(10);

    /** The slowest pace during an outage, so that its end is noticed. */
    private static final Duration OUTAGE_PACE = Duration.ofMinutes(5);

    private SessionPolicy() {}

    /** What to do now. */
    public static Decision decide(Target target, Observation observation, Progress progress, Instant now) {
        if (progress.report().filter(CommandReport::isPending).isPresent()) {
            return new Decision.Await();
        }
        if (target.blocker().isPresent()) {
            return blocked(target, target.blocker().get(), progress, now);
        }
        if (observation.failureStreak().isPresent()) {
            return failing(target, observation, observation.failureStreak().get(), progress, now);
        }
        Optional<ObservedState> fresh = observation.observed().filter(seen -> counts(seen.begun(), target, progress));
        if (fresh.isEmpty()) {
            return new Decision.Await();
        }
        Decision decision = new StateTable(new SessionView(target, fresh.get(), progress, now)).decide();
        return target.suspended() && decision instanceof Judged judged
                ? suspended(judged, target.pollInterval())
                : decision;
    }

    /** Whether a poll that began then says something of this generation, after all that was done to the session. */
    private static boolean counts(Instant begun, Target target, Progress progress) {
        return !begun.isBefore(progress.freshAfter()) && !begun.isBefore(target.changedAt());
    }

    private static Judged blocked(Target target, Blocker blocker, Progress progress, Instant now) {
        boolean mayBeOrdering =
                blocker.reason() == Reason.SecretNotFound || blocker.reason() == Reason.InstanceConflict;
        // told by the status alone after a restart of the operator
        boolean stalledBefore = progress.reported()
                .filter(reported -> reported.reason() == blocker.reason() && reported.stalled())
                .filter(reported -> reported.generation() == target.generation())
                .isPresent();
        Instant metAt = later(blocker.since(), target.changedAt());
        Instant graceEnds = metAt.plus(ORDERING_GRACE);
        boolean waits = mayBeOrdering && !stalledBefore && now.isBefore(graceEnds);
        Verdict verdict = waits
                ? Verdict.moving(blocker.reason(), blocker.message())
                : Verdict.stalled(blocker.reason(), blocker.message());
        boolean handled = target.requestedAt()
                .filter(asked -> !blocker.checkedAt().isBefore(asked))
                .isPresent();
        return withoutPoll(
                target,
                progress,
                verdict,
                target.pollInterval(),
                waits ? Optional.of(new Recheck(graceEnds, false)) : Optional.empty(),
                handled);
    }

    private static Decision failing(
            Target target, Observation observation, FailureStreak failureStreak, Progress progress, Instant now) {
        if (!counts(failureStreak.begun(), target, progress)) {
            return new Decision.Await();
        }
        Failure failure = failureStreak.failure();
        boolean handled = target.requestedAt()
                .filter(asked -> !failureStreak.begun().isBefore(asked))
                .filter(asked -> failure.delivery() != Failure.Delivery.Withheld)
                .isPresent();
        if (!failure.kind().isTransient()) {
            Verdict verdict = Verdict.stalled(failure.kind().reason(), Messages.pollFailed(failure.kind()));
            // While a token is refused the polls end at this operator's own limits, which let one of all through.
            Duration pace = failure.kind() == Failure.Kind.Unauthorized
                    ? shorter(target.pollInterval(), TERMINAL_RETRY)
                    : TERMINAL_RETRY;
            return withoutPoll(target, progress, verdict, pace, Optional.empty(), handled);
        }
        Instant lastGood = observation.observed().map(ObservedState::begun).orElse(failureStreak.since());
        boolean stale = failureStreak.polls() >= STALE_AFTER_POLLS || !now.isBefore(lastGood.plus(STALE_AFTER));
        if (!stale) {
            return new Decision.Await();
        }
        Verdict verdict = new Verdict(
                failure.kind().reason(), Ready.Unknown, Activity.Reconciling, Messages.pollFailed(failure.kind()));
        return withoutPoll(
                target, progress, verdict, shorter(target.pollInterval(), OUTAGE_PACE), Optional.empty(), handled);
    }

    /** The judgement of a suspended resource: what was seen stands, what would be called is told instead of done. */
    private static Judged suspended(Judged judged, Duration pollInterval) {
        boolean asDesired = judged.verdict().ready() == Ready.True;
        Optional<Action> planned = judged.call().map(Decision.Call::action);
        Verdict verdict = new Verdict(
                Reason.Suspended,
                judged.verdict().ready(),
                asDesired ? Activity.None : Activity.Stalled,
                Messages.suspended(asDesired, planned));
        return new Judged(
                verdict,
                judged.pairing(),
                // what the call would have counted is not counted
                judged.restarts(),
                judged.lastAction(),
                Optional.empty(),
                planned,
                planned.isPresent() ? pollInterval : judged.pollInterval(),
                judged.recheck(),
                judged.requestHandled());
    }

    /** The judgement where no poll tells anything new: of the last call only what its answer alone settles. */
    private static Judged withoutPoll(
            Target target,
            Progress progress,
            Verdict verdict,
            Duration pollInterval,
            Optional<Recheck> recheck,
            boolean handled) {
        ActionOutcome outcome = new ActionOutcome(target, progress);
        Optional<LastAction> lastAction = progress.lastAction().map(outcome::settleByAnswer);
        return new Judged(
                verdict,
                progress.pairingAfter(lastAction),
                progress.restarts(),
                lastAction,
                Optional.empty(),
                Optional.empty(),
                pollInterval,
                recheck,
                handled);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
