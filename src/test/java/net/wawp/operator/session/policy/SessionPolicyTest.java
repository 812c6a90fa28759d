package net.wawp.operator.session.policy;

import static net.wawp.operator.session.Action.Start;
import static net.wawp.operator.session.Action.Stop;
import static net.wawp.operator.session.Desired.LoggedOut;
import static net.wawp.operator.session.Desired.Running;
import static net.wawp.operator.session.Desired.Stopped;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;
import static net.wawp.operator.session.LastAction.Phase.Intended;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.SCAN_QR_CODE;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.session.policy.PolicyFixture.wanted;
import static net.wawp.operator.session.policy.UpdateStatusAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.Await;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.PollFirst;
import net.wawp.operator.session.Decision.ReadSecret;
import net.wawp.operator.session.Decision.WithFacts;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What comes before the table of states: polls that are missing, old or failed, obstacles, suspension, requests. */
class SessionPolicyTest {

    // --- poll before acting -------------------------------------------------------------------------------------

    @Test
    void nothingIsSaidBeforeTheFirstPoll() {
        assertThat(wanted(Running).decide()).isInstanceOf(Await.class);
    }

    @Test
    void nothingIsSaidWhileACallIsInFlight() {
        PolicyFixture fixture =
                wanted(LoggedOut).seen(WORKING).last(Stop, Intended, seconds(2)).unanswered();

        assertThat(fixture.decide()).isInstanceOf(Await.class);
    }

    @Test
    void nothingIsCalledWhileAnOlderResourceHasNotBeenReconciled() {
        assertThat(wanted(Running).seen(STOPPED).anOlderResourceIsUndecided().decide())
                .as("it may own the instance")
                .isInstanceOf(Await.class);
    }

    @Test
    void aPollFromBeforeTheEditSaysNothingOfTheNewGeneration() {
        PolicyFixture fixture = wanted(Stopped).seen(WORKING).edited(seconds(1)).polled(seconds(2));

        assertThat(fixture.decide()).isInstanceOf(Await.class);
        assertThat(fixture.polled(seconds(1))).calls(Stop);
    }

    @Test
    void aPollThatBeganBeforeTheLastAnswerIsNoGroundForACall() {
        PolicyFixture fixture =
                wanted(Running).seen(STOPPED).onlyPollsCountSince(seconds(3)).polled(seconds(4));

        assertThat(fixture.decide()).isInstanceOf(Await.class);
        assertThat(fixture.polled(seconds(3))).calls(Start);
    }

    @Test
    void anOldPollIsRepeatedBeforeACall() {
        assertThat(wanted(Running).seen(STOPPED).polled(seconds(31)).decide()).isInstanceOf(PollFirst.class);
        assertThat(wanted(Running).seen(STOPPED).polled(seconds(30))).calls(Start);
    }

    @Test
    void anOldPollIsGoodEnoughWhereNothingIsToBeCalled() {
        assertThat(wanted(Running).seen(WORKING).polled(Duration.ofHours(1))).isReady(Reason.Working);
    }

    @Test
    void aSettledSessionIsPolledAtItsOwnPaceAndNeedsNoOtherWakeUp() {
        assertThat(wanted(Running).seen(WORKING).pollInterval(Duration.ofHours(2)))
                .pollsEvery(Duration.ofHours(2))
                .asksForNoRecheck();
    }

    @Test
    void aSessionThatMovesOrWaitsForAScanIsPolledOften() {
        assertThat(wanted(Running).seen(STOPPED)).pollsEvery(SessionPolicy.FAST);
        assertThat(wanted(Running).seen(STARTING, seconds(5))).pollsEvery(SessionPolicy.FAST);
        assertThat(wanted(Running).seen(SCAN_QR_CODE)).pollsEvery(SessionPolicy.FAST);
    }

    @ParameterizedTest
    @EnumSource(Desired.class)
    void whatStandsOnceIsDecidedTheSameAgain(Desired desired) {
        PolicyFixture fixture =
                switch (desired) {
                    case Running -> wanted(desired).seen(WORKING).statusSays(Reason.Working);
                    case Stopped -> wanted(desired).seen(STOPPED).statusSays(Reason.Stopped);
                    case LoggedOut -> wanted(desired).seen(SCAN_QR_CODE).statusSays(Reason.LoggedOut);
                };

        assertThat(fixture.update()).isEqualTo(fixture.update());
        assertThat(fixture).callsNothing().asksForNoRecheck();
    }

    // --- polls that fail ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "RequestRejected, RequestRejected",
        "Unauthorized, Unauthorized",
        "QuotaExceeded, QuotaExceeded",
        "InstanceNotFound, InstanceNotFound"
    })
    void whatOnlyAPersonCanCureStallsAtTheFirstFailedPoll(Kind kind, Reason reason) {
        assertThat(wanted(Running).seen(WORKING).polled(seconds(60)).pollsFail(kind, 1))
                .isStalled(reason)
                .callsNothing();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RateLimited", "GatewayUnavailable"})
    void theLastTruthStandsForTwoFailedPolls(Kind kind) {
        PolicyFixture fixture = wanted(Running).seen(WORKING).polled(Duration.ofMinutes(10));

        assertThat(fixture.pollsFail(kind, 2).decide()).isInstanceOf(Await.class);
        assertThat(fixture.pollsFail(kind, 3)).says(kind.reason(), Ready.Unknown, Activity.Reconciling);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RateLimited", "GatewayUnavailable"})
    void theLastTruthStandsForThreeMinutes(Kind kind) {
        PolicyFixture fixture = wanted(Running).seen(WORKING).pollsFail(kind, 3);

        assertThat(fixture.polled(seconds(179)).decide()).isInstanceOf(Await.class);
        assertThat(fixture.polled(seconds(180))).says(kind.reason(), Ready.Unknown, Activity.Reconciling);
    }

    @Test
    void aSessionThatNeverGaveAGoodPollIsGivenThreeMinutesFromTheFirstFailedOne() {
        Failure failure = new Failure(Kind.GatewayUnavailable, Delivery.Unreached);

        assertThat(wanted(Running)
                        .pollsFail(failure, 3, seconds(1))
                        .failingSince(seconds(179))
                        .decide())
                .isInstanceOf(Await.class);
        assertThat(wanted(Running).pollsFail(failure, 3, seconds(1)).failingSince(seconds(180)))
                .says(Reason.GatewayUnavailable, Ready.Unknown, Activity.Reconciling);
    }

    @Test
    void anOutageAfterARefusalIsGivenThreeMinutesFromItsFirstFailedPoll() {
        PolicyFixture fixture = wanted(Running)
                .seen(WORKING)
                .polled(Duration.ofHours(2))
                .pollsFail(Kind.GatewayUnavailable, 3)
                .refusedBefore(Duration.ofHours(1));

        assertThat(fixture.failingSince(seconds(179)).decide()).isInstanceOf(Await.class);
        assertThat(fixture.failingSince(seconds(180)))
                .says(Reason.GatewayUnavailable, Ready.Unknown, Activity.Reconciling);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aFailedPollFromBeforeTheEditSaysNothingOfTheNewGeneration(Kind kind) {
        Failure failure = new Failure(kind, Delivery.Answered);
        PolicyFixture fixture =
                wanted(Stopped).seen(WORKING).polled(Duration.ofMinutes(10)).edited(seconds(1));

        assertThat(fixture.pollsFail(failure, 3, seconds(2)).decide()).isInstanceOf(Await.class);
        assertThat(fixture.pollsFail(failure, 4, seconds(1))
                        .update()
                        .readiness()
                        .reason())
                .isEqualTo(kind.reason());
    }

    @Test
    void aFailedPollLeavesWhatIsKnown() {
        assertThat(wanted(LoggedOut)
                        .pollsFail(Kind.GatewayUnavailable, 3)
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
    void whatAPersonMustCureIsPolledEveryTenMinutesWhateverThePollInterval(Kind kind) {
        PolicyFixture fixture = wanted(Running).pollsFail(kind, 1);

        assertThat(fixture.pollInterval(seconds(5))).pollsEvery(Duration.ofMinutes(10));
        assertThat(fixture.pollInterval(Duration.ofHours(24))).pollsEvery(Duration.ofMinutes(10));
    }

    @Test
    void aRefusedTokenIsTriedAgainWithinTenMinutes() {
        PolicyFixture fixture = wanted(Running).pollsFail(Kind.Unauthorized, 1);

        assertThat(fixture.pollInterval(seconds(60))).pollsEvery(seconds(60));
        assertThat(fixture.pollInterval(Duration.ofHours(24))).pollsEvery(Duration.ofMinutes(10));
    }

    @Test
    void anOutageIsPolledOftenEnoughThatItsEndIsNoticed() {
        PolicyFixture fixture = wanted(Running).pollsFail(Kind.GatewayUnavailable, 3);

        assertThat(fixture.pollInterval(seconds(60))).pollsEvery(seconds(60));
        assertThat(fixture.pollInterval(Duration.ofHours(24))).pollsEvery(Duration.ofMinutes(5));
    }

    @Test
    void aRefusalThatWasHeldBackDoesNotAnswerTheRequestButSaysWhenItIsAnswered() {
        Failure heldBack = new Failure(Kind.Unauthorized, Delivery.Withheld);

        assertThat(wanted(Running).requested(seconds(2)).pollsFail(heldBack, 3, seconds(1)))
                .isStalled(Reason.Unauthorized)
                .leavesTheRequestOpen()
                .tells("The request is answered within a minute.")
                .asksForARequestedPollIn(Duration.ofMinutes(1));
    }

    @Test
    void aRefusalWithoutARequestPromisesNothing() {
        assertThat(wanted(Running).pollsFail(Kind.Unauthorized, 1))
                .asksForNoRecheck()
                .tellsNot("within a minute.")
                .leavesTheRequestOpen();
        assertThat(wanted(Running)
                        .requested(seconds(2))
                        .pollsFail(new Failure(Kind.Unauthorized, Delivery.Answered), 1, seconds(1)))
                .asksForNoRecheck()
                .tellsNot("within a minute.")
                .answersTheRequest();
    }

    @Test
    void whereOnlyAnOldPollIsKnownTheDecisionIsMadeAgainSoonEvenIfNothingHappens() {
        PolicyFixture fixture = wanted(Running).onlyPollsCountSince(seconds(1));

        assertThat(fixture.decide()).isEqualTo(new Await(facts(fixture), Optional.empty()));
        assertThat(fixture.seen(STOPPED).polled(seconds(2)).decide())
                .isEqualTo(new Await(facts(fixture), Optional.of(PolicyFixture.NOW.plus(SessionPolicy.FAST))));
    }

    @Test
    void whatAPollComesBeforeIsNotDecidedWithoutIt() {
        PolicyFixture fixture = wanted(Running).seen(STARTING, Duration.ofSeconds(10));

        assertThat(fixture).pollsAgainIn(Duration.ofSeconds(50));
        assertThat(fixture.result().decideAgainAt()).isEmpty();
    }

    private static Facts facts(PolicyFixture fixture) {
        return ((WithFacts) fixture.decide()).facts();
    }

    // --- the Secret is read before each call --------------------------------------------------------------------

    @Test
    void aCallIsMadeWithASecretThatWasReadJustNow() {
        PolicyFixture due = wanted(Stopped).seen(WORKING);

        assertThat(due.secretRead(seconds(10)).update().call()).isPresent();
        assertThat(due.secretRead(seconds(11)).decide()).isInstanceOf(ReadSecret.class);
    }

    @Test
    void aCallThatAnEditAsksForIsMadeWithASecretThatWasReadAfterTheEdit() {
        PolicyFixture due = wanted(Stopped).seen(WORKING).edited(seconds(2));

        assertThat(due.secretRead(seconds(3)).decide()).isInstanceOf(ReadSecret.class);
        assertThat(due.secretRead(seconds(2)).update().call()).isPresent();
    }

    @Test
    void theNextCallIsMadeWithASecretThatWasReadAfterTheLastOne() {
        PolicyFixture due = wanted(Running)
                .restarted(1)
                .seen(STOPPED, seconds(0))
                .last(Stop, Intended, seconds(5))
                .accepted(seconds(4));

        assertThat(due.secretRead(seconds(5)).decide()).isInstanceOf(ReadSecret.class);
        assertThat(due.secretRead(seconds(3)).update().call()).isPresent();
    }

    @Test
    void aCallThatWaitsForASecretThatCannotBeReadSaysSo() {
        assertThat(wanted(Stopped).seen(WORKING).secretRead(seconds(11)).secretStale("the API server answered 500"))
                .isMoving(Reason.Stopping)
                .tells("The Secret cannot be read now: the API server answered 500. The stop waits until it can.")
                .callsNothing();
    }

    @Test
    void aRequestStaysOpenWhileItsCallWaitsForASecretThatCannotBeRead() {
        PolicyFixture waiting = wanted(LoggedOut)
                .seen(WORKING)
                .last(Action.Logout, Ineffective, 3, Duration.ofHours(1))
                .statusSays(Reason.LogoutUncertain)
                .requested(seconds(12))
                .secretRead(seconds(11))
                .secretStale("the API server answered 500");

        assertThat(waiting)
                .isMoving(Reason.LoggingOut)
                .callsNothing()
                .leavesTheRequestOpen()
                .pollsEvery(PolicyFixture.POLL_INTERVAL)
                .asksForNoRecheck();
        assertThat(waiting.secretRead(seconds(1))).calls(Action.Logout, 1).answersTheRequest();
    }

    @Test
    void whatAPollProvesOfThePairingIsKnownAlsoWhileACallWaitsForTheSecret() {
        PolicyFixture stopping = wanted(Stopped).secretRead(seconds(11)).secretStale("the API server answered 500");
        PolicyFixture loggingOut = wanted(LoggedOut).secretRead(seconds(11)).secretStale("the API server answered 500");

        assertThat(stopping.seen(WORKING).knownAs(Pairing.Unpaired))
                .callsNothing()
                .knows(Pairing.Paired);
        // else a session that is stopped by hand meanwhile would pass for logged out
        assertThat(loggingOut.seen(WORKING).knownAs(Pairing.Unpaired))
                .callsNothing()
                .knows(Pairing.Paired);
    }

    @Test
    void withoutACallTheSecretIsNotReadAgain() {
        assertThat(wanted(Running).seen(WORKING).secretRead(Duration.ofMinutes(9)))
                .isReady(Reason.Working);
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
                .isStalled(reason);
    }

    @Test
    void onlyTheOwnerOfAnInstanceIsCheckedAgainWithoutAnEvent() {
        assertThat(wanted(Running).seen(WORKING).blockedBy(Reason.InstanceConflict, Duration.ofHours(1)))
                .decidesAgainIn(seconds(60));
        assertThat(wanted(Running).seen(WORKING).blockedBy(Reason.SecretNotFound, Duration.ofHours(1)))
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
        PolicyFixture fixture = wanted(Running)
                .blockedBy(Reason.SecretNotFound, Duration.ofHours(1))
                .statusSaysStalled(Reason.SecretNotFound)
                .edited(seconds(20));

        assertThat(fixture).isMoving(Reason.SecretNotFound).decidesAgainIn(seconds(100));
    }

    @Test
    void anBlockerIsReportedEvenWhenPollsFail() {
        assertThat(wanted(Running).pollsFail(Kind.GatewayUnavailable, 9).blockedBy(Reason.SecretInvalid, seconds(0)))
                .isStalled(Reason.SecretInvalid);
    }

    @Test
    void anBlockerLeavesWhatIsKnown() {
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
    void aSuspendedSessionIsPolledAtItsPaceForNothingMovesIt() {
        assertThat(wanted(Stopped).seen(WORKING).suspended()).plans(Stop).pollsEvery(PolicyFixture.POLL_INTERVAL);
    }

    @Test
    void anOldPollIsGoodEnoughToTellWhatASuspendedResourceWouldDo() {
        assertThat(wanted(Stopped).seen(WORKING).polled(seconds(59)).suspended())
                .plans(Stop);
    }

    @Test
    void aSuspendedSessionThatIsAsDesiredIsReady() {
        assertThat(wanted(Running).seen(WORKING).suspended())
                .says(Reason.Suspended, Ready.True, Activity.None)
                .tells("as desired");
    }

    @Test
    void aRestartThatIsOnlyPlannedIsNotCounted() {
        assertThat(wanted(Running).seen(FAILED, seconds(30)).restarted(1).suspended())
                .plans(Stop)
                .countsRestarts(1);
    }

    @Test
    void aFailedPollOfASuspendedResourceKeepsItsOwnReason() {
        assertThat(wanted(Running).suspended().pollsFail(Kind.Unauthorized, 1)).isStalled(Reason.Unauthorized);
        assertThat(wanted(Running).suspended().pollsFail(Kind.GatewayUnavailable, 3))
                .says(Reason.GatewayUnavailable, Ready.Unknown, Activity.Reconciling);
    }

    @Test
    void anBlockerOfASuspendedResourceKeepsItsOwnReason() {
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
                .says(Reason.Suspended, Ready.True, Activity.None);
    }

    // --- asking for it now --------------------------------------------------------------------------------------

    @Test
    void aRequestIsAnsweredByAPollThatBeganAfterIt() {
        PolicyFixture fixture = wanted(Running).seen(WORKING).requested(seconds(2));

        assertThat(fixture.polled(seconds(3))).isReady(Reason.Working).leavesTheRequestOpen();
        assertThat(fixture.polled(seconds(2))).isReady(Reason.Working).answersTheRequest();
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = Mode.EXCLUDE, names = "RateLimited")
    void aRequestIsAnsweredByAPollThatWawpFailedToAnswerWell(Kind kind) {
        PolicyFixture fixture = wanted(Running).requested(seconds(2));
        Failure failure = new Failure(kind, Delivery.Answered);

        assertThat(fixture.pollsFail(failure, 3, seconds(3))).leavesTheRequestOpen();
        assertThat(fixture.pollsFail(failure, 3, seconds(2))).answersTheRequest();
    }

    @Test
    void aRequestWaitsForAPollThatWasHeldBack() {
        Failure heldBack = new Failure(Kind.RateLimited, Delivery.Withheld);

        assertThat(wanted(Running).requested(seconds(2)).pollsFail(heldBack, 3, seconds(1)))
                .leavesTheRequestOpen();
    }

    @Test
    void aRequestAboutAnBlockerIsAnsweredOnceTheBlockerWasCheckedAgain() {
        PolicyFixture fixture = wanted(Running)
                .blockedBy(Reason.SecretNotFound, Duration.ofHours(1))
                .requested(seconds(2));

        assertThat(fixture.secretRead(seconds(3)).decide()).isInstanceOf(ReadSecret.class);
        assertThat(fixture.secretRead(seconds(2))).answersTheRequest();
    }

    @Test
    void aRequestOfASuspendedResourceIsAPoll() {
        assertThat(wanted(Running).seen(FAILED).suspended().requested(seconds(2)))
                .callsNothing()
                .answersTheRequest();
    }

    private static Duration seconds(int number) {
        return Duration.ofSeconds(number);
    }
}
