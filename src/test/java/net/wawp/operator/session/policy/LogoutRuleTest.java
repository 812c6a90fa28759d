package net.wawp.operator.session.policy;

import static net.wawp.operator.session.Action.Logout;
import static net.wawp.operator.session.Action.Stop;
import static net.wawp.operator.session.Desired.LoggedOut;
import static net.wawp.operator.session.Desired.Running;
import static net.wawp.operator.session.Desired.Stopped;
import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;
import static net.wawp.operator.session.LastAction.Phase.Intended;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.SCAN_QR_CODE;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.UNKNOWN;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.session.policy.UpdateStatusAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The one call that cannot be undone: when it is sent, what settles it, and when it is sent again. */
class LogoutRuleTest {

    // --- what settles an intent ---------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        // a poll that shows SCAN_QR_CODE proves it, whatever the answer was; so does a good answer, whatever the poll
        // shows
        "SCAN_QR_CODE, Confirmed, Unpaired",
        "STOPPED,      Confirmed, Unpaired",
        "STARTING,     Confirmed, Unpaired",
        "FAILED,       Confirmed, Unpaired",
        "UNKNOWN,      Confirmed, Unpaired",
        // a good answer confirms the call, yet this state proves a linked phone
        "WORKING,      Confirmed, Paired"
    })
    void aGoodAnswerConfirmsTheLogout(SessionState seen, LastAction.Phase phase, Pairing pairing) {
        assertThat(sent(seconds(5)).accepted(seconds(4)).seen(seen, seconds(0)))
                .leavesLastAction(phase)
                .knows(pairing)
                .callsNothing();
    }

    @Test
    void aPollThatAsksForAScanConfirmsTheLogoutWhoseAnswerWasLost() {
        assertThat(sent(seconds(12)).answerLost(seconds(2)).seen(SCAN_QR_CODE))
                .isReady(Reason.LoggedOut)
                .leavesLastAction(Confirmed)
                .knows(Pairing.Unpaired);
    }

    @ParameterizedTest
    @CsvSource({
        "GatewayUnavailable, Withheld,   it was held back before it was sent",
        "RateLimited,        Withheld,   it was held back before it was sent",
        "Unauthorized,       Withheld,   it was held back before it was sent",
        "GatewayUnavailable, Unreached,  no connection came about",
        "RequestRejected,    Answered,   a 4xx answer says that nothing was done",
        "Unauthorized,       Answered,   a 4xx answer says that nothing was done",
        "QuotaExceeded,      Answered,   a 4xx answer says that nothing was done",
        "InstanceNotFound,   Answered,   a 4xx answer says that nothing was done",
        "RateLimited,        Answered,   a 4xx answer says that nothing was done"
    })
    void aLogoutThatProvablyDidNothingIsAbandoned(Kind kind, Delivery delivery, String why) {
        assertThat(sent(seconds(5))
                        .refused(kind, delivery, seconds(4), seconds(30))
                        .seen(WORKING))
                .as(why)
                .leavesLastAction(Abandoned)
                .callsNothing();
    }

    @ParameterizedTest
    @CsvSource({
        "Answered,   a gateway's 5xx says nothing of what the engine behind it did",
        "Unanswered, nobody knows how far the call came"
    })
    void aLogoutThatMayHaveHappenedIsWaitedForForAMinute(Delivery delivery, String why) {
        PolicyFixture uncertain = sent(seconds(69))
                .refused(Kind.GatewayUnavailable, delivery, seconds(59), seconds(0))
                .seen(WORKING);

        assertThat(uncertain)
                .as(why)
                .isMoving(Reason.LoggingOut)
                .callsNothing()
                .leavesLastAction(Intended)
                .pollsAgainIn(seconds(1));
        assertThat(uncertain.refused(Kind.GatewayUnavailable, delivery, seconds(61), seconds(0)))
                .as(why)
                .leavesLastAction(Ineffective);
    }

    @Test
    void onlyAPollThatBeganAfterThatMinuteShowsThatTheLogoutHadNoEffect() {
        assertThat(sent(seconds(70)).answerLost(seconds(60)).seen(WORKING).polled(seconds(11)))
                .callsNothing()
                .leavesLastAction(Intended);
    }

    @Test
    void anIntentOfAnotherOperatorIsWaitedForForAMinuteFromWhenItWasFound() {
        PolicyFixture found = sent(Duration.ofHours(1)).seen(WORKING);

        assertThat(found.operatorStarted(seconds(59)))
                .callsNothing()
                .leavesLastAction(Intended)
                .pollsAgainIn(seconds(1));
        assertThat(found.operatorStarted(seconds(61)))
                .leavesLastAction(Ineffective)
                .calls(Logout, 2);
    }

    @Test
    void anIntentThatAnotherOperatorWroteLaterHasItsMinuteFromThen() {
        assertThat(sent(seconds(50)).seen(WORKING).operatorStarted(Duration.ofHours(1)))
                .callsNothing()
                .leavesLastAction(Intended)
                .pollsAgainIn(seconds(10));
    }

    @ParameterizedTest
    @EnumSource(Desired.class)
    void anIntentIsSettledWhateverTheResourceAsksForMeanwhile(Desired desired) {
        PolicyFixture changed = PolicyFixture.wanted(desired)
                .last(Logout, Intended, seconds(30))
                .answerLost(seconds(20))
                .statusSays(Reason.LoggingOut);

        assertThat(changed.seen(WORKING)).isMoving(Reason.LoggingOut).callsNothing();
        assertThat(changed.seen(SCAN_QR_CODE)).leavesLastAction(Confirmed).knows(Pairing.Unpaired);
    }

    @Test
    void onceItIsSettledTheNewEndApplies() {
        assertThat(PolicyFixture.wanted(Running)
                        .seen(STOPPED)
                        .last(Logout, Intended, seconds(5))
                        .accepted(seconds(5)))
                .calls(Action.Start);
        assertThat(PolicyFixture.wanted(Stopped)
                        .seen(SCAN_QR_CODE)
                        .last(Logout, Intended, seconds(5))
                        .answerLost(seconds(4)))
                .calls(Action.Stop);
        assertThat(PolicyFixture.wanted(Running)
                        .seen(FAILED)
                        .last(Logout, Intended, seconds(5))
                        .accepted(seconds(5)))
                .isStalled(Reason.PairingRequired);
    }

    @Test
    void anUnknownWordIsShownAndTheIntentStaysOpen() {
        assertThat(sent(seconds(30)).answerLost(seconds(20)).seen(UNKNOWN))
                .isStalled(Reason.UnknownSessionState)
                .leavesLastAction(Intended);
    }

    @Test
    void anAnswerSettlesTheLogoutAlsoWhenThePollsFail() {
        assertThat(sent(seconds(5))
                        .refused(Kind.Unauthorized, Delivery.Answered, seconds(4), seconds(596))
                        .pollsFail(Kind.Unauthorized, 1))
                .isStalled(Reason.Unauthorized)
                .leavesLastAction(Abandoned)
                .knows(Pairing.Paired);
        assertThat(sent(seconds(5)).accepted(seconds(4)).pollsFail(Kind.GatewayUnavailable, 3))
                .leavesLastAction(Confirmed)
                .knows(Pairing.Unpaired);
        assertThat(sent(seconds(5)).answerLost(seconds(4)).pollsFail(Kind.GatewayUnavailable, 3))
                .leavesLastAction(Intended)
                .knows(Pairing.Paired);
    }

    @Test
    void anAnswerSettlesTheLogoutAlsoWhenSomethingIsInTheWay() {
        assertThat(sent(seconds(5)).accepted(seconds(4)).seen(WORKING).blockedBy(Reason.SecretNotFound, seconds(1)))
                .isMoving(Reason.SecretNotFound)
                .leavesLastAction(Confirmed)
                .knows(Pairing.Unpaired);
    }

    // --- another attempt ----------------------------------------------------------------------------------------

    @Test
    void afterAnIneffectiveLogoutComesTheNextAttempt() {
        assertThat(linked().last(Logout, Intended, 1, seconds(71)).answerLost(seconds(61)))
                .leavesLastAction(Ineffective)
                .calls(Logout, 2);
        assertThat(linked().last(Logout, Intended, 2, seconds(71)).answerLost(seconds(61)))
                .calls(Logout, 3);
    }

    @Test
    void afterTheThirdTheLogoutIsUncertain() {
        assertThat(linked().last(Logout, Intended, 3, seconds(71)).answerLost(seconds(61)))
                .isStalled(Reason.LogoutUncertain)
                .callsNothing()
                .leavesLastAction(Ineffective)
                .tells("wawp.net/requestedAt");
    }

    @ParameterizedTest
    @CsvSource({"Abandoned, 2, 2", "Abandoned, 3, 3"})
    void anAbandonedLogoutIsNoAttempt(LastAction.Phase phase, int attempt, int next) {
        assertThat(linked().last(Logout, phase, attempt, seconds(20))
                        .refused(Kind.GatewayUnavailable, Delivery.Unreached, seconds(19), seconds(0)))
                .calls(Logout, next);
    }

    @Test
    void aRefusedLogoutShowsWhyAndWaits() {
        assertThat(linked().last(Logout, Intended, seconds(20))
                        .refused(Kind.InstanceNotFound, Delivery.Answered, seconds(19), seconds(581)))
                .isStalled(Reason.InstanceNotFound)
                .leavesLastAction(Abandoned)
                .pollsAgainIn(seconds(581));
        assertThat(linked().last(Logout, Intended, seconds(20))
                        .refused(Kind.RateLimited, Delivery.Answered, seconds(19), seconds(41)))
                .isMoving(Reason.LoggingOut)
                .leavesLastAction(Abandoned)
                .pollsAgainIn(seconds(41));
    }

    @Test
    void aConfirmedLogoutIsGivenAMinuteToShow() {
        PolicyFixture promised =
                linked().last(Logout, Confirmed, 1, seconds(59)).accepted(seconds(59));

        assertThat(promised)
                .isMoving(Reason.LoggingOut)
                .callsNothing()
                .tells("accepted")
                .pollsAgainIn(seconds(1));
    }

    @Test
    void aConfirmedLogoutThatDoesNotShowIsFollowedByTheNextAttempt() {
        assertThat(linked().last(Logout, Confirmed, 1, seconds(61)).accepted(seconds(61)))
                .calls(Logout, 2);
        assertThat(linked().last(Logout, Confirmed, 3, seconds(61)).accepted(seconds(61)))
                .isStalled(Reason.LogoutUncertain)
                .callsNothing();
    }

    @Test
    void anUncertainLogoutStaysSoWhenAnotherOperatorTakesOver() {
        assertThat(uncertain().operatorStarted(seconds(5)))
                .isStalled(Reason.LogoutUncertain)
                .callsNothing();
    }

    @Test
    void anUncertainLogoutStaysSoAfterAnOutage() {
        assertThat(uncertain().statusSays(Reason.GatewayUnavailable))
                .isStalled(Reason.LogoutUncertain)
                .callsNothing();
    }

    @ParameterizedTest
    @EnumSource(
            value = SessionState.class,
            names = {"SCAN_QR_CODE", "STOPPED"})
    void anUncertainLogoutIsCertainOnceAPollShowsIt(SessionState seen) {
        assertThat(uncertain().seen(seen).knownAs(Pairing.Unpaired)).isReady(Reason.LoggedOut);
    }

    @Test
    void aStopThatTookEffectJustNowDelaysNoLogout() {
        assertThat(PolicyFixture.wanted(LoggedOut).seen(WORKING).last(Stop, Confirmed, seconds(5)))
                .calls(Logout, 1);
    }

    // --- the attempts begin anew --------------------------------------------------------------------------------

    @Test
    void aRequestBeginsTheThreeAttemptsAnew() {
        assertThat(uncertain().requested(seconds(2))).calls(Logout, 1).answersTheRequest();
    }

    @Test
    void aRequestCallsNothingWhenNothingIsLinkedAnyMore() {
        assertThat(uncertain().seen(SCAN_QR_CODE).requested(seconds(2)))
                .isReady(Reason.LoggedOut)
                .answersTheRequest();
    }

    @Test
    void aRequestAboutAnUncertainLogoutWaitsForTheStateThatAStartingSessionReaches() {
        PolicyFixture requested = uncertain().requested(seconds(2));

        assertThat(requested.seen(STARTING, seconds(5)))
                .isMoving(Reason.LoggingOut)
                .callsNothing()
                .leavesTheRequestOpen()
                .pollsEvery(SessionPolicy.FAST)
                .pollsAgainIn(seconds(55));
        assertThat(requested.statusSays(Reason.LoggingOut).seen(WORKING, seconds(1)))
                .calls(Logout, 1)
                .answersTheRequest();
        assertThat(requested.seen(STARTING, seconds(61))).calls(Logout, 1).answersTheRequest();
    }

    @Test
    void aRequestIsAnsweredWhileTheSessionStartsWhereTheAttemptsGoOnWithoutIt() {
        PolicyFixture starting = linked().seen(STARTING, seconds(5)).requested(seconds(2));

        assertThat(starting).answersTheRequest();
        assertThat(starting.last(Logout, Ineffective, 2, Duration.ofHours(1))).answersTheRequest();
        assertThat(starting.last(Logout, Abandoned, 3, Duration.ofHours(1))).answersTheRequest();
        assertThat(starting.last(Stop, Ineffective, 3, Duration.ofHours(1))).answersTheRequest();
        assertThat(starting.last(Logout, Confirmed, 3, Duration.ofHours(1))).leavesTheRequestOpen();
        assertThat(starting.edited(seconds(2))).answersTheRequest();
    }

    @Test
    void aStatusThatWasOnlyFoundDoesNotProveThatALogoutHasShown() {
        PolicyFixture found = linked().last(Logout, Confirmed, seconds(10)).statusSays(Reason.LoggedOut);

        assertThat(found).calls(Logout);
        assertThat(found.statusWasFound()).callsNothing().isMoving(Reason.LoggingOut);
        assertThat(found.last(Logout, Confirmed, seconds(61))).calls(Logout, 2);
    }

    @Test
    void aRequestDoesNotShortenTheMinuteOfAnAttempt() {
        assertThat(sent(seconds(30)).answerLost(seconds(20)).seen(WORKING).requested(seconds(2)))
                .callsNothing()
                .leavesLastAction(Intended);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"LogoutUncertain", "GatewayUnavailable", "SecretNotFound", "Suspended"})
    void anEditBeginsTheThreeAttemptsAnew(Reason lastReason) {
        assertThat(uncertain().statusSays(lastReason).edited(seconds(2))).calls(Logout, 1);
    }

    @Test
    void anEditBeginsTheThreeAttemptsAnewAlsoWhenAnOutageWasToldFirst() {
        assertThat(uncertain()
                        .edited(seconds(200))
                        .statusSays(Reason.GatewayUnavailable)
                        .decidedSince())
                .calls(Logout, 1);
    }

    @Test
    void anEditThatAnotherOperatorSawCountsOnce() {
        assertThat(linked().edited(seconds(200))
                        .last(Logout, Ineffective, 3, seconds(100))
                        .statusSays(Reason.LogoutUncertain)
                        .decidedSince()
                        .operatorStarted(seconds(5)))
                .isStalled(Reason.LogoutUncertain)
                .callsNothing();
    }

    @Test
    void theAttemptsAfterAnEditAreCountedLikeTheOthers() {
        PolicyFixture edited =
                linked().edited(seconds(200)).statusSays(Reason.LoggingOut).decidedSince();

        assertThat(edited.last(Logout, Intended, 3, seconds(71)).answerLost(seconds(61)))
                .isStalled(Reason.LogoutUncertain)
                .callsNothing();
    }

    @Test
    void anAttemptWrittenInTheSecondOfTheEditIsNoneFromBeforeIt() {
        // the status keeps whole seconds
        assertThat(linked().edited(Duration.ofMillis(71_300))
                        .statusSays(Reason.LoggingOut)
                        .decidedSince()
                        .last(Logout, Intended, 3, seconds(72))
                        .answerLost(seconds(61)))
                .isStalled(Reason.LogoutUncertain);
    }

    @Test
    void anEditDoesNotShortenTheMinuteOfAConfirmedLogout() {
        assertThat(linked().last(Logout, Confirmed, 1, seconds(30))
                        .accepted(seconds(30))
                        .edited(seconds(5)))
                .isMoving(Reason.LoggingOut)
                .callsNothing();
    }

    @ParameterizedTest
    @CsvSource({
        "LoggedOut,          1",
        "LoggedOut,          3",
        // an outage, or a boot that was waited for, came between
        "GatewayUnavailable, 3",
        "LoggingOut,         3",
        "UnknownSessionState,3"
    })
    void aSessionThatIsLinkedAgainIsLoggedOutAgain(Reason lastReason, int attempt) {
        assertThat(PolicyFixture.wanted(LoggedOut)
                        .seen(WORKING, seconds(1))
                        .knownAs(Pairing.Unpaired)
                        .last(Logout, Confirmed, attempt, Duration.ofDays(3))
                        .statusSays(lastReason))
                .calls(Logout, 1)
                .knows(Pairing.Paired);
    }

    @Test
    void aSessionThatIsLinkedAgainWithinTheMinuteIsLoggedOutAgain() {
        assertThat(PolicyFixture.wanted(LoggedOut)
                        .seen(WORKING, seconds(1))
                        .knownAs(Pairing.Unpaired)
                        .last(Logout, Confirmed, 1, seconds(30))
                        .accepted(seconds(30))
                        .statusSays(Reason.LoggedOut))
                .calls(Logout, 1);
    }

    @Test
    void aConfirmedLogoutOfAHangingEngineIsNotRepeatedBeforeItsMinuteIsOver() {
        assertThat(PolicyFixture.wanted(LoggedOut)
                        .seen(WORKING, seconds(1))
                        .knownAs(Pairing.Unpaired)
                        .last(Logout, Confirmed, 1, seconds(30))
                        .accepted(seconds(30))
                        .statusSays(Reason.LoggingOut))
                .callsNothing();
    }

    @Test
    void anEngineThatHangsInSpiteOfThreeLogoutsIsLeftAlone() {
        assertThat(PolicyFixture.wanted(LoggedOut)
                        .seen(STARTING, Duration.ofMinutes(9))
                        .knownAs(Pairing.Unpaired)
                        .last(Logout, Confirmed, 3, seconds(61))
                        .accepted(seconds(61))
                        .statusSays(Reason.LoggingOut))
                .isStalled(Reason.LogoutUncertain);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"Working", "Stopped", "Recovering", "PairingRequired"})
    void afterAnotherEndTheAttemptsBeginAnew(Reason lastReason) {
        assertThat(linked().last(Logout, Ineffective, 3, Duration.ofDays(3))
                        .statusSays(lastReason)
                        .edited(seconds(2)))
                .calls(Logout, 1);
    }

    // --- what is never done -------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(value = Desired.class, mode = Mode.EXCLUDE, names = "LoggedOut")
    void noOtherDesiredStateEverLogsOut(Desired desired) {
        for (SessionState state : SessionState.values()) {
            for (Pairing pairing : Pairing.values()) {
                boolean logsOut = PolicyFixture.wanted(desired)
                        .seen(state, Duration.ofHours(1))
                        .knownAs(pairing)
                        .restarted(3)
                        .last(Logout, Ineffective, Duration.ofHours(2))
                        .requested(seconds(2))
                        .update()
                        .call()
                        .filter(call -> call.action() == Logout)
                        .isPresent();

                assertThat(logsOut)
                        .as("%s while %s, %s", desired, state, pairing)
                        .isFalse();
            }
        }
    }

    /** A linked session that is to be logged out, on the way there. */
    private static PolicyFixture linked() {
        return PolicyFixture.wanted(LoggedOut)
                .seen(WORKING)
                .knownAs(Pairing.Paired)
                .statusSays(Reason.LoggingOut);
    }

    private static PolicyFixture sent(Duration ago) {
        return PolicyFixture.wanted(LoggedOut)
                .knownAs(Pairing.Paired)
                .last(Logout, Intended, ago)
                .statusSays(Reason.LoggingOut);
    }

    private static PolicyFixture uncertain() {
        return linked().last(Logout, Ineffective, 3, Duration.ofHours(1)).statusSays(Reason.LogoutUncertain);
    }

    private static Duration seconds(int number) {
        return Duration.ofSeconds(number);
    }
}
