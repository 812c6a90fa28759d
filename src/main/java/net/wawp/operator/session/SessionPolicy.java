package net.wawp.operator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Observation.Sighting;
import net.wawp.operator.session.Observation.Trouble;
import net.wawp.operator.session.Target.Obstacle;
import net.wawp.operator.session.Verdict.Motion;
import net.wawp.operator.session.Verdict.Ready;

/**
 * The brain: from what is wanted, what was seen and how far it has come to what to do now. Pure; looks at no clock.
 *
 * <p>What stands in the way of a judgement is dealt with here; the table of states itself is {@link StateTable}.
 */
public final class SessionPolicy {

    /** How often a session is looked at while something moves or a QR code waits to be scanned. */
    public static final Duration FAST = Duration.ofSeconds(3);

    /** How long a missing Secret or a taken instance may be a matter of the order in which things are applied. */
    static final Duration ORDERING_GRACE = Duration.ofMinutes(2);

    /** How long the last truth stands without a good look. */
    public static final Duration BLIND_AFTER = Duration.ofMinutes(3);

    public static final int BLIND_AFTER_LOOKS = 3;

    /** How often something that a person must cure is tried again without one. */
    public static final Duration HOPEFUL = Duration.ofMinutes(10);

    /** The slowest pace during an outage, so that its end is noticed. */
    private static final Duration OUTAGE_PACE = Duration.ofMinutes(5);

    private SessionPolicy() {}

    /** What to do now. */
    public static Decision decide(Target target, Observation observation, Progress progress, Instant now) {
        if (progress.report().filter(CommandReport::isPending).isPresent()) {
            return new Decision.Await();
        }
        if (target.obstacle().isPresent()) {
            return blocked(target, target.obstacle().get(), progress, now);
        }
        if (observation.trouble().isPresent()) {
            return troubled(target, observation, observation.trouble().get(), progress, now);
        }
        Optional<Sighting> fresh = observation.sighting().filter(seen -> counts(seen.begun(), target, progress));
        if (fresh.isEmpty()) {
            return new Decision.Await();
        }
        Decision decision = new StateTable(new Situation(target, fresh.get(), progress, now)).decide();
        return target.suspended() && decision instanceof Judged judged
                ? suspended(judged, target.pollInterval())
                : decision;
    }

    /** Whether a look that began then says something of this generation, after all that was done to the session. */
    private static boolean counts(Instant begun, Target target, Progress progress) {
        return !begun.isBefore(progress.freshAfter()) && !begun.isBefore(target.changedAt());
    }

    private static Judged blocked(Target target, Obstacle obstacle, Progress progress, Instant now) {
        boolean mayBeOrdering =
                obstacle.reason() == Reason.SecretNotFound || obstacle.reason() == Reason.InstanceConflict;
        // told by the status alone after a restart of the operator
        boolean stalledBefore = progress.standing()
                .filter(standing -> standing.reason() == obstacle.reason() && standing.stalled())
                .filter(standing -> standing.generation() == target.generation())
                .isPresent();
        Instant metAt = later(obstacle.since(), target.changedAt());
        Instant graceEnds = metAt.plus(ORDERING_GRACE);
        boolean waits = mayBeOrdering && !stalledBefore && now.isBefore(graceEnds);
        Verdict verdict = waits
                ? Verdict.moving(obstacle.reason(), obstacle.message())
                : Verdict.stalled(obstacle.reason(), obstacle.message());
        boolean handled = target.requestedAt()
                .filter(asked -> !obstacle.checkedAt().isBefore(asked))
                .isPresent();
        return withoutLook(
                target,
                progress,
                verdict,
                target.pollInterval(),
                waits ? Optional.of(new Recheck(graceEnds, false)) : Optional.empty(),
                handled);
    }

    private static Decision troubled(
            Target target, Observation observation, Trouble trouble, Progress progress, Instant now) {
        if (!counts(trouble.begun(), target, progress)) {
            return new Decision.Await();
        }
        Failure failure = trouble.failure();
        boolean handled = target.requestedAt()
                .filter(asked -> !trouble.begun().isBefore(asked))
                .filter(asked -> failure.delivery() != Failure.Delivery.Withheld)
                .isPresent();
        if (!failure.kind().isPassing()) {
            Verdict verdict = Verdict.stalled(failure.kind().reason(), Messages.lookFailed(failure.kind()));
            // While a token is refused the looks end at this operator's own limits, which let one of all through.
            Duration pace =
                    failure.kind() == Failure.Kind.Unauthorized ? shorter(target.pollInterval(), HOPEFUL) : HOPEFUL;
            return withoutLook(target, progress, verdict, pace, Optional.empty(), handled);
        }
        Instant lastGood = observation.sighting().map(Sighting::begun).orElse(trouble.since());
        boolean blind = trouble.looks() >= BLIND_AFTER_LOOKS || !now.isBefore(lastGood.plus(BLIND_AFTER));
        if (!blind) {
            return new Decision.Await();
        }
        Verdict verdict = new Verdict(
                failure.kind().reason(), Ready.Unknown, Motion.Reconciling, Messages.lookFailed(failure.kind()));
        return withoutLook(
                target, progress, verdict, shorter(target.pollInterval(), OUTAGE_PACE), Optional.empty(), handled);
    }

    /** The judgement of a suspended resource: what was seen stands, what would be called is told instead of done. */
    private static Judged suspended(Judged judged, Duration pollInterval) {
        boolean asDesired = judged.verdict().ready() == Ready.True;
        Optional<Action> planned = judged.call().map(Decision.Call::action);
        Verdict verdict = new Verdict(
                Reason.Suspended,
                judged.verdict().ready(),
                asDesired ? Motion.None : Motion.Stalled,
                Messages.suspended(asDesired, planned));
        return new Judged(
                verdict,
                judged.pairing(),
                // what the call would have counted is not counted
                judged.restarts(),
                judged.lastAction(),
                Optional.empty(),
                planned,
                planned.isPresent() ? pollInterval : judged.lookEvery(),
                judged.recheck(),
                judged.requestHandled());
    }

    /** The judgement where no look tells anything new: of the last call only what its answer alone settles. */
    private static Judged withoutLook(
            Target target,
            Progress progress,
            Verdict verdict,
            Duration lookEvery,
            Optional<Recheck> recheck,
            boolean handled) {
        Settlement settlement = new Settlement(target, progress);
        Optional<LastAction> lastAction = progress.lastAction().map(settlement::settleByAnswer);
        return new Judged(
                verdict,
                progress.pairingAfter(lastAction),
                progress.restarts(),
                lastAction,
                Optional.empty(),
                Optional.empty(),
                lookEvery,
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
