package net.wawp.operator.session.policy;

import static net.wawp.operator.session.Action.Start;
import static net.wawp.operator.session.Action.Stop;
import static net.wawp.operator.session.Desired.Stopped;
import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;
import static net.wawp.operator.session.LastAction.Phase.Intended;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.session.policy.UpdateStatusAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Stopping a session, and what happens when the desired state changes under way. */
class StopRuleTest {

    @Test
    void aStopIsGivenAMinuteToShow() {
        assertThat(stopped().seen(WORKING).last(Stop, Intended, seconds(59)).accepted(seconds(59)))
                .isMoving(Reason.Stopping)
                .callsNothing()
                .leavesLastAction(Intended)
                .pollsAgainIn(seconds(1));
    }

    @Test
    void aStopTookEffectOnceTheSessionIsSeenStopped() {
        assertThat(stopped().seen(STOPPED).last(Stop, Intended, seconds(5)).answerLost(seconds(4)))
                .isReady(Reason.Stopped)
                .leavesLastAction(Confirmed);
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "2, 30", "3, 90", "4, 270", "5, 600", "6, 600"})
    void aStopWithoutEffectIsRepeatedWithGrowingPauses(int attempt, int pause) {
        PolicyFixture ineffective = stopped().seen(WORKING).statusSays(Reason.Stopping);
        int time = 60 + pause;

        assertThat(ineffective.last(Stop, Intended, attempt, seconds(time - 1)).accepted(seconds(time - 1)))
                .isMoving(Reason.Stopping)
                .callsNothing()
                .leavesLastAction(Ineffective)
                .pollsAgainIn(seconds(1))
                .pollsEvery(PolicyFixture.POLL_INTERVAL);
        assertThat(ineffective.last(Stop, Ineffective, attempt, seconds(time)).accepted(seconds(time)))
                .calls(Stop, attempt + 1);
    }

    @Test
    void anOutageDoesNotCutThePauseShort() {
        assertThat(stopped()
                        .seen(WORKING)
                        .last(Stop, Ineffective, 4, seconds(100))
                        .accepted(seconds(100))
                        .statusSays(Reason.GatewayUnavailable))
                .isMoving(Reason.Stopping)
                .callsNothing()
                .pollsAgainIn(seconds(230));
    }

    @Test
    void aSessionThatIsStartedByHandIsStoppedAgainAtOnce() {
        assertThat(stopped()
                        .seen(STARTING, seconds(0))
                        .last(Stop, Confirmed, seconds(30))
                        .accepted(seconds(30))
                        .statusSays(Reason.Stopped))
                .calls(Stop, 1);
    }

    @Test
    void aStoppedSessionHasNoRestartsToItsName() {
        assertThat(stopped().seen(STOPPED).restarted(3)).isReady(Reason.Stopped).countsRestarts(0);
    }

    @Test
    void aStoppedSessionTellsWhetherItsPairingIsKept() {
        assertThat(stopped().seen(STOPPED).knownAs(Pairing.Paired)).tells("its pairing is kept");
    }

    @Test
    void aStopWithoutEffectForAnotherEndDelaysNoStop() {
        assertThat(stopped().seen(WORKING).last(Stop, Ineffective, seconds(60)).forThe(Purpose.Recovery))
                .calls(Stop, 1);
    }

    @Test
    void aStopThatWasHeldBackIsToldAsSuch() {
        PolicyFixture fixture = stopped().seen(WORKING).last(Stop, Intended, seconds(5));

        assertThat(fixture.refused(Kind.GatewayUnavailable, Delivery.Withheld, seconds(4), seconds(10)))
                .isMoving(Reason.Stopping)
                .tells("The stop was held back and not sent");
        assertThat(fixture.refused(Kind.GatewayUnavailable, Delivery.Answered, seconds(4), seconds(10)))
                .isMoving(Reason.Stopping)
                .tells("The stop call got no usable answer");
    }

    // --- the desired state changes under way --------------------------------------------------------------------

    @Test
    void aStartThatWasSentIsSettledBeforeTheStop() {
        PolicyFixture changed =
                stopped().seen(STOPPED).last(Start, Intended, seconds(5)).accepted(seconds(5));

        assertThat(changed).isMoving(Reason.Starting).callsNothing();
        assertThat(changed.seen(WORKING)).calls(Stop).leavesLastAction(Confirmed);
    }

    @Test
    void aStartThatWasHeardNeedNotFinishBeforeTheStop() {
        assertThat(stopped()
                        .seen(STARTING, seconds(3))
                        .last(Start, Intended, seconds(5))
                        .accepted(seconds(5)))
                .calls(Stop);
    }

    @Test
    void aStopThatWasSentIsSettledBeforeTheSessionRuns() {
        PolicyFixture changed = PolicyFixture.wanted(Desired.Running)
                .last(Stop, Intended, seconds(5))
                .forThe(Purpose.Desired)
                .accepted(seconds(5))
                .statusSays(Reason.Stopping);

        assertThat(changed.seen(WORKING)).isMoving(Reason.Stopping).callsNothing();
        assertThat(changed.seen(STOPPED)).calls(Start).leavesLastAction(Confirmed);
    }

    @Test
    void aStopOfTheRecoveryServesAlsoTheNewEnd() {
        assertThat(stopped()
                        .restarted(1)
                        .seen(STARTING)
                        .last(Stop, Intended, seconds(5))
                        .accepted(seconds(5))
                        .statusSays(Reason.Recovering))
                .isMoving(Reason.Stopping)
                .callsNothing();
    }

    // --- calls that Wawp refuses --------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RequestRejected", "Unauthorized", "QuotaExceeded", "InstanceNotFound"})
    void aRefusalThatAPersonMustCureStallsUntilItsTimeHasCome(Kind kind) {
        assertThat(refused(kind, Delivery.Answered))
                .isStalled(kind.reason())
                .callsNothing()
                .leavesLastAction(LastAction.Phase.Abandoned)
                .pollsEvery(PolicyFixture.POLL_INTERVAL)
                .pollsAgainIn(seconds(100));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RateLimited", "GatewayUnavailable"})
    void aRefusalThatTimeMayCureIsWaitedFor(Kind kind) {
        assertThat(refused(kind, Delivery.Answered))
                .isMoving(Reason.Stopping)
                .callsNothing()
                .pollsEvery(PolicyFixture.POLL_INTERVAL)
                .pollsAgainIn(seconds(100));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aRefusedCallIsRepeatedWhenItsTimeHasCome(Kind kind) {
        assertThat(stopped()
                        .seen(WORKING)
                        .last(Stop, Intended, seconds(20))
                        .refused(kind, Delivery.Answered, seconds(19), seconds(0))
                        .statusSays(Reason.Stopping))
                .calls(Stop, 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RateLimited", "GatewayUnavailable"})
    void aCallThatTheOperatorItselfHeldBackIsNoAttempt(Kind kind) {
        assertThat(stopped()
                        .seen(WORKING)
                        .last(Stop, Intended, seconds(20))
                        .refused(kind, Delivery.Withheld, seconds(19), seconds(0))
                        .statusSays(Reason.Stopping))
                .calls(Stop, 1);
    }

    @Test
    void aCallIsAnAttemptAlthoughAnotherOneWasHeldBack() {
        assertThat(stopped()
                        .seen(WORKING)
                        .last(Stop, Abandoned, seconds(20))
                        .refused(Kind.GatewayUnavailable, Delivery.Withheld, seconds(19), seconds(0))
                        .ofAnotherCall()
                        .statusSays(Reason.Stopping))
                .calls(Stop, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "RequestRejected,    true,  false",
        "Unauthorized,       true,  true",
        "QuotaExceeded,      false, false",
        "InstanceNotFound,   true,  false",
        "RateLimited,        false, false",
        "GatewayUnavailable, false, false"
    })
    void whatMayHaveCuredARefusalLetsItBeRepeatedAtOnce(Kind kind, boolean change, boolean request) {
        boolean repeatedAfterEdit = refused(kind, Delivery.Answered)
                .edited(seconds(1))
                .update()
                .call()
                .isPresent();
        boolean repeatedWithNewCredentials = refused(kind, Delivery.Answered)
                .onlyPollsCountSince(seconds(1))
                .update()
                .call()
                .isPresent();
        boolean repeatedOnRequest = refused(kind, Delivery.Answered)
                .requested(seconds(1))
                .update()
                .call()
                .isPresent();

        assertThat(repeatedAfterEdit).as("after an edit").isEqualTo(change);
        assertThat(repeatedWithNewCredentials).as("with new credentials").isEqualTo(change);
        assertThat(repeatedOnRequest).as("on request").isEqualTo(request);
    }

    @ParameterizedTest
    @EnumSource(
            value = Delivery.class,
            names = {"Withheld", "Unreached"})
    void aStopThatWasNotSentIsAbandoned(Delivery delivery) {
        assertThat(refused(Kind.GatewayUnavailable, delivery)).leavesLastAction(LastAction.Phase.Abandoned);
    }

    private static PolicyFixture refused(Kind kind, Delivery delivery) {
        return stopped()
                .seen(WORKING)
                .last(Stop, Intended, seconds(20))
                .refused(kind, delivery, seconds(19), seconds(100))
                .statusSays(Reason.Stopping);
    }

    private static PolicyFixture stopped() {
        return PolicyFixture.wanted(Stopped);
    }

    private static Duration seconds(int number) {
        return Duration.ofSeconds(number);
    }
}
