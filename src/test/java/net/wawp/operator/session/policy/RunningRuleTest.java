package net.wawp.operator.session.policy;

import static net.wawp.operator.session.Action.Start;
import static net.wawp.operator.session.Action.Stop;
import static net.wawp.operator.session.Desired.Running;
import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;
import static net.wawp.operator.session.LastAction.Phase.Intended;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.SCAN_QR_CODE;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.session.policy.UpdateStatusAssert.assertThat;

import java.time.Duration;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Starting, recovering and parking a session that is to run. */
class RunningRuleTest {

    // --- starting -----------------------------------------------------------------------------------------------

    @Test
    void theUserIsToldWhereTheCodeToScanIs() {
        assertThat(running().seen(SCAN_QR_CODE))
                .isStalled(Reason.PairingRequired)
                .tells("the Wawp dashboard shows");
        assertThat(running().seen(SCAN_QR_CODE).asksToPair(true).polled(seconds(20)))
                .tells("the annotation wawp.net/pair");
        assertThat(running().seen(SCAN_QR_CODE).pairingOffered(seconds(30)))
                .isStalled(Reason.PairingRequired)
                .tells("in the Secret <name>-pairing");
    }

    @Test
    void aStartIsGivenTheStartingTimeoutToShow() {
        assertThat(running().seen(STOPPED).last(Start, Intended, seconds(59)).accepted(seconds(59)))
                .isMoving(Reason.Starting)
                .callsNothing()
                .leavesLastAction(Intended)
                .pollsAgainIn(seconds(1));
    }

    @Test
    void aStartIsGivenTheStartingTimeoutAlsoWhenItsAnswerWasLost() {
        assertThat(running().seen(STOPPED).last(Start, Intended, seconds(59)).answerLost(seconds(49)))
                .isMoving(Reason.Starting)
                .callsNothing()
                .leavesLastAction(Intended);
    }

    @Test
    void aSessionThatFellBackToStoppedWithinThatTimeIsNotStartedAgainYet() {
        assertThat(running()
                        .startingTimeout(Duration.ofMinutes(5))
                        .seen(STOPPED, seconds(10))
                        .last(Start, Intended, seconds(90))
                        .accepted(seconds(90))
                        .statusSays(Reason.Starting))
                .callsNothing()
                .pollsAgainIn(seconds(210));
    }

    @ParameterizedTest
    @EnumSource(
            value = SessionState.class,
            names = {"WORKING", "SCAN_QR_CODE", "FAILED"})
    void aStartTookEffectOnceTheEngineIsUp(SessionState state) {
        assertThat(running()
                        .seen(state, seconds(0))
                        .last(Start, Intended, seconds(5))
                        .accepted(seconds(5)))
                .leavesLastAction(Confirmed);
    }

    @Test
    void aStartStaysOpenWhileTheEngineBoots() {
        assertThat(running()
                        .seen(STARTING, seconds(3))
                        .last(Start, Intended, seconds(5))
                        .accepted(seconds(5)))
                .isMoving(Reason.Starting)
                .leavesLastAction(Intended);
    }

    @Test
    void aStartWithoutEffectCountsAsAFailureAndIsRepeatedAfterThePause() {
        PolicyFixture ineffective = running()
                .seen(STOPPED)
                .last(Start, Intended, seconds(69))
                .accepted(seconds(69))
                .statusSays(Reason.Starting);

        assertThat(ineffective)
                .isMoving(Reason.Recovering)
                .callsNothing()
                .leavesLastAction(Ineffective)
                .countsRestarts(0)
                .pollsAgainIn(seconds(1));
        assertThat(ineffective
                        .last(Start, Ineffective, seconds(70))
                        .accepted(seconds(70))
                        .statusSays(Reason.Recovering))
                .calls(Start, 1)
                .isMoving(Reason.Recovering)
                .countsRestarts(1);
    }

    @Test
    void aStartWithoutEffectIsNotRepeatedBeyondMaxRestarts() {
        assertThat(running()
                        .seen(STOPPED)
                        .restarted(3)
                        .last(Start, Intended, Duration.ofMinutes(2))
                        .accepted(seconds(120))
                        .statusSays(Reason.Recovering))
                .isStalled(Reason.RecoveryExhausted)
                .callsNothing()
                .leavesLastAction(Ineffective);
    }

    @Test
    void withRecoveryTurnedOffAStartWithoutEffectIsNotRepeatedAtAll() {
        assertThat(running()
                        .maxRestarts(0)
                        .seen(STOPPED)
                        .last(Start, Intended, seconds(61))
                        .accepted(seconds(61))
                        .statusSays(Reason.Starting))
                .isStalled(Reason.RecoveryExhausted)
                .tells("maxRestarts is 0")
                .callsNothing();
    }

    @Test
    void anExhaustedStartStaysSoWhenAnotherOperatorTakesOver() {
        assertThat(running()
                        .maxRestarts(0)
                        .seen(STOPPED)
                        .last(Start, Ineffective, Duration.ofHours(1))
                        .statusSays(Reason.RecoveryExhausted)
                        .operatorStarted(seconds(5)))
                .isStalled(Reason.RecoveryExhausted)
                .callsNothing();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"Stopped", "LoggedOut", "Working"})
    void aStartWithoutEffectIsForgottenOnceTheSessionWasSettledOtherwise(Reason since) {
        assertThat(running()
                        .maxRestarts(0)
                        .seen(STOPPED)
                        .last(Start, Ineffective, Duration.ofHours(1))
                        .answerLost(Duration.ofMinutes(59))
                        .statusSays(since))
                .calls(Start)
                .isMoving(Reason.Starting)
                .countsRestarts(0);
    }

    @Test
    void aStartThatTookEffectLateIsNoFailureOfASessionThatIsStoppedAfterAnOutage() {
        assertThat(running()
                        .maxRestarts(0)
                        .seen(STOPPED)
                        .last(Start, Confirmed, Duration.ofDays(20))
                        .statusSays(Reason.GatewayUnavailable))
                .calls(Start)
                .isMoving(Reason.Starting)
                .countsRestarts(0);
    }

    @Test
    void aStartOfAnotherOperatorIsWaitedForFromWhenItWasFound() {
        PolicyFixture found = running().seen(STOPPED).last(Start, Intended, Duration.ofHours(1));

        assertThat(found.operatorStarted(seconds(59)))
                .callsNothing()
                .leavesLastAction(Intended)
                .pollsAgainIn(seconds(1));
    }

    @Test
    void aStartOfAnotherOperatorThatWasPerhapsNeverSentIsNoFailureOfTheSession() {
        assertThat(running()
                        .seen(STOPPED)
                        .last(Start, Intended, Duration.ofHours(1))
                        .statusSays(Reason.Starting)
                        .operatorStarted(seconds(61)))
                .calls(Start, 2)
                .isMoving(Reason.Starting)
                .countsRestarts(0)
                .leavesLastAction(Ineffective);
    }

    @Test
    void aSessionThatWasStoppedByHandIsStartedAgain() {
        assertThat(running()
                        .seen(STOPPED, seconds(0))
                        .last(Start, Confirmed, seconds(30))
                        .accepted(seconds(30))
                        .statusSays(Reason.Working))
                .calls(Start, 1)
                .isMoving(Reason.Starting);
    }

    // --- an engine that hangs in STARTING -----------------------------------------------------------------------

    @Test
    void theTimeInStartingRunsFromTheOperatorsOwnCall() {
        PolicyFixture hanging = running().startingTimeout(Duration.ofMinutes(2)).seen(STARTING, seconds(100));

        assertThat(hanging.last(Start, Intended, seconds(119)).accepted(seconds(119)))
                .isMoving(Reason.Starting)
                .pollsAgainIn(seconds(1));
        assertThat(hanging.last(Start, Intended, seconds(121)).accepted(seconds(121)))
                .isMoving(Reason.Recovering)
                .callsNothing()
                .pollsAgainIn(seconds(9));
    }

    @Test
    void theTimeInStartingRunsFromTheFirstSightWhenSomebodyElseStartedIt() {
        PolicyFixture hanging =
                running().last(Start, Confirmed, Duration.ofHours(1)).statusSays(Reason.Working);

        assertThat(hanging.seen(STARTING, seconds(59)))
                .isMoving(Reason.Starting)
                .pollsAgainIn(seconds(1));
        assertThat(hanging.seen(STARTING, seconds(61)))
                .isMoving(Reason.Recovering)
                .callsNothing();
    }

    @Test
    void theTimeInStartingGoesOnWhenTheOperatorIsRestarted() {
        assertThat(running()
                        .seen(STARTING)
                        .last(Start, Intended, seconds(71))
                        .statusSays(Reason.Starting)
                        .operatorStarted(seconds(2)))
                .calls(Stop)
                .isMoving(Reason.Recovering);
    }

    @Test
    void aStartWhoseEngineHangsHadNoEffect() {
        assertThat(running()
                        .seen(STARTING, seconds(60))
                        .last(Start, Intended, seconds(62))
                        .accepted(seconds(62)))
                .isMoving(Reason.Recovering)
                .leavesLastAction(Ineffective)
                .pollsAgainIn(seconds(8));
        assertThat(running()
                        .seen(STARTING, seconds(60))
                        .last(Start, Ineffective, seconds(62))
                        .accepted(seconds(62))
                        .statusSays(Reason.Recovering))
                .isMoving(Reason.Recovering)
                .pollsAgainIn(seconds(8));
    }

    @Test
    void aStartThatHadNoEffectIsNotTheOneThatBootsTheEngineLater() {
        assertThat(running()
                        .seen(STARTING, seconds(5))
                        .last(Start, Ineffective, seconds(90))
                        .accepted(seconds(90))
                        .statusSays(Reason.Recovering))
                .isMoving(Reason.Starting)
                .callsNothing();
    }

    @Test
    void anExhaustedSessionThatBootsIsNotCuredBeforeItWorks() {
        assertThat(running()
                        .restarted(3)
                        .seen(STARTING, seconds(5))
                        .statusSays(Reason.RecoveryExhausted)
                        .operatorStarted(seconds(5)))
                .isStalled(Reason.RecoveryExhausted)
                .callsNothing();
    }

    /** Whatever it waited for: it did not fail. */
    @Test
    void withoutRecoveryASessionThatSomebodyStartsMayStart() {
        assertThat(running().maxRestarts(0).seen(STARTING, seconds(5)).statusSaysStalled(Reason.PairingRequired))
                .isMoving(Reason.Starting)
                .callsNothing()
                .pollsAgainIn(seconds(55));
    }

    @Test
    void anEngineThatBootsIsLeftAloneOnceMaxRestartsIsRaised() {
        assertThat(running()
                        .restarted(3)
                        .maxRestarts(4)
                        .seen(STARTING, seconds(5))
                        .statusSays(Reason.RecoveryExhausted))
                .isMoving(Reason.Recovering)
                .callsNothing()
                .pollsAgainIn(seconds(55));
    }

    @Test
    void anOldPollIsNoProofThatTheEngineStillHangs() {
        assertThat(running().seen(STARTING, seconds(61)).polled(seconds(2)).onlyPollsCountSince(seconds(60)))
                .isMoving(Reason.Starting);
    }

    @Test
    void anEngineThatHangsIsStoppedAfterThePause() {
        assertThat(running().seen(STARTING, seconds(69))).callsNothing();
        assertThat(running().seen(STARTING, seconds(71)))
                .calls(Stop)
                .isMoving(Reason.Recovering)
                .countsRestarts(1);
    }

    @Test
    void anEngineThatBootsInTheCourseOfARecoveryIsRecovering() {
        assertThat(running().restarted(1).seen(STARTING, seconds(5)).last(Start, Intended, seconds(6)))
                .isMoving(Reason.Recovering)
                .countsRestarts(1);
    }

    @Test
    void theTimeInStartingRunsFromTheFirstSightWhereTheCallCameLater() {
        assertThat(running().seen(STARTING, seconds(50)).last(Start, Intended, seconds(10)))
                .isMoving(Reason.Starting)
                .pollsAgainIn(seconds(10));
    }

    @Test
    void theTimeInStartingDoesNotRunFromAStop() {
        assertThat(running()
                        .seen(STARTING, seconds(50))
                        .last(Stop, Ineffective, seconds(70))
                        .forThe(Purpose.Desired))
                .isMoving(Reason.Starting)
                .pollsAgainIn(seconds(10));
    }

    // --- recovering ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"0, 10", "1, 30", "2, 90", "3, 270", "4, 600", "5, 600", "99, 600"})
    void thePausesGrowUpToTenMinutes(int restarts, int pause) {
        PolicyFixture failing = running().maxRestarts(100).restarted(restarts).knownAs(Pairing.Paired);

        assertThat(failing.seen(FAILED, seconds(pause - 1)))
                .isMoving(Reason.Recovering)
                .callsNothing()
                .countsRestarts(restarts)
                .pollsAgainIn(seconds(1));
        assertThat(failing.seen(FAILED, seconds(pause)))
                .isMoving(Reason.Recovering)
                .calls(Stop)
                .countsRestarts(restarts + 1);
    }

    @Test
    void nothingMovesDuringAPauseSoTheSessionIsPolledAtItsPace() {
        assertThat(running().seen(FAILED, seconds(1))).pollsEvery(PolicyFixture.POLL_INTERVAL);
    }

    @Test
    void afterTheStopComesTheStart() {
        assertThat(running()
                        .restarted(1)
                        .seen(STOPPED, seconds(0))
                        .last(Stop, Intended, seconds(5))
                        .accepted(seconds(5))
                        .statusSays(Reason.Recovering))
                .calls(Start, 1)
                .isMoving(Reason.Recovering)
                .countsRestarts(1);
    }

    @Test
    void theStopOfARestartIsGivenAMinuteToShow() {
        PolicyFixture stopping =
                running().restarted(1).seen(FAILED, Duration.ofMinutes(5)).statusSays(Reason.Recovering);

        assertThat(stopping.last(Stop, Intended, seconds(59)).accepted(seconds(59)))
                .isMoving(Reason.Recovering)
                .callsNothing()
                .leavesLastAction(Intended)
                .pollsAgainIn(seconds(1));
    }

    @Test
    void aStopWithoutEffectIsOneOfTheRestarts() {
        PolicyFixture ineffective =
                running().restarted(1).seen(FAILED, Duration.ofMinutes(5)).statusSays(Reason.Recovering);

        assertThat(ineffective.last(Stop, Intended, seconds(89)).accepted(seconds(89)))
                .isMoving(Reason.Recovering)
                .callsNothing()
                .leavesLastAction(Ineffective)
                .pollsAgainIn(seconds(1));
        assertThat(ineffective.last(Stop, Ineffective, seconds(90)).accepted(seconds(90)))
                .calls(Stop, 2)
                .beginsRecovery()
                .countsRestarts(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"Recovering", "GatewayUnavailable"})
    void aStopThatNeverHappenedIsNotCountedTwice(Reason meanwhile) {
        assertThat(running()
                        .restarted(1)
                        .seen(FAILED, Duration.ofMinutes(5))
                        .statusSays(meanwhile)
                        .last(Stop, Intended, seconds(20))
                        .refused(Kind.GatewayUnavailable, Delivery.Unreached, seconds(19), seconds(-1)))
                .calls(Stop, 2)
                .beginsNoRecovery()
                .countsRestarts(1)
                .leavesLastAction(Abandoned);
    }

    @Test
    void aStopThatWasRefusedIsRepeatedOnlyWhenItsTimeHasCome() {
        PolicyFixture refused = running().restarted(1).seen(FAILED, Duration.ofMinutes(5));

        assertThat(refused.last(Stop, Intended, seconds(2))
                        .refused(Kind.QuotaExceeded, Delivery.Answered, seconds(1), seconds(599))
                        .statusSays(Reason.Recovering))
                .isStalled(Reason.QuotaExceeded)
                .callsNothing();
        assertThat(refused.last(Stop, Abandoned, seconds(400))
                        .refused(Kind.QuotaExceeded, Delivery.Answered, seconds(399), seconds(201))
                        .statusSays(Reason.QuotaExceeded))
                .isStalled(Reason.QuotaExceeded)
                .callsNothing()
                .countsRestarts(1)
                .pollsAgainIn(seconds(201));
        assertThat(refused.last(Stop, Abandoned, seconds(601))
                        .refused(Kind.QuotaExceeded, Delivery.Answered, seconds(600), seconds(0))
                        .statusSays(Reason.QuotaExceeded))
                .calls(Stop)
                .countsRestarts(1);
    }

    @Test
    void recoveryEndsAfterMaxRestarts() {
        assertThat(running().restarted(3).seen(FAILED))
                .isStalled(Reason.RecoveryExhausted)
                .tells("wawp.net/requestedAt")
                .callsNothing()
                .countsRestarts(3);
    }

    @Test
    void recoveryGoesOnWhenMaxRestartsIsRaised() {
        assertThat(running().restarted(3).maxRestarts(4).seen(FAILED).statusSays(Reason.RecoveryExhausted))
                .calls(Stop)
                .beginsRecovery()
                .countsRestarts(4);
    }

    @ParameterizedTest
    @CsvSource({"FAILED", "STARTING"})
    void withRecoveryTurnedOffAFailureIsOnlyTold(SessionState failure) {
        assertThat(running().maxRestarts(0).seen(failure, Duration.ofMinutes(5)).knownAs(Pairing.Paired))
                .isStalled(Reason.RecoveryExhausted)
                .tells("maxRestarts is 0")
                .callsNothing();
    }

    @Test
    void anExhaustedSessionThatCuresItselfIsWorking() {
        assertThat(running().restarted(3).seen(WORKING, seconds(1)).statusSays(Reason.RecoveryExhausted))
                .isReady(Reason.Working)
                .countsRestarts(3);
    }

    @Test
    void aStopThatServedAnotherEndSaysNothingOfWhenTheSessionFailed() {
        assertThat(running()
                        .seen(FAILED, seconds(5))
                        .knownAs(Pairing.Paired)
                        .last(Stop, Ineffective, Duration.ofMinutes(10))
                        .forThe(Purpose.Desired))
                .isMoving(Reason.Recovering)
                .callsNothing()
                .pollsAgainIn(seconds(5));
    }

    // --- the number of restarts goes back to 0 ------------------------------------------------------------------

    @Test
    void restartsAreForgottenAfterTenMinutesOfWork() {
        assertThat(running().restarted(2).seen(WORKING, seconds(590)))
                .isReady(Reason.Working)
                .countsRestarts(2)
                .pollsAgainIn(seconds(10));
        assertThat(running().restarted(2).seen(WORKING, seconds(601)))
                .countsRestarts(0)
                .asksForNoRecheck();
    }

    @Test
    void theTenMinutesGoOnWhenTheOperatorIsRestarted() {
        assertThat(running()
                        .restarted(2)
                        .seen(WORKING)
                        .statusSays(Reason.Working, seconds(601))
                        .operatorStarted(seconds(5)))
                .countsRestarts(0);
    }

    @Test
    void theTenMinutesMustHaveBeenSeenToTheirEnd() {
        assertThat(running().restarted(2).seen(WORKING, seconds(620)).polled(seconds(30)))
                .isReady(Reason.Working)
                .countsRestarts(2)
                .pollsAgainIn(seconds(-20));
    }

    @Test
    void theTenMinutesRunFromTheFirstSightWhereTheStatusIsYounger() {
        PolicyFixture fixture = running().restarted(2).statusSays(Reason.Working, seconds(60));

        assertThat(fixture.seen(WORKING, Duration.ofMinutes(11)))
                .countsRestarts(0)
                .asksForNoRecheck();
    }

    @Test
    void whatWasNeverRestartedNeedsNoRecheckToForgetIt() {
        assertThat(running().seen(WORKING, seconds(1))).countsRestarts(0).asksForNoRecheck();
    }

    // --- parked -------------------------------------------------------------------------------------------------

    @Test
    void aParkedSessionIsRestartedOnceOnRequest() {
        assertThat(parked()).callsNothing().tells("wawp.net/requestedAt");
        assertThat(parked().requested(seconds(2)))
                .calls(Stop, 1)
                .beginsNoRecovery()
                .isMoving(Reason.Recovering)
                .countsRestarts(0)
                .answersTheRequest();
    }

    @Test
    void aParkedSessionIsRestartedOnRequestWhateverMaxRestartsSays() {
        assertThat(parked().maxRestarts(0).requested(seconds(2))).calls(Stop);
    }

    @Test
    void theRequestedRestartGoesOnWithAStartAndAFreshQrCode() {
        PolicyFixture stopped = running()
                .knownAs(Pairing.Unpaired)
                .seen(STOPPED, seconds(0))
                .last(Stop, Intended, seconds(5))
                .accepted(seconds(5))
                .statusSays(Reason.Recovering);

        assertThat(stopped).calls(Start).beginsNoRecovery();
        assertThat(stopped.seen(SCAN_QR_CODE, seconds(0))
                        .last(Start, Intended, seconds(5))
                        .accepted(seconds(5)))
                .isStalled(Reason.PairingRequired);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"Recovering", "GatewayUnavailable"})
    void aRequestedRestartThatNeverHappenedIsRepeated(Reason meanwhile) {
        assertThat(parked().last(Stop, Intended, seconds(5))
                        .refused(Kind.GatewayUnavailable, Delivery.Answered, seconds(4), seconds(0))
                        .statusSays(meanwhile))
                .calls(Stop, 2)
                .beginsNoRecovery()
                .countsRestarts(0);
    }

    @Test
    void aRequestedRestartThatWawpRefusesSaysWhyAndIsRepeatedLater() {
        PolicyFixture refused = parked().last(Stop, Intended, seconds(5));

        assertThat(refused.refused(Kind.QuotaExceeded, Delivery.Answered, seconds(4), seconds(596))
                        .statusSays(Reason.QuotaExceeded))
                .isStalled(Reason.QuotaExceeded)
                .callsNothing();
        assertThat(refused.refused(Kind.QuotaExceeded, Delivery.Answered, seconds(600), seconds(0))
                        .statusSays(Reason.QuotaExceeded))
                .calls(Stop);
    }

    @Test
    void aRequestedStopWithoutEffectIsRepeatedWithBackoff() {
        PolicyFixture ineffective = parked().statusSays(Reason.Recovering);

        assertThat(ineffective.last(Stop, Intended, seconds(69)).accepted(seconds(69)))
                .isMoving(Reason.Recovering)
                .callsNothing()
                .leavesLastAction(Ineffective)
                .pollsAgainIn(seconds(1));
        assertThat(ineffective.last(Stop, Ineffective, seconds(70)).accepted(seconds(70)))
                .calls(Stop, 2);
    }

    @Test
    void aStopFromBeforeTheEditIsNoReasonToRestartAParkedSession() {
        assertThat(parked().last(Stop, Intended, Duration.ofHours(1))
                        .refused(Kind.QuotaExceeded, Delivery.Answered, Duration.ofMinutes(59), seconds(-1))
                        .statusSays(Reason.QuotaExceeded)
                        .edited(seconds(2)))
                .isStalled(Reason.PairingRequired)
                .callsNothing();
    }

    @Test
    void aSessionThatWaitsForAScanIsOnlyPolledOnRequest() {
        assertThat(running().seen(SCAN_QR_CODE).requested(seconds(2)))
                .isStalled(Reason.PairingRequired)
                .callsNothing()
                .answersTheRequest();
    }

    @Test
    void aSessionThatFailsUnscannedAfterItsRestartIsParkedAgain() {
        assertThat(running()
                        .restarted(1)
                        .seen(FAILED, seconds(5))
                        .knownAs(Pairing.Unpaired)
                        .last(Start, Confirmed, seconds(30))
                        .statusSays(Reason.PairingRequired))
                .isStalled(Reason.PairingRequired)
                .callsNothing();
    }

    // --- asking for another try ---------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"3, 3", "1, 0"})
    void aRequestBeginsAnExhaustedRecoveryAnew(int restarts, int maxRestarts) {
        assertThatARequestRestarts(
                running().restarted(restarts).maxRestarts(maxRestarts).seen(FAILED));
    }

    @Test
    void aRequestBeginsAnExhaustedStartAnew() {
        assertThat(running()
                        .restarted(3)
                        .seen(STOPPED)
                        .last(Start, Ineffective, 4, Duration.ofHours(1))
                        .answerLost(Duration.ofMinutes(59))
                        .statusSays(Reason.RecoveryExhausted)
                        .requested(seconds(2)))
                .calls(Start)
                .beginsRecovery()
                .isMoving(Reason.Recovering)
                .countsRestarts(1);
    }

    @ParameterizedTest
    @CsvSource({"3, 3", "0, 0"})
    void aRequestRestartsAnExhaustedSessionThatHangs(int restarts, int maxRestarts) {
        assertThatARequestRestarts(
                running().restarted(restarts).maxRestarts(maxRestarts).seen(STARTING, seconds(61)));
    }

    private static void assertThatARequestRestarts(PolicyFixture exhausted) {
        assertThat(exhausted.statusSays(Reason.RecoveryExhausted).requested(seconds(2)))
                .calls(Stop)
                .beginsRecovery()
                .isMoving(Reason.Recovering)
                .countsRestarts(1)
                .answersTheRequest();
    }

    @Test
    void aRequestWaitsForAnExhaustedSessionThatSomebodyStarted() {
        PolicyFixture requested =
                running().restarted(3).statusSays(Reason.RecoveryExhausted).requested(seconds(2));

        assertThat(requested.seen(STARTING, seconds(59)))
                .isStalled(Reason.RecoveryExhausted)
                .tells("it is restarted as requested")
                .callsNothing()
                .countsRestarts(3)
                .leavesTheRequestOpen()
                .pollsEvery(SessionPolicy.FAST)
                .pollsAgainIn(seconds(1));
        assertThat(requested.seen(STARTING, seconds(61))).calls(Stop).countsRestarts(1);
        assertThat(requested.seen(FAILED, seconds(1))).calls(Stop).countsRestarts(1);
        assertThat(requested.seen(WORKING, seconds(1))).isReady(Reason.Working).answersTheRequest();
    }

    @Test
    void anExhaustedSessionThatHangsIsNotRestartedOnAPollFromBeforeTheRequest() {
        assertThat(running()
                        .restarted(3)
                        .seen(STARTING, seconds(61))
                        .statusSays(Reason.RecoveryExhausted)
                        .requested(Duration.ofMillis(150)))
                .isStalled(Reason.RecoveryExhausted)
                .tells("annotate the resource")
                .callsNothing()
                .leavesTheRequestOpen();
    }

    @Test
    void aRequestDuringTheLastRestartIsAnsweredByAPoll() {
        assertThat(running()
                        .restarted(3)
                        .seen(STARTING, seconds(5))
                        .statusSays(Reason.Recovering)
                        .requested(seconds(2)))
                .isMoving(Reason.Recovering)
                .callsNothing()
                .answersTheRequest();
    }

    @Test
    void aRequestDoesNotCutAPauseShort() {
        assertThat(running().seen(FAILED, seconds(5)).requested(seconds(2)))
                .isMoving(Reason.Recovering)
                .callsNothing()
                .answersTheRequest();
    }

    @Test
    void aStartThatIsRepeatedIsNoRestart() {
        assertThat(PolicyFixture.wanted(Running)
                        .seen(STOPPED)
                        .last(Start, Abandoned, Duration.ofSeconds(4))
                        .refused(Kind.GatewayUnavailable, Delivery.Withheld, Duration.ofSeconds(3), Duration.ZERO))
                .isMoving(Reason.Starting)
                .tells("Found STOPPED, wanted Running")
                .calls(Start);
    }

    private static PolicyFixture running() {
        return PolicyFixture.wanted(Running);
    }

    private static PolicyFixture parked() {
        return running()
                .seen(FAILED, Duration.ofMinutes(5))
                .knownAs(Pairing.Unpaired)
                .statusSays(Reason.PairingRequired);
    }

    private static Duration seconds(int number) {
        return Duration.ofSeconds(number);
    }
}
