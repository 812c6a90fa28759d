package net.wawp.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.CommandReport.Outcome;
import net.wawp.operator.session.CommandReport.Pending;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation.Sighting;
import net.wawp.operator.session.Observation.Trouble;
import net.wawp.operator.session.Progress.Standing;
import net.wawp.operator.session.Target.Obstacle;

/**
 * What the policy is shown, told as a story. All times are told as how long ago something was. Unless told otherwise the operator has known
 * the resource for a day and has just looked.
 */
final class Scene {

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
    private Optional<Obstacle> obstacle = Optional.empty();
    private Optional<Instant> requestedAt = Optional.empty();

    private Optional<SessionState> state = Optional.empty();
    private Optional<String> word = Optional.empty();
    private Instant begun = NOW.minusMillis(200);
    private Instant since = YESTERDAY;
    private Optional<Trouble> trouble = Optional.empty();

    private Pairing pairing = Pairing.Unknown;
    private int restarts;
    private Optional<LastAction> lastAction = Optional.empty();
    private Optional<Standing> standing = Optional.empty();
    private Optional<CommandReport> report = Optional.empty();
    private Instant foundAt = YESTERDAY;
    private Instant freshAfter = YESTERDAY;

    private Scene(Desired desired) {
        this.desired = desired;
    }

    static Scene wanted(Desired desired) {
        return new Scene(desired);
    }

    static Instant ago(Duration duration) {
        return NOW.minus(duration);
    }

    // --- what the resource says ---------------------------------------------------------------------------------

    Scene maxRestarts(int number) {
        maxRestarts = number;
        return this;
    }

    Scene startingTimeout(Duration duration) {
        startingTimeout = duration;
        return this;
    }

    Scene pollInterval(Duration duration) {
        pollInterval = duration;
        return this;
    }

    Scene suspended() {
        suspended = true;
        return this;
    }

    Scene deleted(Duration ago) {
        deletedAt = Optional.of(ago(ago));
        return this;
    }

    Scene requested(Duration ago) {
        requestedAt = Optional.of(ago(ago));
        return this;
    }

    /** The resource was edited; the status still tells of the generation before. */
    Scene edited(Duration ago) {
        generation++;
        changedAt = ago(ago);
        return this;
    }

    Scene blockedBy(Reason reason, Duration since) {
        obstacle = Optional.of(new Obstacle(reason, "Something is in the way.", ago(since), NOW.minusMillis(100)));
        return this;
    }

    Scene obstacleCheckedLast(Duration ago) {
        obstacle = obstacle.map(it -> new Obstacle(it.reason(), it.message(), it.since(), ago(ago)));
        return this;
    }

    // --- what was seen ------------------------------------------------------------------------------------------

    Scene seen(SessionState seen) {
        state = Optional.of(seen);
        word = Optional.of(seen == SessionState.UNKNOWN ? "HIBERNATING" : seen.name());
        return this;
    }

    Scene seen(SessionState seen, Duration forTheLast) {
        since = ago(forTheLast);
        return seen(seen);
    }

    Scene unprintableWord() {
        word = Optional.empty();
        return this;
    }

    /** The last good look began then. */
    Scene looked(Duration ago) {
        begun = ago(ago);
        return this;
    }

    Scene looksFail(Failure.Kind kind, int inARow) {
        return looksFail(new Failure(kind, Delivery.Answered), inARow, Duration.ofMillis(300));
    }

    Scene looksFail(Failure failure, int inARow, Duration latestBegan) {
        Instant latest = ago(latestBegan);
        trouble = Optional.of(new Trouble(failure, inARow, latest, latest));
        return this;
    }

    Scene onlyLooksCountSince(Duration ago) {
        freshAfter = ago(ago);
        return this;
    }

    // --- how far it has come ------------------------------------------------------------------------------------

    Scene knownAs(Pairing known) {
        pairing = known;
        return this;
    }

    Scene restarted(int times) {
        restarts = times;
        return this;
    }

    Scene statusSays(Reason reason) {
        return statusSays(reason, Duration.ofMinutes(1));
    }

    Scene statusSays(Reason reason, Duration since) {
        standing = Optional.of(new Standing(reason, false, ago(since), 4));
        return this;
    }

    Scene statusSaysStalled(Reason reason) {
        standing = Optional.of(new Standing(reason, true, ago(Duration.ofMinutes(1)), 4));
        return this;
    }

    /** The status was written for the present generation. */
    Scene judgedSince() {
        standing = standing.map(it -> new Standing(it.reason(), it.stalled(), it.readySince(), generation));
        return this;
    }

    Scene last(Action type, Phase phase, Duration ago) {
        return last(type, phase, 1, ago);
    }

    Scene last(Action type, Phase phase, int attempt, Duration ago) {
        lastAction = Optional.of(new LastAction(type, CALL_ID, phase, attempt, ago(ago)));
        return this;
    }

    Scene unanswered() {
        return reported(new Pending());
    }

    Scene accepted(Duration ago) {
        freshAfter = ago(ago);
        return reported(new Accepted(ago(ago)));
    }

    /** The call was answered that way and may be repeated after {@code retryIn}, counted from now. */
    Scene refused(Failure.Kind kind, Delivery delivery, Duration ago, Duration retryIn) {
        freshAfter = ago(ago);
        return reported(new Failed(new Failure(kind, delivery), ago(ago), NOW.plus(retryIn)));
    }

    /** The call's answer was lost. */
    Scene answerLost(Duration ago) {
        return refused(Failure.Kind.GatewayUnavailable, Delivery.Unanswered, ago, Duration.ZERO);
    }

    private Scene reported(Outcome outcome) {
        LastAction own = lastAction.orElseThrow(() -> new IllegalStateException("Tell of the call first"));
        report = Optional.of(new CommandReport(own.id(), own.type(), outcome));
        return this;
    }

    /** This process has known the resource only that long: what is older was done by another. */
    Scene operatorStarted(Duration ago) {
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
                obstacle,
                requestedAt);
    }

    Decision decide() {
        Optional<Sighting> sighting = state.map(seen ->
                new Sighting(new SessionInfo(seen, word, Optional.of("wawp-1"), Optional.empty()), begun, since));
        return SessionPolicy.decide(
                target(),
                new Observation(sighting, trouble),
                new Progress(pairing, restarts, lastAction, standing, report, foundAt, freshAfter),
                NOW);
    }

    Judged judged() {
        Decision decision = decide();
        assertThat(decision).isInstanceOf(Judged.class);
        return (Judged) decision;
    }
}
