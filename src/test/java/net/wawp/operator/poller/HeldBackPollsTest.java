package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.MINUTE;
import static net.wawp.operator.poller.PollerFixture.credentials;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static net.wawp.operator.testing.ScriptedWawpClient.refused;
import static net.wawp.operator.testing.ScriptedWawpClient.withheld;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Observation;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.SendGuard;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requested polls that the operator's own limits hold back. */
class HeldBackPollsTest {

    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration RETRY = Duration.ofSeconds(15);

    private final PollerFixture fixture = new PollerFixture();
    private final SessionPoller poller = fixture.poller;
    private final ScriptedWawpClient client = fixture.client;

    @BeforeEach
    void poll() {
        fixture.pollSettled("a", DAY);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aPollThatWaitsForALimitIsNotSentOnceTheProcessHasLostTheLead() {
        SendGuard guard = guardOfAPollThatWaits();
        assertThat(guard.maySend()).isTrue();

        fixture.isLeader = false;

        assertThat(guard.maySend()).isFalse();
    }

    @Test
    void aPollThatWaitsForALimitIsNotSentOnceThePollerHasStopped() {
        SendGuard guard = guardOfAPollThatWaits();

        poller.stop().toCompletableFuture().join();

        assertThat(guard.maySend()).isFalse();
    }

    private SendGuard guardOfAPollThatWaits() {
        poller.pollNow("a", Priority.Prompt);
        fixture.settle();
        return fixture.onlyPoll().request().guard();
    }

    @Test
    void theControllerLearnsThatItsPollIsHeldBackAndAgainWhenItCameThroughAlsoWhenNothingChanged() {
        requestAndHoldBack(Kind.GatewayUnavailable);
        assertThat(fixture.woken).containsExactly("a");
        fixture.pass(RETRY);
        fixture.answer(withheld(Kind.GatewayUnavailable));
        fixture.pass(RETRY);
        assertThat(fixture.woken).as("not for each time it is held back").hasSize(1);
        Instant begun = fixture.clock.instant();
        fixture.answer(observed(WORKING));
        assertThat(fixture.woken).hasSize(2);
        assertThat(poller.observation("a").observed().orElseThrow().begun()).isEqualTo(begun);
        fixture.pass(MINUTE);
        assertThat(client.unansweredPolls()).as("it is served").isEmpty();
    }

    @Test
    void aFailedPollAlsoServesTheRequest() {
        requestAndHoldBack(Kind.GatewayUnavailable);
        fixture.pass(RETRY);
        fixture.answer(refused(Kind.GatewayUnavailable));
        assertThat(fixture.woken).hasSize(2);
        fixture.pass(MINUTE);
        assertThat(client.unansweredPolls()).isEmpty();
    }

    @Test
    void aControllerThatRequestsItAgainAndAgainCausesNoMorePollsAndIsPromisedNone() {
        requestAndHoldBack(Kind.GatewayUnavailable);
        for (int request = 0; request < 100; request++) {
            assertThat(poller.pollNow("a", Priority.Prompt)).isFalse();
        }
        fixture.settle();
        assertThat(client.unansweredPolls()).isEmpty();
        fixture.pass(RETRY);
        fixture.answer(observed(WORKING));
        assertThat(fixture.woken).as("when it came through").hasSize(2);
    }

    @Test
    void aPersonsRequestDoesNotWaitForARequestOfLessPriority() {
        requestAndHoldBack(Kind.GatewayUnavailable);
        assertThat(poller.pollNow("a", Priority.Requested)).isTrue();
        fixture.settle();
        assertThat(fixture.onlyPoll().priority()).isEqualTo(Priority.Requested);
    }

    @Test
    void aRateLimitIsWaitedFor() {
        Instant notBefore = fixture.clock.instant().plusSeconds(300);
        poller.pollNow("a", Priority.Prompt);
        fixture.settle();
        fixture.answer(
                new WawpResponse.Refused(new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(notBefore))));
        assertThat(poller.observation("a").failureStreak()).isEmpty();
        fixture.pass(Duration.ofSeconds(299));
        assertThat(client.unansweredPolls()).isEmpty();
        fixture.pass(RETRY);
        assertThat(client.unansweredPolls()).hasSize(1);
    }

    @Test
    void aPersonsRequestToTestARefusedTokenIsRepeatedAfterAMinute() {
        fixture.pass(MINUTE);
        poller.pollNow("a", Priority.Requested);
        fixture.settle();
        fixture.answer(withheld(Kind.Unauthorized));
        assertThat(poller.observation("a").failureStreak())
                .as("the refusal is known")
                .isPresent();
        fixture.pass(MINUTE.plus(RETRY));
        assertThat(fixture.onlyPoll().priority()).isEqualTo(Priority.Requested);
    }

    @Test
    void anyOtherRequestIsServedByTheRefusalOfItsToken() {
        requestAndHoldBack(Kind.Unauthorized);
        fixture.pass(MINUTE.multipliedBy(5));
        assertThat(client.unansweredPolls()).isEmpty();
    }

    @Test
    void aRoutinePollInBetweenServesTheRequest() {
        poller.setInterval("a", Duration.ofSeconds(1));
        fixture.settle();
        requestAndHoldBack(Kind.GatewayUnavailable);
        fixture.pass(Duration.ofSeconds(2));
        fixture.answer(observed(WORKING));
        assertThat(fixture.woken).as("held back, then served").hasSize(2);
        poller.setInterval("a", DAY);
        fixture.pass(MINUTE);
        assertThat(client.unansweredPolls()).isEmpty();
    }

    @Test
    void aNewSessionThatIsHeldBackIsPolledAsSoonAsItMay() {
        poller.poll("new", credentials("new"));
        poller.setInterval("new", DAY);
        fixture.settle();
        fixture.answer(withheld(Kind.GatewayUnavailable));
        assertThat(poller.observation("new")).isEqualTo(Observation.NONE);
        fixture.pass(RETRY);
        assertThat(fixture.onlyPoll()).extracting(Call::credentials).isEqualTo(credentials("new"));
    }

    @Test
    void aPausedOrForgottenSessionIsNotRepeated() {
        requestAndHoldBack(Kind.GatewayUnavailable);
        poller.pause("a");
        fixture.pass(MINUTE);
        assertThat(client.unansweredPolls()).isEmpty();
        assertThat(fixture.woken).as("it was told already").hasSize(1);
    }

    private void requestAndHoldBack(Kind kind) {
        assertThat(poller.pollNow("a", Priority.Prompt)).isTrue();
        fixture.settle();
        fixture.answer(withheld(kind));
    }
}
