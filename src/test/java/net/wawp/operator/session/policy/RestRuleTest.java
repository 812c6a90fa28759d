package net.wawp.operator.session.policy;

import static net.wawp.operator.session.policy.PolicyFixture.NOW;
import static net.wawp.operator.session.policy.PolicyFixture.ago;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Rest;
import net.wawp.operator.session.RestRules;
import net.wawp.operator.session.SessionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class RestRuleTest {

    private static final Instant TONIGHT = NOW.plus(Duration.ofHours(6));
    private static final Duration DAY = Duration.ofHours(24);

    private static final RestRules OUTSIDE =
            new RestRules(true, Optional.of(TONIGHT), Optional.empty(), Optional.empty(), Optional.empty());
    private static final RestRules INSIDE =
            new RestRules(false, Optional.of(TONIGHT), Optional.empty(), Optional.empty(), Optional.empty());

    // --- running hours -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"STOPPED", "UNKNOWN"})
    void outsideOfItsHoursASessionIsStoppedWhateverItIsIn(SessionState state) {
        UpdateStatusAssert.assertThat(running().seen(state).rests(OUTSIDE))
                .isMoving(Reason.Stopping)
                .calls(Action.Stop, 1);
    }

    @Test
    void aSessionThatIsStoppedOutsideOfItsHoursIsReady() {
        PolicyFixture fixture = running().seen(SessionState.STOPPED).rests(OUTSIDE);

        UpdateStatusAssert.assertThat(fixture)
                .isReady(Reason.OutsideRunningHours)
                .tells("misses messages")
                .callsNothing();
        assertThat(rest(fixture).nextTransitionAt()).contains(TONIGHT);
    }

    @Test
    void withinItsHoursItRunsAsEver() {
        UpdateStatusAssert.assertThat(running().seen(SessionState.STOPPED).rests(INSIDE))
                .isMoving(Reason.Starting)
                .calls(Action.Start);
        PolicyFixture working = running().seen(SessionState.WORKING).rests(INSIDE);
        UpdateStatusAssert.assertThat(working).isReady(Reason.Working);
        assertThat(rest(working).nextTransitionAt()).contains(TONIGHT);
    }

    @Test
    void aWindowThatEndsWhileTheSessionStartsStopsIt() {
        UpdateStatusAssert.assertThat(running()
                        .last(Action.Start, Phase.Intended, Duration.ofSeconds(10))
                        .accepted(Duration.ofSeconds(9))
                        .seen(SessionState.STARTING, Duration.ofSeconds(8))
                        .rests(OUTSIDE))
                .isMoving(Reason.Stopping)
                .calls(Action.Stop);
    }

    @Test
    void aSuspendedSessionStaysAsItIsAndNothingIsAnnounced() {
        PolicyFixture fixture =
                running().seen(SessionState.WORKING).rests(OUTSIDE).suspended();

        UpdateStatusAssert.assertThat(fixture).plans(Action.Stop);
        assertThat(rest(fixture).nextTransitionAt()).isEmpty();
    }

    @Test
    void whileAPersonLinksAPhoneTheSessionRuns() {
        UpdateStatusAssert.assertThat(
                        running().seen(SessionState.STOPPED).rests(OUTSIDE).pairing(Duration.ofSeconds(5)))
                .isMoving(Reason.Starting)
                .calls(Action.Start);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "Running")
    void whatShouldNotRunHasNoHours(Desired desired) {
        assertThat(rest(PolicyFixture.wanted(desired).seen(SessionState.WORKING).rests(OUTSIDE)))
                .isEqualTo(Rest.NONE);
    }

    @Test
    void aWordThatIsNotKnownIsLeftAlone() {
        UpdateStatusAssert.assertThat(running().seen(SessionState.UNKNOWN).rests(OUTSIDE))
                .isStalled(Reason.UnknownSessionState)
                .callsNothing();
    }

    // --- the idle time-out ---------------------------------------------------------------------------------------

    @Test
    void aSessionThatIsUnusedForTooLongIsStopped() {
        PolicyFixture fixture = working(Duration.ofHours(24)).rests(idle(Optional.empty(), Optional.empty()));

        UpdateStatusAssert.assertThat(fixture)
                .isMoving(Reason.Stopping)
                .tells("spec.idleTimeout")
                .calls(Action.Stop);
        assertThat(rest(fixture).idleSince()).contains(NOW);
    }

    @Test
    void theTimeCountsFromTheLaterOfTheLastUseAndTheTurnToWorking() {
        PolicyFixture used =
                working(Duration.ofHours(30)).rests(idle(Optional.of(ago(Duration.ofHours(23))), Optional.empty()));
        UpdateStatusAssert.assertThat(used).isReady(Reason.Working);
        assertThat(rest(used).nextTransitionAt()).contains(NOW.plus(Duration.ofHours(1)));

        PolicyFixture started =
                working(Duration.ofHours(2)).rests(idle(Optional.of(ago(Duration.ofHours(40))), Optional.empty()));
        assertThat(rest(started).nextTransitionAt()).contains(NOW.plus(Duration.ofHours(22)));
    }

    @Test
    void afterARestartOfTheOperatorTheStatusKnowsSinceWhenTheSessionWorks() {
        PolicyFixture known = running()
                .seen(SessionState.WORKING, Duration.ofHours(2))
                .statusSays(Reason.Working, Duration.ofHours(20))
                .rests(idle(Optional.empty(), Optional.empty()));
        assertThat(rest(known).nextTransitionAt()).contains(NOW.plus(Duration.ofHours(4)));

        PolicyFixture wasStopped = running()
                .seen(SessionState.WORKING, Duration.ofHours(2))
                .statusSays(Reason.Stopped, Duration.ofHours(20))
                .rests(idle(Optional.empty(), Optional.empty()));
        assertThat(rest(wasStopped).nextTransitionAt())
                .as("it was ready, and stopped")
                .contains(NOW.plus(Duration.ofHours(22)));
    }

    /** Stopped, outside of its hours and idle are ready too: a session that somebody starts then does not turn ready. */
    @Test
    void aSessionThatWasReadyBeforeItWorkedIsNotIdleSinceThen() {
        PolicyFixture fixture = running()
                .seen(SessionState.WORKING, Duration.ofMinutes(5))
                .statusSays(Reason.Working, Duration.ofDays(7))
                .turned(Duration.ofHours(1))
                .rests(idle(Optional.empty(), Optional.empty()));

        assertThat(rest(fixture).reason()).isEmpty();
        assertThat(rest(fixture).nextTransitionAt()).contains(NOW.plus(Duration.ofHours(23)));
    }

    @Test
    void anIdleSessionStaysStoppedAlsoAfterAnOutageUntilItIsUsed() {
        Optional<Instant> idleSince = Optional.of(ago(Duration.ofHours(3)));
        PolicyFixture idle = running()
                .seen(SessionState.STOPPED)
                .statusSays(Reason.GatewayUnavailable)
                .rests(idle(Optional.of(ago(Duration.ofHours(27))), idleSince));
        UpdateStatusAssert.assertThat(idle).isReady(Reason.Idle).callsNothing();
        assertThat(rest(idle)).isEqualTo(new Rest(Optional.of(Reason.Idle), idleSince, Optional.empty()));

        PolicyFixture used =
                running().seen(SessionState.STOPPED).rests(idle(Optional.of(ago(Duration.ofMinutes(1))), idleSince));
        UpdateStatusAssert.assertThat(used).isMoving(Reason.Starting).calls(Action.Start);
        assertThat(rest(used).idleSince()).isEmpty();
    }

    @Test
    void anIdleSessionThatSomebodyStartsInTheDashboardIsStoppedAgain() {
        UpdateStatusAssert.assertThat(running()
                        .seen(SessionState.WORKING, Duration.ofMinutes(1))
                        .rests(idle(Optional.empty(), Optional.of(ago(Duration.ofHours(3))))))
                .isMoving(Reason.Stopping)
                .calls(Action.Stop);
    }

    @Test
    void aSessionThatNeverWorkedIsNotIdle() {
        UpdateStatusAssert.assertThat(
                        running().seen(SessionState.STOPPED).rests(idle(Optional.empty(), Optional.empty())))
                .isMoving(Reason.Starting)
                .calls(Action.Start);
    }

    @Test
    void withoutATimeOutAnIdleSessionRunsAgain() {
        RestRules rules = new RestRules(
                false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(ago(Duration.ofHours(3))));

        UpdateStatusAssert.assertThat(running().seen(SessionState.STOPPED).rests(rules))
                .isMoving(Reason.Starting)
                .calls(Action.Start);
    }

    private static PolicyFixture running() {
        return PolicyFixture.wanted(Desired.Running);
    }

    private static PolicyFixture working(Duration since) {
        return running().seen(SessionState.WORKING, since).statusSays(Reason.Working, since);
    }

    private static RestRules idle(Optional<Instant> lastUsedAt, Optional<Instant> idleSince) {
        return new RestRules(false, Optional.empty(), Optional.of(DAY), lastUsedAt, idleSince);
    }

    private static Rest rest(PolicyFixture fixture) {
        return fixture.result().rest();
    }
}
