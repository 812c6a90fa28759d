package net.wawp.operator.session;

import static net.wawp.operator.session.Action.Start;
import static net.wawp.operator.session.Action.Stop;
import static net.wawp.operator.session.Desired.LoggedOut;
import static net.wawp.operator.session.Desired.Running;
import static net.wawp.operator.session.Desired.Stopped;
import static net.wawp.operator.session.JudgedAssert.assertThat;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Intended;
import static net.wawp.operator.session.Scene.wanted;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.SCAN_QR_CODE;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.wawp.operator.session.Decision.Await;
import net.wawp.operator.session.Decision.LookAgain;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Verdict.Motion;
import net.wawp.operator.session.Verdict.Ready;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What comes before the table of states: looks that are missing, old or failed, obstacles, suspension, requests. */
class SessionPolicyTest {

    // --- look before acting -------------------------------------------------------------------------------------

    @Test
    void nothingIsSaidBeforeTheFirstLook() {
        assertThat(wanted(Running).decide()).isEqualTo(new Await());
    }

    @Test
    void nothingIsSaidWhileACallIsInFlight() {
        Scene scene =
                wanted(LoggedOut).seen(WORKING).last(Stop, Intended, seconds(2)).unanswered();

        assertThat(scene.decide()).isEqualTo(new Await());
    }

    @Test
    void aLookFromBeforeTheEditSaysNothingOfTheNewGeneration() {
        Scene scene = wanted(Stopped).seen(WORKING).edited(seconds(1)).looked(seconds(2));

        assertThat(scene.decide()).isEqualTo(new Await());
        assertThat(scene.looked(seconds(1))).calls(Stop);
    }

    @Test
    void aLookThatBeganBeforeTheLastAnswerIsNoGroundForACall() {
        Scene scene =
                wanted(Running).seen(STOPPED).onlyLooksCountSince(seconds(3)).looked(seconds(4));

        assertThat(scene.decide()).isEqualTo(new Await());
        assertThat(scene.looked(seconds(3))).calls(Start);
    }

    @Test
    void anOldLookIsRepeatedBeforeACall() {
        assertThat(wanted(Running).seen(STOPPED).looked(seconds(31)).decide()).isEqualTo(new LookAgain());
        assertThat(wanted(Running).seen(STOPPED).looked(seconds(30))).calls(Start);
    }

    @Test
    void anOldLookIsGoodEnoughWhereNothingIsToBeCalled() {
        assertThat(wanted(Running).seen(WORKING).looked(Duration.ofHours(1))).isReady(Reason.Working);
    }

    @Test
    void aSettledSessionIsLookedAtAtItsOwnPaceAndNeedsNoOtherWakeUp() {
        assertThat(wanted(Running).seen(WORKING).pollInterval(Duration.ofHours(2)))
                .looksEvery(Duration.ofHours(2))
                .asksForNoRecheck();
    }

    @Test
    void aSessionThatMovesOrWaitsForAScanIsLookedAtOften() {
        assertThat(wanted(Running).seen(STOPPED)).looksEvery(SessionPolicy.FAST);
        assertThat(wanted(Running).seen(STARTING, seconds(5))).looksEvery(SessionPolicy.FAST);
        assertThat(wanted(Running).seen(SCAN_QR_CODE)).looksEvery(SessionPolicy.FAST);
    }

    @ParameterizedTest
    @EnumSource(Desired.class)
    void whatStandsOnceIsJudgedTheSameAgain(Desired desired) {
        Scene scene =
                switch (desired) {
                    case Running -> wanted(desired).seen(WORKING).statusSays(Reason.Working);
                    case Stopped -> wanted(desired).seen(STOPPED).statusSays(Reason.Stopped);
                    case LoggedOut -> wanted(desired).seen(SCAN_QR_CODE).statusSays(Reason.LoggedOut);
                };

        assertThat(scene.judged()).isEqualTo(scene.judged());
        assertThat(scene).callsNothing().asksForNoRecheck();
    }

    // --- looks that fail ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "RequestRejected, RequestRejected",
        "Unauthorized, Unauthorized",
        "QuotaExceeded, QuotaExceeded",
        "InstanceNotFound, InstanceNotFound"
    })
    void whatOnlyAPersonCanCureStallsAtTheFirstFailedLook(Kind kind, Reason reason) {
        assertThat(wanted(Running).seen(WORKING).looked(seconds(60)).looksFail(kind, 1))
                .isStalled(reason)
                .callsNothing();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RateLimited", "GatewayUnavailable"})
    void theLastTruthStandsForTwoFailedLooks(Kind kind) {
        Scene scene = wanted(Running).seen(WORKING).looked(seconds(60));

        assertThat(scene.looksFail(kind, 2).decide()).isEqualTo(new Await());
        assertThat(scene.looksFail(kind, 3)).says(kind.reason(), Ready.Unknown, Motion.Reconciling);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RateLimited", "GatewayUnavailable"})
    void theLastTruthStandsForThreeMinutes(Kind kind) {
        Scene scene = wanted(Running).seen(WORKING).looksFail(kind, 1);

        assertThat(scene.looked(seconds(179)).decide()).isEqualTo(new Await());
        assertThat(scene.looked(seconds(180))).says(kind.reason(), Ready.Unknown, Motion.Reconciling);
    }

    @Test
    void aSessionThatNeverGaveAGoodLookIsGivenThreeMinutesFromTheFirstFailedOne() {
        Failure failure = new Failure(Kind.GatewayUnavailable, Delivery.Unreached);

        assertThat(wanted(Running).looksFail(failure, 1, seconds(179)).decide()).isEqualTo(new Await());
        assertThat(wanted(Running).looksFail(failure, 1, seconds(180)))
                .says(Reason.GatewayUnavailable, Ready.Unknown, Motion.Reconciling);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aFailedLookFromBeforeTheEditSaysNothingOfTheNewGeneration(Kind kind) {
        Failure failure = new Failure(kind, Delivery.Answered);
        Scene scene = wanted(Stopped).seen(WORKING).looked(seconds(60)).edited(seconds(1));

        assertThat(scene.looksFail(failure, 3, seconds(2)).decide()).isEqualTo(new Await());
        assertThat(scene.looksFail(failure, 4, seconds(1)).judged().verdict().reason())
                .isEqualTo(kind.reason());
    }

    @Test
    void aFailedLookLeavesWhatIsKnown() {
        assertThat(wanted(LoggedOut)
                        .looksFail(Kind.GatewayUnavailable, 3)
                        .knownAs(Pairing.Paired)
                        .restarted(2)
                        .last(Action.Logout, Intended, seconds(90)))
                .knows(Pairing.Paired)
                .countsRestarts(2)
                .leavesLastAction(Intended);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RequestRejected", "QuotaExceeded", "InstanceNotFound"})
    void whatAPersonMustCureIsLookedAtEveryTenMinutesWhateverThePollInterval(Kind kind) {
        Scene scene = wanted(Running).looksFail(kind, 1);

        assertThat(scene.pollInterval(seconds(5))).looksEvery(Duration.ofMinutes(10));
        assertThat(scene.pollInterval(Duration.ofHours(24))).looksEvery(Duration.ofMinutes(10));
    }

    @Test
    void aRefusedTokenIsTriedAgainWithinTenMinutes() {
        Scene scene = wanted(Running).looksFail(Kind.Unauthorized, 1);

        assertThat(scene.pollInterval(seconds(60))).looksEvery(seconds(60));
        assertThat(scene.pollInterval(Duration.ofHours(24))).looksEvery(Duration.ofMinutes(10));
    }

    @Test
    void anOutageIsLookedAtOftenEnoughThatItsEndIsNoticed() {
        Scene scene = wanted(Running).looksFail(Kind.GatewayUnavailable, 3);

        assertThat(scene.pollInterval(seconds(60))).looksEvery(seconds(60));
        assertThat(scene.pollInterval(Duration.ofHours(24))).looksEvery(Duration.ofMinutes(5));
    }

    // --- obstacles ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"SecretNotFound", "InstanceConflict"})
    void whatMayBeOnItsWayIsWaitedForTwoMinutes(Reason reason) {
        assertThat(wanted(Running).seen(WORKING).blockedBy(reason, seconds(119)))
                .isMoving(reason)
                .callsNothing()
                .decidesAgainIn(seconds(1));
        assertThat(wanted(Running).seen(WORKING).blockedBy(reason, seconds(120)))
                .isStalled(reason)
                .asksForNoRecheck();
    }

    @Test
    void whatIsPlainlyWrongStallsAtOnce() {
        assertThat(wanted(Running).seen(WORKING).blockedBy(Reason.SecretInvalid, seconds(0)))
                .isStalled(Reason.SecretInvalid)
                .callsNothing();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"SecretNotFound", "InstanceConflict"})
    void whatStalledOnceStaysSoWhenAnotherOperatorTakesOver(Reason reason) {
        assertThat(wanted(Running).blockedBy(reason, seconds(1)).statusSaysStalled(reason))
                .isStalled(reason);
    }

    @Test
    void anEditedResourceIsWaitedForAnew() {
        Scene scene = wanted(Running)
                .blockedBy(Reason.SecretNotFound, Duration.ofHours(1))
                .statusSaysStalled(Reason.SecretNotFound)
                .edited(seconds(20));

        assertThat(scene).isMoving(Reason.SecretNotFound).decidesAgainIn(seconds(100));
    }

    @Test
    void anObstacleIsToldEvenWhenLooksFail() {
        assertThat(wanted(Running).looksFail(Kind.GatewayUnavailable, 9).blockedBy(Reason.SecretInvalid, seconds(0)))
                .isStalled(Reason.SecretInvalid);
    }

    @Test
    void anObstacleLeavesWhatIsKnown() {
        assertThat(wanted(Running)
                        .seen(WORKING)
                        .knownAs(Pairing.Unpaired)
                        .restarted(2)
                        .last(Stop, Intended, seconds(90))
                        .blockedBy(Reason.InstanceConflict, seconds(1)))
                .knows(Pairing.Unpaired)
                .countsRestarts(2)
                .leavesLastAction(Intended);
    }

    // --- suspended ----------------------------------------------------------------------------------------------

    @Test
    void aSuspendedSessionIsLookedAtAtItsPaceForNothingMovesIt() {
        assertThat(wanted(Stopped).seen(WORKING).suspended()).plans(Stop).looksEvery(Scene.POLL_INTERVAL);
    }

    @Test
    void anOldLookIsGoodEnoughToTellWhatASuspendedResourceWouldDo() {
        assertThat(wanted(Stopped).seen(WORKING).looked(seconds(59)).suspended())
                .plans(Stop);
    }

    @Test
    void aSuspendedSessionThatIsAsDesiredIsReady() {
        assertThat(wanted(Running).seen(WORKING).suspended())
                .says(Reason.Suspended, Ready.True, Motion.None)
                .tells("as desired");
    }

    @Test
    void aRestartThatIsOnlyPlannedIsNotCounted() {
        assertThat(wanted(Running).seen(FAILED, seconds(30)).restarted(1).suspended())
                .plans(Stop)
                .countsRestarts(1);
    }

    @Test
    void aFailedLookOfASuspendedResourceKeepsItsOwnReason() {
        assertThat(wanted(Running).suspended().looksFail(Kind.Unauthorized, 1)).isStalled(Reason.Unauthorized);
        assertThat(wanted(Running).suspended().looksFail(Kind.GatewayUnavailable, 3))
                .says(Reason.GatewayUnavailable, Ready.Unknown, Motion.Reconciling);
    }

    @Test
    void anObstacleOfASuspendedResourceKeepsItsOwnReason() {
        assertThat(wanted(Running).suspended().blockedBy(Reason.SecretInvalid, seconds(1)))
                .isStalled(Reason.SecretInvalid);
    }

    @Test
    void whatWasSentBeforeTheSuspensionIsStillSettled() {
        assertThat(wanted(Stopped)
                        .seen(STOPPED)
                        .last(Stop, Intended, seconds(5))
                        .accepted(seconds(4))
                        .suspended())
                .leavesLastAction(Confirmed)
                .says(Reason.Suspended, Ready.True, Motion.None);
    }

    // --- asking for it now --------------------------------------------------------------------------------------

    @Test
    void aRequestIsAnsweredByALookThatBeganAfterIt() {
        Scene scene = wanted(Running).seen(WORKING).requested(seconds(2));

        assertThat(scene.looked(seconds(3))).isReady(Reason.Working).leavesTheRequestOpen();
        assertThat(scene.looked(seconds(2))).isReady(Reason.Working).answersTheRequest();
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = Mode.EXCLUDE, names = "RateLimited")
    void aRequestIsAnsweredByALookThatWawpFailedToAnswerWell(Kind kind) {
        Scene scene = wanted(Running).requested(seconds(2));
        Failure failure = new Failure(kind, Delivery.Answered);

        assertThat(scene.looksFail(failure, 3, seconds(3))).leavesTheRequestOpen();
        assertThat(scene.looksFail(failure, 3, seconds(2))).answersTheRequest();
    }

    @Test
    void aRequestWaitsForALookThatWasHeldBack() {
        Failure heldBack = new Failure(Kind.RateLimited, Delivery.Withheld);

        assertThat(wanted(Running).requested(seconds(2)).looksFail(heldBack, 3, seconds(1)))
                .leavesTheRequestOpen();
    }

    @Test
    void aRequestAboutAnObstacleIsAnsweredOnceTheObstacleWasCheckedAgain() {
        Scene scene = wanted(Running)
                .blockedBy(Reason.SecretNotFound, Duration.ofHours(1))
                .requested(seconds(2));

        assertThat(scene.obstacleCheckedLast(seconds(3))).leavesTheRequestOpen();
        assertThat(scene.obstacleCheckedLast(seconds(2))).answersTheRequest();
    }

    @Test
    void aRequestOfASuspendedResourceIsALook() {
        assertThat(wanted(Running).seen(FAILED).suspended().requested(seconds(2)))
                .callsNothing()
                .answersTheRequest();
    }

    private static Duration seconds(int number) {
        return Duration.ofSeconds(number);
    }
}
