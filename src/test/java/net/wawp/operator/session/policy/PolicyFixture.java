package net.wawp.operator.session.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.CommandReport.Outcome;
import net.wawp.operator.session.CommandReport.Pending;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Target.Blocker;

/**
 * What the policy is shown, told as a story. All times are told as how long ago something was. Unless told otherwise the operator has known
 * the resource for a day and has just polled.
 */
final class PolicyFixture {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Duration POLL_INTERVAL = Duration.ofSeconds(60);
    static final String CALL_ID = "call-1";

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
    private Optional<Instant> requestedAt = Optional.empty();

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

    /** The resource was edited; the status still tells of the generation before. */
    PolicyFixture edited(Duration ago) {
        generation++;
        changedAt = ago(ago);
        return this;
    }

    PolicyFixture blockedBy(Reason reason, Duration since) {
        blocker = Optional.of(new Blocker(reason, "Something is in the way.", ago(since), NOW.minusMillis(100)));
        return this;
    }

    PolicyFixture obstacleCheckedLast(Duration ago) {
        blocker = blocker.map(it -> new Blocker(it.reason(), it.message(), it.since(), ago(ago)));
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
        failureStreak = Optional.of(new FailureStreak(failure, inARow, latest, latest));
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

    PolicyFixture statusSays(Reason reason) {
        return statusSays(reason, Duration.ofMinutes(1));
    }

    PolicyFixture statusSays(Reason reason, Duration since) {
        reported = Optional.of(new ReportedStatus(reason, false, ago(since), 4));
        return this;
    }

    PolicyFixture statusSaysStalled(Reason reason) {
        reported = Optional.of(new ReportedStatus(reason, true, ago(Duration.ofMinutes(1)), 4));
        return this;
    }

    /** The status was written for the present generation. */
    PolicyFixture judgedSince() {
        reported = reported.map(it -> new ReportedStatus(it.reason(), it.stalled(), it.readySince(), generation));
        return this;
    }

    PolicyFixture last(Action type, Phase phase, Duration ago) {
        return last(type, phase, 1, ago);
    }

    PolicyFixture last(Action type, Phase phase, int attempt, Duration ago) {
        lastAction = Optional.of(new LastAction(type, CALL_ID, phase, attempt, ago(ago)));
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
        return new Target(
                generation,
                changedAt,
                desired,
                suspended,
                deletedAt,
                pollInterval,
                startingTimeout,
                maxRestarts,
                blocker,
                requestedAt);
    }

    Decision decide() {
        Optional<ObservedState> observed = state.map(seen ->
                new ObservedState(new SessionInfo(seen, word, Optional.of("wawp-1"), Optional.empty()), begun, since));
        return SessionPolicy.decide(
                target(),
                new Observation(observed, failureStreak),
                new Progress(pairing, restarts, lastAction, reported, report, foundAt, freshAfter),
                NOW);
    }

    Judged judged() {
        Decision decision = decide();
        assertThat(decision).isInstanceOf(Judged.class);
        return (Judged) decision;
    }
}
