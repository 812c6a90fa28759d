package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.After;
import net.wawp.operator.session.Decision.Await;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.ReadSecret;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Decision.Release;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Decision.WithFacts;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.PairingStep;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.PolicyResult;
import net.wawp.operator.session.PolicyResult.RestartAnswer;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Rest;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.session.Target;

/**
 * Decides what to do now, from what is wanted, what was seen and how far it has come. Pure; reads no clock.
 *
 * <p>What stands in the way of everything is dealt with here, and when a call has to wait. The table of states itself is
 * {@link StateTable}, the life of the finalizer {@link FinalizerRule}.
 *
 * <p>In {@code protocol.als} this is the guard {@code PollAfterCalls}.
 */
public final class SessionPolicy {

    /** How often a session is polled while something moves or a QR code waits to be scanned. */
    public static final Duration FAST = Duration.ofSeconds(3);

    /** A call is made only on a poll that began within this time. WAWP_REQUEST_TIMEOUT is always shorter. */
    public static final Duration MAX_OBSERVATION_AGE = Duration.ofSeconds(30);

    /** A call is made only with a Secret that was read within this time. */
    static final Duration MAX_SECRET_AGE = Duration.ofSeconds(10);

    /** How long after its end a stop or a logout may take to show. */
    public static final Duration EFFECT_WINDOW = Duration.ofSeconds(60);

    /** How long the last truth stands without a good poll. */
    public static final Duration STALE_AFTER = Duration.ofMinutes(3);

    public static final int STALE_AFTER_POLLS = 3;

    /** How often something that a person must cure is tried again without one. */
    public static final Duration TERMINAL_RETRY = Duration.ofMinutes(10);

    /** How often a request is tried that a refused token holds back. */
    private static final Duration REQUEST_RETRY = Duration.ofMinutes(1);

    /** How soon to decide again while a call is under way: it may serve another resource, whose end wakes this one only if it competes. */
    private static final Duration PENDING_RETRY = Duration.ofSeconds(1);

    /** How soon an undecided resource is searched for again. */
    private static final Duration UNDECIDED_RETRY = Duration.ofSeconds(1);

    /** The slowest pace during an outage, so that its end is noticed. */
    private static final Duration OUTAGE_PACE = Duration.ofMinutes(5);

    /** How soon to decide whether the way to pair of a deleted resource is taken back. */
    private static final Duration WITHDRAWAL_RETRY = Duration.ofSeconds(1);

    /** How long a resource that is being deleted waits for its way to pair to be taken back. */
    private static final Duration WITHDRAWAL_LIMIT = Duration.ofSeconds(10);

    /** How often it is checked whether the owner of an instance still holds it. */
    private static final Duration CONFLICT_RETRY = Duration.ofMinutes(1);

    /** How soon it is noticed that somebody has set the clock that running hours go by. */
    private static final Duration CLOCK_CHECK = Duration.ofMinutes(1);

    private final PolicyInputs inputs;
    private final Target target;
    private final Observation observation;
    private final Optional<Blocker> blocker;
    private final Progress progress;
    private final PairingStep pairing;
    private final Rest rest;
    private final Instant now;

    private SessionPolicy(PolicyInputs inputs, Instant now) {
        this.inputs = inputs;
        this.target = inputs.target();
        this.observation = inputs.observation();
        this.now = now;
        this.blocker = BlockerRule.find(inputs, now);
        // polls from before a blocker went are none to act upon
        boolean isUnblocked = inputs.progress().blocker().isPresent() && blocker.isEmpty();
        this.progress = isUnblocked ? inputs.progress().freshAfter(now) : inputs.progress();
        this.pairing = PairingRule.decide(PairingRule.Inputs.of(inputs, progress, blocker, now), now);
        this.rest = RestRule.of(inputs, pairing, now);
    }

    /** What to do now. */
    public static PolicyResult decide(PolicyInputs inputs, Instant now) {
        return new SessionPolicy(inputs, now).result();
    }

    private PolicyResult result() {
        Decision decision = FinalizerRule.align(target).orElseGet(() -> {
            WithFacts live = decideLive();
            return FinalizerRule.release(inputs, live, now).map(this::released).orElse(live);
        });
        if (decision instanceof UpdateStatus update) {
            RestartRule restart = new RestartRule(target, rest, update);
            return result(
                    update.adding(target.ignored()).adding(pairing.sentence()).adding(restart.sentence()),
                    restart.answer());
        }
        return result(decision, RestartAnswer.None);
    }

    private PolicyResult result(Decision decision, RestartAnswer restart) {
        return new PolicyResult(decision, pairing, rest, BlockerRule.bound(inputs), restart, decideAgainAt(decision));
    }

    private WithFacts released(Release release) {
        boolean mustWithdraw = pairing.plan() instanceof PairingStep.Withdraw
                && target.deletedAt()
                        .filter(at -> now.isBefore(at.plus(WITHDRAWAL_LIMIT)))
                        .isPresent();
        return mustWithdraw ? new Await(release.facts(), Optional.of(now.plus(WITHDRAWAL_RETRY))) : release;
    }

    private Optional<Instant> decideAgainAt(Decision decision) {
        if (!(decision instanceof WithFacts) || decision instanceof Release) {
            return Optional.empty();
        }
        Optional<Instant> own = decision instanceof Await await
                ? await.until()
                : decision instanceof UpdateStatus update
                        ? update.recheck()
                                .filter(due -> due.after() == After.Nothing)
                                .map(Recheck::at)
                        : Optional.empty();
        boolean hasHours =
                target.rest().outsideHours() || target.rest().hoursChangeAt().isPresent();
        return earliest(Stream.of(
                own,
                pairing.recheckAt(),
                rest.nextTransitionAt(),
                hasHours ? Optional.of(now.plus(CLOCK_CHECK)) : Optional.empty(),
                target.deletedAt().map(at -> at.plus(FinalizerRule.RELEASE_DEADLINE))));
    }

    private static Optional<Instant> earliest(Stream<Optional<Instant>> times) {
        return times.flatMap(Optional::stream).min(Instant::compareTo);
    }

    private WithFacts decideLive() {
        if (progress.report().filter(CommandReport::isPending).isPresent()) {
            return new Await(factsWithoutPoll(), Optional.of(now.plus(PENDING_RETRY)));
        }
        if (blocker.isPresent()) {
            boolean mustBeRead = !(inputs.secret() instanceof SecretState.Unread) && SecretRule.mustBeRead(inputs);
            return mustBeRead ? new ReadSecret(factsWithoutPoll()) : blocked(blocker.get());
        }
        if (SecretRule.mustBeRead(inputs)) {
            return new ReadSecret(factsWithoutPoll());
        }
        return decideByState();
    }

    private WithFacts decideByState() {
        if (observation.failureStreak().isPresent()) {
            return failing(observation.failureStreak().get());
        }
        Optional<ObservedState> fresh = observation.observed().filter(seen -> counts(seen.begun()));
        if (fresh.isEmpty()) {
            // a routine poll that shows the same as before wakes nobody, though it is the fresh one
            Optional<Instant> until = observation.observed().map(old -> now.plus(FAST));
            return new Await(factsWithoutPoll(), until);
        }
        WithFacts decision =
                new StateTable(new SessionView(target, fresh.get(), progress, pairing, now), rest.reason()).decide();
        return decision instanceof UpdateStatus update ? constrained(update) : decision;
    }

    /** An update whose call, if there is one, may be made now; else what has to come before it. */
    private WithFacts constrained(UpdateStatus update) {
        if (target.suspended()) {
            return suspended(update);
        }
        if (update.call().isEmpty()) {
            return update;
        }
        if (inputs.ownership().olderIsUndecided() || FinalizerRule.mustWait(inputs, now)) {
            return new Await(update.facts(), Optional.of(now.plus(UNDECIDED_RETRY)));
        }
        if (SecretRule.isFreshEnoughToCall(inputs, progress, now)) {
            return update;
        }
        return inputs.secret() instanceof SecretState.Usable usable
                        && usable.staleBecause().isPresent()
                ? waitingForSecret(update, usable.staleBecause().get())
                : new ReadSecret(update.facts());
    }

    /** The update where a call is due and the Secret, which was read before, cannot be read now. Whoever can read it again says so. */
    private UpdateStatus waitingForSecret(UpdateStatus update, String why) {
        String message = "The Secret cannot be read now: %s. The %s waits until it can."
                .formatted(why, Messages.name(update.call().orElseThrow().action()));
        return new UpdateStatus(
                Readiness.moving(update.readiness().reason(), message),
                update.facts(),
                progress.restarts(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                target.pollInterval(),
                Optional.empty(),
                // what the request is to do may be this very call
                false);
    }

    /** Whether a poll that began then says something of this generation, after all that was done to the session. */
    private boolean counts(Instant begun) {
        return !begun.isBefore(progress.freshAfter()) && !begun.isBefore(target.changedAt());
    }

    private UpdateStatus blocked(Blocker met) {
        Optional<Instant> graceEnds = BlockerRule.graceEnds(inputs, met, now);
        Readiness readiness = graceEnds.isPresent()
                ? Readiness.moving(met.reason(), met.message())
                : Readiness.stalled(met.reason(), met.message());
        Optional<Instant> ownerChecked =
                Optional.of(now.plus(CONFLICT_RETRY)).filter(at -> met.reason() == Reason.InstanceConflict);
        // what was read before the request would have been read again first
        boolean handled = target.requestedAt().isPresent();
        return withoutPoll(
                readiness,
                Optional.of(met),
                target.pollInterval(),
                earliest(Stream.of(BlockerRule.orderingEnds(inputs, met, now), ownerChecked))
                        .map(at -> new Recheck(at, After.Nothing)),
                handled);
    }

    private WithFacts failing(FailureStreak streak) {
        if (!counts(streak.begun())) {
            return new Await(factsWithoutPoll(), Optional.empty());
        }
        Failure failure = streak.failure();
        boolean isWithheld = failure.delivery() == Failure.Delivery.Withheld;
        boolean handled = target.requestedAt()
                .filter(requested -> !streak.begun().isBefore(requested) && !isWithheld)
                .isPresent();
        if (!failure.kind().isTransient()) {
            return refused(failure.kind(), target.requestedAt().isPresent() && !handled, handled);
        }
        Instant unconfirmedSince = observation.unconfirmedSince().orElseThrow();
        boolean isStale = streak.polls() >= STALE_AFTER_POLLS && !now.isBefore(unconfirmedSince.plus(STALE_AFTER));
        if (!isStale) {
            return new Await(factsWithoutPoll(), Optional.empty());
        }
        Readiness readiness = new Readiness(
                failure.kind().reason(), Ready.Unknown, Activity.Reconciling, Messages.pollFailed(failure.kind()));
        return withoutPoll(readiness, Optional.empty(), outagePace(target.pollInterval()), Optional.empty(), handled);
    }

    /** The update where Wawp answers with something that a person must cure. */
    private UpdateStatus refused(Failure.Kind kind, boolean requestWaits, boolean handled) {
        // while a token is refused the polls end at this operator's own limits, which let one of all through
        Duration pace =
                kind == Failure.Kind.Unauthorized ? shorter(target.pollInterval(), TERMINAL_RETRY) : TERMINAL_RETRY;
        String message = Messages.pollFailed(kind);
        return withoutPoll(
                Readiness.stalled(
                        kind.reason(), requestWaits ? message + " The request is answered within a minute." : message),
                Optional.empty(),
                pace,
                requestWaits
                        ? Optional.of(new Recheck(now.plus(REQUEST_RETRY), After.RequestedPoll))
                        : Optional.empty(),
                handled);
    }

    /** The update of a suspended resource: what was observed stands; the call that is due is reported, not made. */
    private UpdateStatus suspended(UpdateStatus update) {
        boolean asDesired = update.readiness().ready() == Ready.True;
        Optional<Action> planned = update.call().map(Decision.Call::action);
        Readiness readiness = new Readiness(
                Reason.Suspended,
                update.readiness().ready(),
                asDesired ? Activity.None : Activity.Stalled,
                Messages.suspended(asDesired, planned));
        return new UpdateStatus(
                readiness,
                update.facts(),
                // what the call would have counted is not counted
                update.restarts(),
                Optional.empty(),
                Optional.empty(),
                planned,
                planned.isPresent() ? target.pollInterval() : update.pollInterval(),
                update.recheck(),
                update.requestHandled());
    }

    private UpdateStatus withoutPoll(
            Readiness readiness,
            Optional<Blocker> blocker,
            Duration pollInterval,
            Optional<Recheck> recheck,
            boolean handled) {
        return new UpdateStatus(
                readiness,
                factsWithoutPoll(),
                progress.restarts(),
                blocker,
                Optional.empty(),
                Optional.empty(),
                pollInterval,
                recheck,
                handled);
    }

    /** What is certain without a new poll: the last call, closed if its answer alone settles it. */
    private Facts factsWithoutPoll() {
        ActionOutcome outcome = new ActionOutcome(target, progress);
        Optional<LastAction> lastAction = progress.lastAction().map(outcome::settleByAnswer);
        return new Facts(lastAction, progress.pairingAfter(lastAction));
    }

    /** The time between two polls of a session that gives no usable answer. */
    public static Duration outagePace(Duration pollInterval) {
        return shorter(pollInterval, OUTAGE_PACE);
    }

    private static Duration shorter(Duration one, Duration other) {
        return Collections.min(List.of(one, other));
    }
}
