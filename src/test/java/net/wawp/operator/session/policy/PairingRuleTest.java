package net.wawp.operator.session.policy;

import static net.wawp.operator.session.policy.PolicyFixture.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.PairingOffer;
import net.wawp.operator.session.PairingProgress;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.PairingRequest.Phase;
import net.wawp.operator.session.PairingStep;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PairingRuleTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(1));

    private Optional<String> requested = Optional.of("scan");
    private Instant requestedAt = NOW.minusSeconds(5);
    private Optional<PairingRequest> last = Optional.empty();
    private Optional<String> refusal = Optional.empty();
    private Optional<SessionState> state = Optional.of(SessionState.SCAN_QR_CODE);
    private Optional<LastAction> lastAction = Optional.empty();
    private PairingOffer offer = new PairingOffer.None();

    // --- how it begins -------------------------------------------------------------------------------------------

    @Test
    void aRequestIsWrittenBeforeAnythingIsMadeForItAndEndsAfterHalfAnHour() {
        PairingStep step = decide();

        assertThat(step.request())
                .contains(new PairingRequest("scan", Phase.Preparing, Optional.of(NOW.plus(Duration.ofMinutes(30)))));
    }

    @Test
    void whereNobodyAsksNothingIsDone() {
        requested = Optional.empty();

        assertThat(decide())
                .isEqualTo(
                        new PairingStep(Optional.empty(), new PairingStep.Leave(), Optional.empty(), Optional.empty()));
    }

    @Test
    void aRequestWaitsForAPollThatSaysWhatTheSessionIsIn() {
        state = Optional.empty();

        assertThat(decide().request()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"Paired", "Expired"})
    void aRequestThatHasEndedCountsOnce(Phase ended) {
        last = request("scan", ended, LONG_AGO);

        assertThat(decide().request()).isEqualTo(last);
        assertThat(decide().plan()).isEqualTo(new PairingStep.Leave());
    }

    @Test
    void aSessionThatIsLinkedNeedsNoRequest() {
        state = Optional.of(SessionState.WORKING);

        assertThat(decide().request().map(PairingRequest::phase)).contains(Phase.Paired);
        assertThat(decide().plan()).isEqualTo(new PairingStep.Leave());
    }

    @Test
    void theNextRequestBeginsAMinuteAfterTheLastAtTheEarliest() {
        last = request("before", Phase.Expired, NOW.minusSeconds(20));

        assertThat(decide().request()).isEqualTo(last);
        assertThat(decide().recheckAt()).contains(NOW.plusSeconds(40));

        last = request("before", Phase.Expired, NOW.minusSeconds(60));
        assertThat(decide().request().map(PairingRequest::token)).contains("scan");
    }

    @Test
    void aTimeInTheStatusThatIsTooLateHoldsARequestBackForAMinuteAndNoLonger() {
        last = request("before", Phase.Expired, NOW.plus(Duration.ofDays(300)));
        assertThat(decide().recheckAt()).contains(requestedAt.plusSeconds(60));

        requestedAt = NOW.minusSeconds(60);
        assertThat(decide().request().map(PairingRequest::token)).contains("scan");
    }

    @Test
    void aRequestThatIsNotServedEndsAtOnceAndTheUserIsToldAsLongAsThatIsSo() {
        refusal = Optional.of("the resource is suspended");
        state = Optional.empty();
        PairingStep refused = decide();
        assertThat(refused.request()).contains(new PairingRequest("scan", Phase.Expired, Optional.empty()));
        assertThat(refused.sentence()).isPresent().get().asString().endsWith("the resource is suspended.");

        last = refused.request();
        assertThat(decide().sentence()).isEqualTo(refused.sentence());

        refusal = Optional.empty();
        assertThat(decide().sentence()).isEmpty();
        assertThat(decide().request()).as("it is not kept for later").isEqualTo(last);
    }

    @Test
    void aResourceSaysWhyItServesNoRequest() {
        assertThat(sentence(wanted(Desired.Running).asksToPair(false))).contains("spec.pairing.mode is None");
        assertThat(sentence(wanted(Desired.Running).asksToPair(true).suspended()))
                .contains("suspended");
        assertThat(sentence(wanted(Desired.Stopped).asksToPair(true))).contains("spec.desiredState is not Running");
        assertThat(sentence(wanted(Desired.Running).asksToPair(true).deleted(Duration.ofSeconds(9))))
                .contains("being deleted");
        assertThat(wanted(Desired.Running).asksToPair(true).result().pairing().sentence())
                .isEmpty();
    }

    @Test
    void onlyAPollThatBeganAfterTheRequestAndTheLastCallSaysWhatTheSessionIsIn() {
        PolicyFixture fresh =
                wanted(Desired.Running).seen(SessionState.SCAN_QR_CODE).asksToPair(true);
        assertThat(fresh.result().pairing().request()).isPresent();

        assertThat(fresh.polled(Duration.ofSeconds(30)).result().pairing().request())
                .as("from before the request")
                .isEmpty();
    }

    @Test
    void whileThePollsFailNobodyKnowsWhatTheSessionIsIn() {
        assertThat(wanted(Desired.Running)
                        .seen(SessionState.SCAN_QR_CODE)
                        .asksToPair(true)
                        .pollsFail(Failure.Kind.GatewayUnavailable, 1)
                        .result()
                        .pairing()
                        .request())
                .isEmpty();
    }

    private static String sentence(PolicyFixture fixture) {
        return fixture.result().pairing().sentence().orElseThrow();
    }

    // --- how it goes on ------------------------------------------------------------------------------------------

    @Test
    void aSessionThatShowsACodeGetsAWayToPairAndIsOfferedOnceTheSecretHoldsIt() {
        last = request("scan", Phase.Preparing, NOW.minusSeconds(5));
        assertThat(decide().plan()).isEqualTo(new PairingStep.Offer("scan"));
        assertThat(decide().request()).isEqualTo(last);

        offer = new PairingOffer.Open("scan");
        assertThat(decide().request().map(PairingRequest::phase)).contains(Phase.Offered);

        offer = new PairingOffer.Open("another");
        assertThat(decide().request().map(PairingRequest::phase)).contains(Phase.Preparing);
    }

    @ParameterizedTest
    @EnumSource(names = {"STOPPED", "STARTING", "PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED", "UNKNOWN"})
    void whileTheSessionIsOnItsWayNothingIsOffered(SessionState onTheWay) {
        last = request("scan", Phase.Preparing, NOW.minusSeconds(5));
        state = Optional.of(onTheWay);

        assertThat(decide().plan()).isEqualTo(new PairingStep.Leave());
        assertThat(decide().request()).isEqualTo(last);
    }

    @Test
    void whoeverLeadsNextOffersAnewWhatTheLastLeaderOffered() {
        last = request("scan", Phase.Offered, NOW.minusSeconds(30));

        assertThat(decide().plan()).isEqualTo(new PairingStep.Offer("scan"));
        assertThat(decide().request()).isEqualTo(last);
    }

    @Test
    void anotherRequestTakesTheOfferOverAMinuteAfterItBegan() {
        last = request("before", Phase.Offered, NOW.minusSeconds(59));
        assertThat(decide().request()).isEqualTo(last);

        last = request("before", Phase.Offered, NOW.minusSeconds(60));
        assertThat(decide().request()).contains(PairingRequest.begin("scan", NOW));
        assertThat(decide().plan()).isEqualTo(new PairingStep.Offer("scan"));
    }

    // --- how it ends ---------------------------------------------------------------------------------------------

    @Test
    void aLinkedPhoneEndsTheRequestOnceTheWayToPairIsGone() {
        last = request("scan", Phase.Offered, NOW.minusSeconds(30));
        state = Optional.of(SessionState.WORKING);
        offer = new PairingOffer.Open("scan");
        assertThat(decide().plan()).isEqualTo(new PairingStep.Withdraw("scan", true));
        assertThat(decide().request()).isEqualTo(last);

        offer = new PairingOffer.Closing("scan", Optional.empty());
        assertThat(decide().request()).isEqualTo(last);

        offer = new PairingOffer.Closed("scan", Optional.empty());
        assertThat(decide().request().map(PairingRequest::phase)).contains(Phase.Paired);
        assertThat(decide().plan()).isEqualTo(new PairingStep.Leave());
    }

    @Test
    void aRequestThatAnotherProcessLeftIsTakenBackToo() {
        last = request("scan", Phase.Preparing, NOW.minusSeconds(30));
        state = Optional.of(SessionState.WORKING);

        assertThat(decide().plan()).isEqualTo(new PairingStep.Withdraw("scan", true));
    }

    @ParameterizedTest
    @CsvSource({
        // the codes are used up, or somebody has stopped the session
        "Offered, FAILED",
        "Offered, STOPPED",
        "Offered, STARTING"
    })
    void anOfferEndsWithItsCodes(Phase phase, SessionState shown) {
        last = request("scan", phase, NOW.minusSeconds(30));
        state = Optional.of(shown);

        assertThat(decide().plan()).isEqualTo(new PairingStep.Withdraw("scan", true));
        offer = new PairingOffer.Closed("scan", Optional.empty());
        assertThat(decide().request().map(PairingRequest::phase)).contains(Phase.Expired);
    }

    @Test
    void aParkedSessionIsRestartedOnceAndFailsTheRequestAfterThat() {
        last = request("scan", Phase.Preparing, NOW.minusSeconds(30));
        state = Optional.of(SessionState.FAILED);
        assertThat(decide().plan()).as("the restart is due").isEqualTo(new PairingStep.Leave());

        lastAction = action(Action.Stop, NOW.minusSeconds(20));
        assertThat(decide().plan()).as("it is under way").isEqualTo(new PairingStep.Leave());

        lastAction = action(Action.Start, NOW.minusSeconds(10));
        assertThat(decide().plan()).isEqualTo(new PairingStep.Withdraw("scan", true));

        lastAction = action(Action.Start, NOW.minusSeconds(40));
        assertThat(decide().plan()).as("of an earlier request").isEqualTo(new PairingStep.Leave());
    }

    @Test
    void aRequestEndsAfterHalfAnHour() {
        last = request("scan", Phase.Offered, NOW.minus(Duration.ofMinutes(30)));
        requestedAt = NOW.minus(Duration.ofMinutes(30));
        assertThat(decide().plan()).isEqualTo(new PairingStep.Withdraw("scan", true));

        last = Optional.of(new PairingRequest("scan", Phase.Offered, Optional.empty()));
        assertThat(decide().plan()).as("without a time").isEqualTo(new PairingStep.Withdraw("scan", true));

        last = request("scan", Phase.Offered, NOW.plus(Duration.ofDays(300)));
        assertThat(decide().plan()).as("with a forged one").isEqualTo(new PairingStep.Withdraw("scan", true));
    }

    @Test
    void aRequestThatIsNoLongerServedEnds() {
        last = request("scan", Phase.Offered, NOW.minusSeconds(30));
        refusal = Optional.of("the resource is being deleted");
        state = Optional.empty();

        assertThat(decide().plan()).isEqualTo(new PairingStep.Withdraw("scan", true));
    }

    @Test
    void anOfferThatCannotBeMadeEndsTheRequestAndSaysWhy() {
        last = request("scan", Phase.Preparing, NOW.minusSeconds(5));
        offer = new PairingOffer.Impossible("scan", "The operator may not write Secrets here.");

        assertThat(decide().plan()).isEqualTo(new PairingStep.Withdraw("scan", true));
        assertThat(decide().sentence()).contains("The operator may not write Secrets here.");

        offer = new PairingOffer.Closing("scan", Optional.of("The operator may not write Secrets here."));
        assertThat(decide().plan()).as("it does not begin anew").isEqualTo(new PairingStep.Withdraw("scan", true));

        offer = new PairingOffer.Closed("scan", Optional.of("The operator may not write Secrets here."));
        assertThat(decide().request().map(PairingRequest::phase)).contains(Phase.Expired);
        assertThat(decide().sentence()).contains("The operator may not write Secrets here.");

        last = decide().request();
        assertThat(decide().sentence()).as("it stays").contains("The operator may not write Secrets here.");
    }

    @Test
    void anotherRequestTakesOverAlsoWhileNobodyKnowsWhatTheSessionIsIn() {
        last = request("before", Phase.Preparing, NOW.minusSeconds(60));
        state = Optional.empty();

        assertThat(decide().request()).contains(PairingRequest.begin("scan", NOW));
    }

    @Test
    void aRequestThatIsServedDoesNotBeginAnewAfterAMinute() {
        last = request("scan", Phase.Preparing, NOW.minusSeconds(90));

        assertThat(decide().request()).isEqualTo(last);
    }

    @Test
    void aRequestIsDecidedAgainAtItsEndOrWhenAnotherMayTakeOver() {
        last = request("scan", Phase.Preparing, NOW.minusSeconds(20));
        assertThat(decide().recheckAt()).contains(NOW.minusSeconds(20).plus(Duration.ofMinutes(30)));

        last = request("before", Phase.Preparing, NOW.minusSeconds(20));
        assertThat(decide().recheckAt()).contains(NOW.plusSeconds(40));
    }

    @Test
    void onlyTheRefusedRequestItselfIsCalledRefused() {
        refusal = Optional.of("the resource is suspended");
        last = request("scan", Phase.Paired, NOW.minusSeconds(90));
        assertThat(decide().sentence()).as("it was served").isEmpty();

        last = request("before", Phase.Expired, NOW.minusSeconds(90));
        requested = Optional.empty();
        assertThat(decide().sentence()).as("nobody asks any more").isEmpty();
    }

    @Test
    void aStartForAnotherPurposeIsNotTheRestartThatARequestMayCost() {
        last = request("scan", Phase.Preparing, NOW.minusSeconds(30));
        state = Optional.of(SessionState.FAILED);
        lastAction = action(Action.Start, NOW.minusSeconds(10), Purpose.Recovery);

        assertThat(decide().plan()).isEqualTo(new PairingStep.Leave());
    }

    @Test
    void whileWawpIsAwayARequestGoesOnUntilItsTimeIsOver() {
        last = request("scan", Phase.Offered, NOW.minusSeconds(30));
        state = Optional.empty();

        assertThat(decide().request()).isEqualTo(last);
        assertThat(decide().plan()).isEqualTo(new PairingStep.Leave());
        assertThat(decide().recheckAt()).isPresent();
    }

    // --- while something is in the way ---------------------------------------------------------------------------

    @Test
    void whoLosesTheInstanceTakesItsWayToPairBack() {
        assertThat(blockedOffer(Reason.InstanceConflict, Duration.ZERO).plan())
                .as("at once, and the link is another resource's by now")
                .isEqualTo(new PairingStep.Withdraw("scan", false));
    }

    @Test
    void aSecretThatIsGoneEndsTheOffer() {
        assertThat(blockedOffer(Reason.SecretNotFound, Duration.ofSeconds(119)).plan())
                .as("it may be on its way")
                .isEqualTo(new PairingStep.Leave());
        assertThat(blockedOffer(Reason.SecretNotFound, Duration.ofSeconds(120)).plan())
                .isEqualTo(new PairingStep.Withdraw("scan", true));
    }

    /** A session whose code waits to be scanned is reported as stalled: that says nothing of its Secret. */
    @Test
    void aSecretThatIsGoneEndsNoOfferBeforeItsTimeThoughTheStatusSaysStalled() {
        PolicyFixture stalled =
                offered().statusSaysStalled(Reason.PairingRequired).decidedSince();
        assertThat(stalled.blockedBy(Reason.SecretNotFound, Duration.ofSeconds(1))
                        .result()
                        .pairing()
                        .plan())
                .isEqualTo(new PairingStep.Leave());
        assertThat(stalled.result().decideAgainAt()).contains(NOW.plus(Duration.ofSeconds(119)));
    }

    @Test
    void aSecretThatIsInvalidEndsTheOffer() {
        assertThat(blockedOffer(Reason.SecretInvalid, Duration.ZERO).plan())
                .isEqualTo(new PairingStep.Withdraw("scan", true));
    }

    @Test
    void aSpecThatMakesNoSenseEndsTheOffer() {
        assertThat(blockedOffer(Reason.RequestRejected, Duration.ZERO).plan())
                .isEqualTo(new PairingStep.Withdraw("scan", true));
    }

    @Test
    void aSecretThatNamesAnotherInstanceEndsTheOfferAndNothingIsCalledThere() {
        assertThat(offered().secretNames("A1B2C3D4E5F6").result().pairing().plan())
                .isEqualTo(new PairingStep.Withdraw("scan", false));
    }

    @Test
    void aSecretThatCannotBeReadNowEndsNoOffer() {
        PairingStep step =
                offered().secretUnavailable(Duration.ofMinutes(5)).result().pairing();

        assertThat(step.plan()).isEqualTo(new PairingStep.Leave());
        assertThat(step.request().map(PairingRequest::isActive)).contains(true);
    }

    @Test
    void aResourceThatIsDeletedLeavesTheLinkOfTheInstanceThatItLost() {
        assertThat(offered()
                        .blockedBy(Reason.InstanceConflict, Duration.ZERO)
                        .deleted(Duration.ofSeconds(1))
                        .result()
                        .pairing()
                        .plan())
                .isEqualTo(new PairingStep.Withdraw("scan", false));
    }

    @ParameterizedTest
    @EnumSource(names = {"InstanceConflict", "SecretNotFound", "SecretInvalid"})
    void aRequestThatHasNotBegunWaitsUntilNothingIsInTheWay(Reason reason) {
        PolicyFixture asking =
                wanted(Desired.Running).seen(SessionState.SCAN_QR_CODE).asksToPair(true);

        assertThat(asking.blockedBy(reason, Duration.ofMinutes(5))
                        .result()
                        .pairing()
                        .request())
                .isEmpty();
    }

    @Test
    void aPollFromBeforeTheWayWasFreeBeginsNoRequest() {
        assertThat(wanted(Desired.Running)
                        .seen(SessionState.SCAN_QR_CODE)
                        .asksToPair(true)
                        .wasBlockedUntilNow()
                        .result()
                        .pairing()
                        .request())
                .isEmpty();
    }

    private static PairingStep blockedOffer(Reason reason, Duration since) {
        return offered().blockedBy(reason, since).result().pairing();
    }

    private static PolicyFixture offered() {
        return wanted(Desired.Running).seen(SessionState.SCAN_QR_CODE).pairingOffered(Duration.ofMinutes(5));
    }

    private PairingStep decide() {
        return PairingRule.decide(
                new PairingRule.Inputs(
                        new PairingProgress(requested, requestedAt, last, offer),
                        refusal,
                        false,
                        true,
                        state,
                        lastAction),
                NOW);
    }

    private static Optional<PairingRequest> request(String token, Phase phase, Instant begun) {
        return Optional.of(PairingRequest.begin(token, begun).in(phase));
    }

    private static Optional<LastAction> action(Action type, Instant time) {
        return action(type, time, Purpose.Pairing);
    }

    private static Optional<LastAction> action(Action type, Instant time, Purpose purpose) {
        return Optional.of(new LastAction(type, "7f3c", purpose, LastAction.Phase.Confirmed, 1, 1, time));
    }
}
