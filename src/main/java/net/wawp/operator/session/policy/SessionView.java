package net.wawp.operator.session.policy;

import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.After;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Decision.WithFacts;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.PairingStep;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.Target;
import net.wawp.operator.time.Backoff;

/** A session as a fresh poll shows it, with the last call settled by that poll, and the updates that the rules choose from. */
final class SessionView {

    /** How long to wait before something that failed is tried again. */
    private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(10), 3, Duration.ofMinutes(10));

    private final Target target;
    private final ObservedState observed;
    private final Progress progress;
    private final PairingStep request;
    private final Instant now;
    private final ActionOutcome outcome;
    private final Optional<LastAction> lastAction;

    /** @param request what is to be done about a request to link a phone */
    SessionView(Target target, ObservedState observed, Progress progress, PairingStep request, Instant now) {
        this.target = target;
        this.observed = observed;
        this.progress = progress;
        this.request = request;
        this.now = now;
        this.outcome = new ActionOutcome(target, progress);
        this.lastAction = progress.lastAction().map(action -> outcome.settle(action, observed));
    }

    // --- what is so ---------------------------------------------------------------------------------------------

    Target target() {
        return target;
    }

    ObservedState observed() {
        return observed;
    }

    SessionState state() {
        return observed.state();
    }

    Progress progress() {
        return progress;
    }

    /** Since when a person waits for a code to scan, if one does. */
    Optional<Instant> pairingSince() {
        return request.activeSince(now);
    }

    /** Whether the resource's Secret holds a way to link a phone now. */
    boolean isPairingOffered() {
        return request.request()
                .filter(it -> it.phase() == PairingRequest.Phase.Offered)
                .isPresent();
    }

    Instant now() {
        return now;
    }

    /** The last call, closed if its outcome is known by now. */
    Optional<LastAction> lastAction() {
        return lastAction;
    }

    /** The last call, if it was of this kind and came to this. */
    Optional<LastAction> last(Action type, Phase phase) {
        return lastAction.filter(action -> action.is(type, phase));
    }

    /** When the effect of a call must have shown. */
    Instant deadline(LastAction action) {
        return outcome.deadline(action);
    }

    Pairing pairing() {
        return switch (state()) {
            case WORKING -> Pairing.Paired;
            case SCAN_QR_CODE -> Pairing.Unpaired;
            case STOPPED, STARTING, PASSKEY_REQUIRED, PASSKEY_CONFIRMATION_REQUIRED, FAILED, UNKNOWN ->
                progress.pairingAfter(lastAction);
        };
    }

    /** Whether a person requested this poll. */
    boolean isRequested() {
        return target.requestedAt().filter(at -> !observed.begun().isBefore(at)).isPresent();
    }

    /** Whether the resource was edited after this call was announced. */
    boolean editedSince(LastAction action) {
        return action.generation() != target.generation();
    }

    /** Whether the last call was made for this end, and that end is still pursued: nothing was settled or edited since. */
    boolean pursues(Purpose purpose) {
        return lastAction
                .filter(action -> action.purpose() == purpose && !editedSince(action) && !progress.isSettled())
                .isPresent();
    }

    /** The end that a call serves which brings the resource nearer to what it asks for. */
    Purpose purpose() {
        return target.deletedAt().isPresent() ? Purpose.Deletion : Purpose.Desired;
    }

    /** How long to wait before something that failed this often before is tried again. */
    static Duration pause(int failures) {
        return PAUSES.after(failures);
    }

    /** What is certain: the last call as it is settled by now, and what is known of the pairing. */
    Decision.Facts facts() {
        return new Decision.Facts(lastAction, pairing());
    }

    // --- what to do ---------------------------------------------------------------------------------------------

    /** The next call of this kind for this end. */
    WithFacts call(Action action, Purpose purpose, Reason reason, String message) {
        Call call = new Call(action, purpose, attempt(action, purpose), false);
        return call(call, reason, message, progress.restarts());
    }

    /**
     * The first call of a restart by recovery.
     *
     * @param number of this restart, written before the call
     */
    WithFacts beginRecovery(Action first, int number, String message) {
        Call call = new Call(first, Purpose.Recovery, attempt(first, Purpose.Recovery), true);
        return call(call, Reason.Recovering, message, number);
    }

    private int attempt(Action action, Purpose purpose) {
        return lastAction
                .filter(last -> last.is(action, Abandoned) || last.is(action, Ineffective))
                .filter(last -> pursues(purpose))
                .map(last -> wasHeldBack(last) ? last.attempt() : last.attempt() + 1)
                .orElse(1);
    }

    /** Whether this operator itself held the call back: then it was no attempt. */
    private boolean wasHeldBack(LastAction last) {
        return last.phase() == Abandoned
                && progress.report()
                        .filter(report -> report.id().equals(last.id()))
                        .map(CommandReport::outcome)
                        .filter(Failed.class::isInstance)
                        .filter(failed -> ((Failed) failed).failure().delivery() == Failure.Delivery.Withheld)
                        .isPresent();
    }

    /** This very call, unless the poll is too old to act upon. */
    WithFacts call(Call call, Reason reason, String message, int restarts) {
        if (!target.suspended()
                && observed.begun().plus(SessionPolicy.MAX_OBSERVATION_AGE).isBefore(now)) {
            return new Decision.PollFirst(facts());
        }
        return new UpdateStatus(
                Readiness.moving(reason, message),
                facts(),
                target.suspended() ? progress.restarts() : restarts,
                Optional.empty(),
                Optional.of(call),
                Optional.empty(),
                SessionPolicy.FAST,
                Optional.empty(),
                isRequested());
    }

    /**
     * What to say and to wait for while a call of this kind was refused and is not to be repeated yet.
     *
     * @param meanwhile the reason where time alone may cure it
     */
    Optional<WithFacts> refusal(Action action, Reason meanwhile) {
        return last(action, Abandoned)
                .flatMap(abandoned -> progress.report())
                .map(CommandReport::outcome)
                .filter(Failed.class::isInstance)
                .map(Failed.class::cast)
                .filter(failed -> now.isBefore(failed.retryAt()) && !isPerhapsCured(failed))
                .map(failed -> refused(action, failed, meanwhile));
    }

    private boolean isPerhapsCured(Failed failed) {
        boolean changed =
                failed.at().isBefore(target.changedAt()) || failed.at().isBefore(progress.freshAfter());
        return switch (failed.failure().kind()) {
            case RequestRejected, InstanceNotFound -> changed;
            case Unauthorized -> changed || isRequested();
            case QuotaExceeded, RateLimited, GatewayUnavailable -> false;
        };
    }

    private WithFacts refused(Action action, Failed failed, Reason meanwhile) {
        Failure.Kind kind = failed.failure().kind();
        String message = failed.failure().delivery() == Failure.Delivery.Withheld
                ? Messages.callWithheld(action, kind)
                : Messages.callRefused(action, kind);
        return kind.isTransient()
                ? paused(meanwhile, message, failed.retryAt())
                : update(
                        Readiness.stalled(kind.reason(), message),
                        target.pollInterval(),
                        Optional.of(new Recheck(failed.retryAt(), After.Poll)),
                        progress.restarts());
    }

    /** Something is under way; a poll {@code recheck} decides what comes of it if none does before. */
    UpdateStatus moving(Reason reason, String message, Instant recheck) {
        return update(
                Readiness.moving(reason, message),
                SessionPolicy.FAST,
                Optional.of(new Recheck(recheck, After.Poll)),
                progress.restarts());
    }

    /** Nothing is under way before {@code end}. */
    UpdateStatus paused(Reason reason, String message, Instant end) {
        return update(
                Readiness.moving(reason, message),
                target.pollInterval(),
                Optional.of(new Recheck(end, After.Poll)),
                progress.restarts());
    }

    UpdateStatus settled(Reason reason, String message) {
        return update(Readiness.settled(reason, message), target.pollInterval(), Optional.empty(), 0);
    }

    UpdateStatus stalled(Reason reason, String message) {
        return update(Readiness.stalled(reason, message), target.pollInterval(), Optional.empty(), progress.restarts());
    }

    UpdateStatus update(Readiness readiness, Duration pollInterval, Optional<Recheck> recheck, int restarts) {
        return new UpdateStatus(
                readiness,
                facts(),
                restarts,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                pollInterval,
                recheck,
                isRequested());
    }
}
