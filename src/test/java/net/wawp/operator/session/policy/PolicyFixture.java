package net.wawp.operator.session.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.CommandReport.Outcome;
import net.wawp.operator.session.CommandReport.Pending;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.Ownership;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.PairingOffer;
import net.wawp.operator.session.PairingProgress;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.PhoneNumber;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.PolicyResult;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.RestRules;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Target.Finalizer;

/**
 * What the policy is shown, told as a story. All times are told as how long ago something was. Unless told otherwise the operator has known
 * the resource for a day and has just polled.
 */
final class PolicyFixture {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Duration POLL_INTERVAL = Duration.ofSeconds(60);
    static final String CALL_ID = "call-1";

    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final Set<Reason> READY = Set.of(Reason.Working, Reason.Stopped, Reason.LoggedOut);
    private static final Set<Reason> STALLED = Set.of(
            Reason.PairingRequired,
            Reason.SecretInvalid,
            Reason.Unauthorized,
            Reason.QuotaExceeded,
            Reason.InstanceNotFound,
            Reason.RequestRejected,
            Reason.RecoveryExhausted,
            Reason.LogoutUncertain,
            Reason.UnknownSessionState);

    private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));

    private final Desired desired;
    private long generation = 4;
    private Instant changedAt = YESTERDAY;
    private boolean suspended;
    private Optional<Instant> deletedAt = Optional.empty();
    private Duration pollInterval = POLL_INTERVAL;
    private Duration startingTimeout = Duration.ofSeconds(60);
    private int maxRestarts = 3;
    private Optional<Blocker> blocker = Optional.empty();
    private boolean blockerIsRemembered;
    private boolean hasSuccessor;
    private boolean olderIsUndecided;
    private boolean anyIsUndecided;
    private Duration secretRead = Duration.ofMillis(100);
    private Optional<String> secretStaleBecause = Optional.empty();
    private String named = INSTANCE;
    private Optional<Instant> requestedAt = Optional.empty();
    private boolean restartRequested;
    private boolean restartRefused;
    private boolean servesPairing;
    private PairingProgress pairingProgress = PairingProgress.NONE;
    private RestRules rest = RestRules.NONE;
    private Optional<PhoneNumber> expected = Optional.empty();
    private Optional<PhoneNumber> number = Optional.empty();

    private Optional<SessionState> state = Optional.empty();
    private Optional<String> word = Optional.empty();
    private Instant begun = NOW.minusMillis(200);
    private Instant since = YESTERDAY;
    private Optional<FailureStreak> failureStreak = Optional.empty();

    private Pairing pairing = Pairing.Unknown;
    private int restarts;
    private Optional<LastAction> lastAction = Optional.empty();
    private Optional<ReportedStatus> reported = Optional.empty();
    private Optional<CommandReport> report = Optional.empty();
    private Instant foundAt = YESTERDAY;
    private Instant freshAfter = YESTERDAY;
    private boolean isOwnStatus = true;

    private PolicyFixture(Desired desired) {
        this.desired = desired;
    }

    static PolicyFixture wanted(Desired desired) {
        return new PolicyFixture(desired);
    }

    static Instant ago(Duration duration) {
        return NOW.minus(duration);
    }

    // --- what the resource says ---------------------------------------------------------------------------------

    PolicyFixture maxRestarts(int number) {
        maxRestarts = number;
        return this;
    }

    PolicyFixture startingTimeout(Duration duration) {
        startingTimeout = duration;
        return this;
    }

    PolicyFixture pollInterval(Duration duration) {
        pollInterval = duration;
        return this;
    }

    PolicyFixture suspended() {
        suspended = true;
        return this;
    }

    PolicyFixture deleted(Duration ago) {
        deletedAt = Optional.of(ago(ago));
        return this;
    }

    PolicyFixture requested(Duration ago) {
        requestedAt = Optional.of(ago(ago));
        return this;
    }

    PolicyFixture restartRequested() {
        restartRequested = true;
        return this;
    }

    /** The last restart that was requested was refused. */
    PolicyFixture restartRefused() {
        restartRefused = true;
        return this;
    }

    /** A request to link a phone has been active so long. */
    PolicyFixture pairing(Duration forTheLast) {
        PairingRequest request = PairingRequest.begin("scan", ago(forTheLast));
        servesPairing = true;
        pairingProgress = new PairingProgress(
                Optional.of(request.token()),
                ago(forTheLast),
                Optional.of(request),
                new PairingOffer.Opening(request.token()));
        return this;
    }

    /** The resource's Secret holds a way to link a phone. */
    PolicyFixture pairingOffered(Duration forTheLast) {
        pairing(forTheLast);
        pairingProgress = new PairingProgress(
                pairingProgress.requested(),
                pairingProgress.requestedAt(),
                pairingProgress.last(),
                new PairingOffer.Open("scan"));
        return this;
    }

    /** Another request to link a phone was made just now. */
    PolicyFixture pairingRequestedAgain() {
        pairingProgress =
                new PairingProgress(Optional.of("again"), NOW, pairingProgress.last(), pairingProgress.offer());
        return this;
    }

    /** A person asked to link a phone some seconds ago. */
    PolicyFixture asksToPair(boolean isServed) {
        servesPairing = isServed;
        pairingProgress = new PairingProgress(
                Optional.of("scan"), ago(Duration.ofSeconds(10)), Optional.empty(), new PairingOffer.None());
        return this;
    }

    PolicyFixture rests(RestRules rules) {
        rest = rules;
        return this;
    }

    PolicyFixture expects(String digits) {
        expected = Optional.of(new PhoneNumber(digits));
        return this;
    }

    /** The phone that is linked has this number. */
    PolicyFixture account(String digits) {
        number = Optional.of(new PhoneNumber(digits));
        return this;
    }

    /** The resource was edited; the status still tells of the generation before. */
    PolicyFixture edited(Duration ago) {
        generation++;
        changedAt = ago(ago);
        return this;
    }

    PolicyFixture blockedBy(Reason reason, Duration since) {
        blocker = Optional.of(new Blocker(reason, "Something is in the way.", ago(since), false));
        blockerIsRemembered = true;
        return this;
    }

    /** The API server could not be asked for the Secret. */
    PolicyFixture secretUnavailable(Duration since) {
        blocker = Optional.of(new Blocker(Reason.SecretNotFound, "The Secret cannot be read.", ago(since), true));
        blockerIsRemembered = true;
        return this;
    }

    /** Something stood in the way until now. */
    PolicyFixture wasBlockedUntilNow() {
        blockerIsRemembered = true;
        return this;
    }

    PolicyFixture secretRead(Duration ago) {
        secretRead = ago;
        return this;
    }

    /** The Secret could not be read again since. */
    PolicyFixture secretStale(String why) {
        secretStaleBecause = Optional.of(why);
        return this;
    }

    /** The Secret names this instance. */
    PolicyFixture secretNames(String instance) {
        named = instance;
        return this;
    }

    PolicyFixture successorWaits() {
        hasSuccessor = true;
        return this;
    }

    PolicyFixture anOlderResourceIsUndecided() {
        olderIsUndecided = true;
        anyIsUndecided = true;
        return this;
    }

    PolicyFixture anotherResourceIsUndecided() {
        anyIsUndecided = true;
        return this;
    }

    // --- what was seen ------------------------------------------------------------------------------------------

    PolicyFixture seen(SessionState seen) {
        state = Optional.of(seen);
        word = Optional.of(seen == SessionState.UNKNOWN ? "HIBERNATING" : seen.name());
        return this;
    }

    PolicyFixture seen(SessionState seen, Duration forTheLast) {
        since = ago(forTheLast);
        return seen(seen);
    }

    PolicyFixture unprintableWord() {
        word = Optional.empty();
        return this;
    }

    /** The last good poll began then. */
    PolicyFixture polled(Duration ago) {
        begun = ago(ago);
        return this;
    }

    PolicyFixture pollsFail(Failure.Kind kind, int inARow) {
        return pollsFail(new Failure(kind, Delivery.Answered), inARow, Duration.ofMillis(300));
    }

    PolicyFixture pollsFail(Failure failure, int inARow, Duration latestBegan) {
        Instant latest = ago(latestBegan);
        // three in a row take as long as it takes until the last good one is stale
        Instant first = inARow < SessionPolicy.STALE_AFTER_POLLS ? latest : latest.minus(SessionPolicy.STALE_AFTER);
        Optional<Instant> refusedAt =
                Optional.of(latest).filter(any -> !failure.kind().isTransient());
        failureStreak = Optional.of(new FailureStreak(failure, inARow, latest, first, first, refusedAt));
        if (begun.isAfter(first)) {
            begun = first;
        }
        return this;
    }

    PolicyFixture failingSince(Duration ago) {
        failureStreak = failureStreak.map(
                it -> new FailureStreak(it.failure(), it.polls(), it.begun(), ago(ago), ago(ago), it.refusedAt()));
        return this;
    }

    /** Wawp refused the polls before those that fail now. */
    PolicyFixture refusedBefore(Duration ago) {
        failureStreak = failureStreak.map(it -> new FailureStreak(
                it.failure(), it.polls(), it.begun(), it.since(), it.sameSince(), Optional.of(ago(ago))));
        return this;
    }

    PolicyFixture onlyPollsCountSince(Duration ago) {
        freshAfter = ago(ago);
        return this;
    }

    // --- how far it has come ------------------------------------------------------------------------------------

    PolicyFixture knownAs(Pairing known) {
        pairing = known;
        return this;
    }

    PolicyFixture restarted(int times) {
        restarts = times;
        return this;
    }

    /** This process found the status, and has not written it yet. */
    PolicyFixture statusWasFound() {
        isOwnStatus = false;
        return this;
    }

    PolicyFixture statusSays(Reason reason) {
        return statusSays(reason, Duration.ofMinutes(1));
    }

    PolicyFixture statusSays(Reason reason, Duration since) {
        return statusSays(reason, since, STALLED.contains(reason));
    }

    PolicyFixture statusSaysStalled(Reason reason) {
        return statusSays(reason, Duration.ofMinutes(1), true);
    }

    private PolicyFixture statusSays(Reason reason, Duration since, boolean stalled) {
        Ready ready = READY.contains(reason) ? Ready.True : Ready.False;
        reported = Optional.of(new ReportedStatus(
                ready,
                Optional.of(reason),
                stalled,
                ago(since),
                Optional.of(SessionState.WORKING).filter(shown -> reason == Reason.Working),
                ago(since),
                4));
        return this;
    }

    /** This process saw the session turn to the state that the status says. */
    PolicyFixture turned(Duration ago) {
        reported = reported.map(it -> it.turnedAt(ago(ago)));
        return this;
    }

    /** The status was written for the present generation. */
    PolicyFixture decidedSince() {
        reported = reported.map(it -> new ReportedStatus(
                it.ready(), it.reason(), it.stalled(), it.readySince(), it.state(), it.stateSince(), generation));
        return this;
    }

    PolicyFixture last(Action type, Phase phase, Duration ago) {
        return last(type, phase, 1, ago);
    }

    PolicyFixture last(Action type, Phase phase, int attempt, Duration ago) {
        lastAction = Optional.of(new LastAction(type, CALL_ID, purpose(type), phase, attempt, generation, ago(ago)));
        return this;
    }

    /** As the operator would have made it: a stop of a session that should run is half of a restart. */
    private Purpose purpose(Action type) {
        if (deletedAt.isPresent()) {
            return Purpose.Deletion;
        }
        boolean restarts = desired == Desired.Running && (type == Action.Stop || this.restarts > 0);
        return restarts ? Purpose.Recovery : Purpose.Desired;
    }

    PolicyFixture forThe(Purpose purpose) {
        lastAction = lastAction.map(it ->
                new LastAction(it.type(), it.id(), purpose, it.phase(), it.attempt(), it.generation(), it.time()));
        return this;
    }

    PolicyFixture unanswered() {
        return reported(new Pending());
    }

    PolicyFixture accepted(Duration ago) {
        freshAfter = ago(ago);
        return reported(new Accepted(ago(ago)));
    }

    /** The call was answered that way and may be repeated after {@code retryIn}, counted from now. */
    PolicyFixture refused(Failure.Kind kind, Delivery delivery, Duration ago, Duration retryIn) {
        freshAfter = ago(ago);
        return reported(new Failed(new Failure(kind, delivery), ago(ago), NOW.plus(retryIn)));
    }

    /** What was said of a call is of another one than the last. */
    PolicyFixture ofAnotherCall() {
        report = report.map(own -> new CommandReport("another", own.action(), own.outcome()));
        return this;
    }

    /** The call's answer was lost. */
    PolicyFixture answerLost(Duration ago) {
        return refused(Failure.Kind.GatewayUnavailable, Delivery.Unanswered, ago, Duration.ZERO);
    }

    private PolicyFixture reported(Outcome outcome) {
        LastAction own = lastAction.orElseThrow(() -> new IllegalStateException("Tell of the call first"));
        report = Optional.of(new CommandReport(own.id(), own.type(), outcome));
        return this;
    }

    /** This process has known the resource only that long: what is older was done by another. */
    PolicyFixture operatorStarted(Duration ago) {
        foundAt = ago(ago);
        changedAt = foundAt;
        freshAfter = foundAt;
        if (since.isBefore(foundAt)) {
            since = foundAt;
        }
        return this;
    }

    // --- what comes of it ---------------------------------------------------------------------------------------

    Target target() {
        return Target.builder(generation, changedAt, desired)
                .suspended(suspended)
                .deletedAt(deletedAt)
                .finalizer(new Finalizer(deletedAt.isPresent(), deletedAt.isPresent()))
                .pollInterval(pollInterval)
                .startingTimeout(startingTimeout)
                .maxRestarts(maxRestarts)
                .problem(blocker.filter(it -> it.reason() == Reason.RequestRejected)
                        .map(Blocker::message))
                .requestedAt(requestedAt)
                .restartRequested(restartRequested)
                .restartRefused(restartRefused)
                .servesPairing(servesPairing)
                .rest(rest)
                .expectedNumber(expected)
                .build();
    }

    Decision decide() {
        return result().decision();
    }

    PolicyResult result() {
        return SessionPolicy.decide(inputs(), NOW);
    }

    PolicyInputs inputs() {
        Optional<ObservedState> observed = state.map(seen -> new ObservedState(
                new SessionInfo(seen, word, Optional.of("wawp-1"), Optional.empty(), number), begun, since));
        boolean isConflict =
                blocker.filter(it -> it.reason() == Reason.InstanceConflict).isPresent();
        Optional<Blocker> remembered = blockerIsRemembered
                ? blocker.or(() ->
                        Optional.of(new Blocker(Reason.SecretNotFound, "Something was in the way.", YESTERDAY, false)))
                : Optional.empty();
        return new PolicyInputs(
                target(),
                new Observation(observed, failureStreak),
                new Progress(
                        pairing, restarts, lastAction, reported, report, remembered, foundAt, freshAfter, isOwnStatus),
                secret(),
                new Ownership(
                        Optional.of(INSTANCE),
                        isConflict ? Optional.of("the WhatsAppSession older-line") : Optional.empty(),
                        hasSuccessor,
                        olderIsUndecided,
                        anyIsUndecided),
                pairingProgress);
    }

    private SecretState secret() {
        return blocker.filter(it -> it.reason() == Reason.SecretNotFound || it.reason() == Reason.SecretInvalid)
                .<SecretState>map(
                        it -> new SecretState.Unusable(it.reason(), it.message(), ago(secretRead), it.isTransient()))
                .orElseGet(() -> new SecretState.Usable(named, false, ago(secretRead), secretStaleBecause));
    }

    UpdateStatus update() {
        Decision decision = decide();
        assertThat(decision).isInstanceOf(UpdateStatus.class);
        return (UpdateStatus) decision;
    }
}
