package net.wawp.operator.session.policy;

import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;
import static net.wawp.operator.session.LastAction.Phase.Intended;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.PolicyResult.RestartAnswer;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.RestRules;
import net.wawp.operator.session.SessionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Restarts that a person asked for: by {@code wawp.net/restart}, or for a fresh QR code by {@code wawp.net/pair}. */
class PersonsRestartTest {

    private static final Duration SECONDS = Duration.ofSeconds(5);

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"STOPPED", "UNKNOWN"})
    void aRestartBeginsWithAStopAndCountsAsNoneOfRecovery(SessionState state) {
        PolicyFixture fixture = running().seen(state, SECONDS).restarted(2).restartRequested();

        UpdateStatusAssert.assertThat(fixture)
                .isMoving(Reason.Restarting)
                .calls(Action.Stop, 1)
                .countsRestarts(2);
        assertThat(fixture.update().call().map(Call::purpose)).contains(Purpose.Restart);
    }

    @Test
    void aStoppedSessionIsStarted() {
        PolicyFixture fixture = running().seen(SessionState.STOPPED).restartRequested();

        UpdateStatusAssert.assertThat(fixture).isMoving(Reason.Restarting).calls(Action.Start);
        assertThat(fixture.update().call().map(Call::purpose)).contains(Purpose.Restart);
    }

    @Test
    void theStopIsFollowedByAStart() {
        PolicyFixture fixture = stopped(Confirmed).seen(SessionState.STOPPED);

        UpdateStatusAssert.assertThat(fixture)
                .isMoving(Reason.Restarting)
                .calls(Action.Start)
                .countsRestarts(0);
        assertThat(fixture.update().call().map(Call::purpose)).contains(Purpose.Restart);
    }

    @Test
    void whileTheStopIsYetToShowTheSessionIsRestarting() {
        UpdateStatusAssert.assertThat(
                        stopped(Intended).accepted(Duration.ofSeconds(4)).seen(SessionState.WORKING))
                .isMoving(Reason.Restarting)
                .callsNothing();
    }

    @Test
    void aStopWithoutEffectIsRepeatedAfterAPauseAndNotTakenForDone() {
        PolicyFixture fixture = running()
                .last(Action.Stop, Ineffective, Duration.ofSeconds(75))
                .forThe(Purpose.Restart)
                .statusSays(Reason.Restarting)
                .seen(SessionState.WORKING);

        UpdateStatusAssert.assertThat(fixture).isMoving(Reason.Restarting).calls(Action.Stop, 2);
    }

    @Test
    void aStopThatWasNotSentIsRepeated() {
        PolicyFixture fixture = stopped(Abandoned)
                .refused(
                        Failure.Kind.GatewayUnavailable,
                        Failure.Delivery.Withheld,
                        Duration.ofSeconds(4),
                        Duration.ZERO)
                .seen(SessionState.WORKING);

        UpdateStatusAssert.assertThat(fixture).isMoving(Reason.Restarting).calls(Action.Stop);
    }

    @Test
    void onceTheSessionWorksTheRestartIsOver() {
        UpdateStatusAssert.assertThat(running()
                        .last(Action.Start, Confirmed, SECONDS)
                        .forThe(Purpose.Restart)
                        .statusSays(Reason.Restarting)
                        .seen(SessionState.WORKING))
                .isReady(Reason.Working)
                .countsRestarts(0);
    }

    @ParameterizedTest
    @EnumSource(names = {"Recovery", "Restart", "Pairing"})
    void aRestartOfLongAgoIsNotTakenUpAgainAfterAnOutage(Purpose purpose) {
        PolicyFixture fixture = running()
                .last(Action.Start, Confirmed, Duration.ofDays(20))
                .forThe(purpose)
                .statusSays(Reason.GatewayUnavailable)
                .seen(SessionState.STOPPED);

        UpdateStatusAssert.assertThat(fixture)
                .isMoving(Reason.Starting)
                .tells("Found STOPPED, wanted Running")
                .calls(Action.Start, 1);
        assertThat(fixture.update().call().map(Call::purpose)).contains(Purpose.Desired);
    }

    @Test
    void aStartThatWasNotSentIsStillTheSecondHalfOfTheRestart() {
        PolicyFixture fixture = running()
                .last(Action.Start, Abandoned, SECONDS)
                .forThe(Purpose.Restart)
                .refused(
                        Failure.Kind.GatewayUnavailable,
                        Failure.Delivery.Withheld,
                        Duration.ofSeconds(4),
                        Duration.ZERO)
                .statusSays(Reason.Restarting)
                .seen(SessionState.STOPPED);

        UpdateStatusAssert.assertThat(fixture).isMoving(Reason.Restarting).calls(Action.Start);
        assertThat(fixture.update().call().map(Call::purpose)).contains(Purpose.Restart);
    }

    // --- an edit meanwhile ---------------------------------------------------------------------------------------

    @Test
    void aRestartWhoseStopIsYetToTakeEffectSurvivesAnEdit() {
        PolicyFixture fixture =
                stopped(Ineffective).edited(Duration.ofSeconds(2)).seen(SessionState.WORKING);

        UpdateStatusAssert.assertThat(fixture).isMoving(Reason.Restarting).calls(Action.Stop, 1);
        assertThat(fixture.update().call().map(Call::purpose)).contains(Purpose.Restart);
    }

    @Test
    void aRestartWhoseStopWaitsForItsTimeSurvivesAnEdit() {
        UpdateStatusAssert.assertThat(stopped(Abandoned)
                        .refused(
                                Failure.Kind.RateLimited,
                                Failure.Delivery.Answered,
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(30))
                        .edited(Duration.ofSeconds(2))
                        .seen(SessionState.WORKING))
                .isMoving(Reason.Restarting)
                .callsNothing()
                .pollsAgainIn(Duration.ofSeconds(30));
    }

    /** Something else has been decided since: a restart that comes hours later is a surprise. */
    @ParameterizedTest
    @EnumSource(names = {"Suspended", "GatewayUnavailable", "AccountMismatch", "PairingRequired"})
    void aRestartThatIsNoLongerReportedDoesNotSurviveAnEdit(Reason reason) {
        UpdateStatusAssert.assertThat(stopped(Ineffective)
                        .statusSays(reason)
                        .edited(Duration.ofSeconds(2))
                        .seen(SessionState.WORKING))
                .isReady(Reason.Working)
                .callsNothing();
    }

    @Test
    void aSuspensionEndsARestartWhoseStopIsYetToTakeEffect() {
        UpdateStatusAssert.assertThat(stopped(Ineffective)
                        .edited(Duration.ofSeconds(2))
                        .suspended()
                        .seen(SessionState.WORKING))
                .says(Reason.Suspended, Ready.True, Activity.None)
                .callsNothing();
    }

    @Test
    void aStopThatTookEffectDoesNotSurviveAnEdit() {
        UpdateStatusAssert.assertThat(
                        stopped(Confirmed).edited(Duration.ofSeconds(2)).seen(SessionState.WORKING))
                .isReady(Reason.Working)
                .callsNothing();
    }

    @Test
    void aStartDoesNotSurviveAnEdit() {
        UpdateStatusAssert.assertThat(running()
                        .last(Action.Start, Ineffective, Duration.ofMinutes(5))
                        .forThe(Purpose.Restart)
                        .statusSays(Reason.Restarting)
                        .edited(Duration.ofSeconds(2))
                        .seen(SessionState.SCAN_QR_CODE))
                .isStalled(Reason.PairingRequired)
                .callsNothing();
    }

    @ParameterizedTest
    @EnumSource(names = {"Recovery", "Pairing"})
    void aStopForAnotherEndDoesNotSurviveAnEdit(Purpose purpose) {
        UpdateStatusAssert.assertThat(parked().last(Action.Stop, Ineffective, Duration.ofMinutes(5))
                        .forThe(purpose)
                        .statusSays(Reason.Restarting)
                        .edited(Duration.ofSeconds(2)))
                .isStalled(Reason.PairingRequired)
                .callsNothing();
    }

    @Test
    void anotherDesiredStateEndsARestartWhoseStopIsYetToTakeEffect() {
        PolicyFixture fixture = PolicyFixture.wanted(Desired.Stopped)
                .last(Action.Stop, Ineffective, Duration.ofMinutes(5))
                .forThe(Purpose.Restart)
                .statusSays(Reason.Restarting)
                .edited(Duration.ofSeconds(2))
                .seen(SessionState.WORKING);

        UpdateStatusAssert.assertThat(fixture).isMoving(Reason.Stopping).calls(Action.Stop, 1);
        assertThat(fixture.update().call().map(Call::purpose)).contains(Purpose.Desired);
    }

    @Test
    void aWordThatIsNotKnownIsNotRestarted() {
        UpdateStatusAssert.assertThat(running().seen(SessionState.UNKNOWN).restartRequested())
                .isStalled(Reason.UnknownSessionState)
                .callsNothing();
    }

    // --- refused -------------------------------------------------------------------------------------------------

    @Test
    void aRestartIsRefusedWhereTheSessionIsNotToRun() {
        RestRules outside = new RestRules(true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        assertThat(refused(running().suspended())).contains("the resource is suspended");
        assertThat(refused(PolicyFixture.wanted(Desired.Stopped))).contains("spec.desiredState is not Running");
        assertThat(refused(PolicyFixture.wanted(Desired.LoggedOut))).contains("spec.desiredState is not Running");
        assertThat(refused(running().deleted(SECONDS))).contains("the resource is being deleted");
        assertThat(refused(running().rests(outside))).contains("spec.runningHours");
        assertThat(refused(running().account("201012345678").expects("4915112345678")))
                .contains("another phone number");
    }

    @Test
    void aRestartThatBeginsIsAnsweredAndOneThatWaitsIsNot() {
        assertThat(running()
                        .seen(SessionState.WORKING)
                        .restartRequested()
                        .result()
                        .restart())
                .isEqualTo(RestartAnswer.Begun);
        assertThat(running().seen(SessionState.WORKING).result().restart()).isEqualTo(RestartAnswer.None);
        assertThat(running()
                        .seen(SessionState.WORKING)
                        .blockedBy(Reason.SecretNotFound, SECONDS)
                        .restartRequested()
                        .suspended()
                        .result()
                        .restart())
                .isEqualTo(RestartAnswer.None);
    }

    @Test
    void theUserIsToldOfARefusalForAsLongAsTheRestartWouldStillBeRefused() {
        PolicyFixture refused = running().seen(SessionState.WORKING).suspended().restartRefused();
        assertThat(refused.result().restart()).isEqualTo(RestartAnswer.StillRefused);
        UpdateStatusAssert.assertThat(refused).tells("is refused: the resource is suspended.");

        PolicyFixture resumed = running().seen(SessionState.WORKING).restartRefused();
        assertThat(resumed.result().restart()).as("it is forgotten").isEqualTo(RestartAnswer.None);
        assertThat(resumed.update().readiness().message()).doesNotContain("refused");
    }

    @Test
    void aSuspendedSessionIsNotRestarted() {
        UpdateStatusAssert.assertThat(
                        running().seen(SessionState.WORKING).suspended().restartRequested())
                .callsNothing();
    }

    // --- for a fresh QR code -------------------------------------------------------------------------------------

    @Test
    void aParkedSessionIsRestartedOnceForEachRequestToLinkAPhone() {
        PolicyFixture parked = parked().pairing(SECONDS);
        UpdateStatusAssert.assertThat(parked)
                .isMoving(Reason.Restarting)
                .calls(Action.Stop)
                .countsRestarts(0);
        assertThat(parked.update().call().map(Call::purpose)).contains(Purpose.Pairing);

        UpdateStatusAssert.assertThat(parked().last(Action.Start, Confirmed, Duration.ofSeconds(3))
                        .forThe(Purpose.Pairing)
                        .pairing(SECONDS))
                .isStalled(Reason.PairingRequired)
                .callsNothing();
    }

    @Test
    void theStartOfASessionThatWasStoppedMeanwhileBelongsToTheRequestThatHasRestartedIt() {
        PolicyFixture stopped = running()
                .seen(SessionState.STOPPED)
                .last(Action.Start, Confirmed, Duration.ofSeconds(30))
                .forThe(Purpose.Pairing)
                .statusSays(Reason.PairingRequired);

        assertThat(stopped.pairing(Duration.ofSeconds(40)).update().call().map(Call::purpose))
                .as("it costs no second restart")
                .contains(Purpose.Pairing);
        assertThat(stopped.pairing(Duration.ofSeconds(20)).update().call().map(Call::purpose))
                .as("the restart was for an earlier request")
                .contains(Purpose.Desired);
    }

    @Test
    void aParkedSessionOfWhichNobodyAsksAnythingStaysParked() {
        UpdateStatusAssert.assertThat(parked())
                .isStalled(Reason.PairingRequired)
                .callsNothing();
    }

    // --- another account -----------------------------------------------------------------------------------------

    @Test
    void anotherNumberThanTheExpectedOneStallsTheResourceAndNothingIsCalled() {
        PolicyFixture fixture = running()
                .seen(SessionState.WORKING)
                .account("201012345678")
                .expects("4915112345678")
                .restartRequested();

        UpdateStatusAssert.assertThat(fixture)
                .isStalled(Reason.AccountMismatch)
                .knows(Pairing.Paired)
                .callsNothing();
        assertThat(fixture.update().readiness().message()).doesNotContain("201012345678", "4915112345678");
    }

    @Test
    void anotherNumberThanTheExpectedOneIsNotStoppedForItsHoursEither() {
        UpdateStatusAssert.assertThat(running()
                        .seen(SessionState.WORKING)
                        .account("201012345678")
                        .expects("4915112345678")
                        .rests(new RestRules(
                                true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())))
                .isStalled(Reason.AccountMismatch)
                .callsNothing();
    }

    @Test
    void theExpectedNumberAndOneThatNobodyKnowsAreTakenForRight() {
        UpdateStatusAssert.assertThat(running()
                        .seen(SessionState.WORKING)
                        .account("4915112345678")
                        .expects("4915112345678"))
                .isReady(Reason.Working);
        UpdateStatusAssert.assertThat(running().seen(SessionState.WORKING).expects("4915112345678"))
                .isReady(Reason.Working);
    }

    @Test
    void aParkedSessionIsRestartedOnceForARequestToPair() {
        UpdateStatusAssert.assertThat(parked().pairing(SECONDS)).calls(Action.Stop);

        UpdateStatusAssert.assertThat(parked().pairing(Duration.ofSeconds(30))
                        .last(Action.Start, Confirmed, SECONDS)
                        .forThe(Purpose.Pairing)
                        .pairingRequestedAgain())
                .as("what the next request costs is decided when it begins")
                .callsNothing();
    }

    @Test
    void theCodeIsInTheSecretOnceItIsOffered() {
        UpdateStatusAssert.assertThat(running().seen(SessionState.SCAN_QR_CODE).pairing(SECONDS))
                .tellsNot("<name>-pairing");
    }

    @Test
    void aRefusalIsToldToWhoeverAskedAndToNobodyElse() {
        PolicyFixture suspended = running().seen(SessionState.WORKING).suspended();
        UpdateStatusAssert.assertThat(suspended).tellsNot("the resource is suspended.");

        UpdateStatusAssert.assertThat(suspended.restartRequested()).tells("the resource is suspended.");
    }

    private static PolicyFixture running() {
        return PolicyFixture.wanted(Desired.Running);
    }

    private static PolicyFixture parked() {
        return running().seen(SessionState.FAILED).knownAs(Pairing.Unpaired).statusSays(Reason.PairingRequired);
    }

    private static PolicyFixture stopped(net.wawp.operator.session.LastAction.Phase phase) {
        return running()
                .last(Action.Stop, phase, SECONDS)
                .forThe(Purpose.Restart)
                .statusSays(Reason.Restarting);
    }

    /** What the user is told of the refusal of a restart that is requested now. */
    private static String refused(PolicyFixture fixture) {
        fixture.seen(SessionState.WORKING).restartRequested();
        assertThat(fixture.result().restart()).isEqualTo(RestartAnswer.Refused);
        return fixture.update().readiness().message();
    }
}
