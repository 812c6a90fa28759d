package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.MINUTE;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static net.wawp.operator.testing.ScriptedWawpClient.refused;
import static net.wawp.operator.testing.ScriptedWawpClient.withheld;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
import net.wawp.operator.wawp.Priority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollerWakesControllerTest {

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final PollerFixture fixture = new PollerFixture();
    private final SessionPoller poller = fixture.poller;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aChangeOfStateWakesAndWhatIsReadThenIsTheNewState() {
        fixture.pollSettled("a", MINUTE);
        fixture.pass(MINUTE);
        fixture.answer(observed(SessionState.FAILED));
        assertThat(fixture.woken).containsExactly("a");
        assertThat(poller.observation("a").observed().map(ObservedState::state)).contains(SessionState.FAILED);
    }

    @Test
    void aRequestedPollWakesAlsoWhenNothingChanged() {
        fixture.pollSettled("a", MINUTE);
        assertThat(poller.pollNow("a", Priority.Requested)).isTrue();
        fixture.settle();
        fixture.answer(observed(SessionState.WORKING));
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void anOutageWakesOnceAfterThreeFailedPollsAndThreeToFourMinutesAndOnceWhenItEnds() {
        fixture.pollSettled("a", INTERVAL);
        for (int poll = 1; poll <= 5; poll++) {
            fixture.pass(INTERVAL);
            fixture.answer(refused(Kind.GatewayUnavailable));
            assertThat(fixture.woken).as("after failed poll %s", poll).isEmpty();
        }
        for (int poll = 6; poll <= 8; poll++) {
            fixture.pass(INTERVAL);
            fixture.answer(refused(Kind.GatewayUnavailable));
        }
        assertThat(fixture.woken).as("within the minute after the three").containsExactly("a");
        fixture.pass(INTERVAL);
        assertThat(fixture.woken).as("while it lasts").hasSize(1);
        fixture.answer(observed(SessionState.WORKING));
        assertThat(fixture.woken).as("when it ends").hasSize(2);
        fixture.pass(MINUTE.multipliedBy(5));
        assertThat(fixture.woken).as("long after it").hasSize(2);
    }

    @Test
    void atALongIntervalTheThirdFailedPollWakes() {
        fixture.pollSettled("a", Duration.ofMinutes(2));
        for (int poll = 1; poll <= 3; poll++) {
            fixture.pass(Duration.ofMinutes(2));
            fixture.answer(refused(Kind.GatewayUnavailable));
            fixture.pass(Duration.ofMillis(50));
            assertThat(fixture.woken).as("after failed poll %s", poll).hasSize(poll < 3 ? 0 : 1);
        }
    }

    @Test
    void anOutageThatEndsBeforeThreeMinutesWakesWhenItEnds() {
        fixture.pollSettled("a", INTERVAL);
        for (int poll = 1; poll <= 3; poll++) {
            fixture.pass(INTERVAL);
            fixture.answer(refused(Kind.GatewayUnavailable));
        }
        fixture.pass(INTERVAL);
        fixture.answer(observed(SessionState.WORKING));
        assertThat(fixture.woken).as("what was due meanwhile is decided now").containsExactly("a");
        fixture.pass(MINUTE.multipliedBy(5));
        assertThat(fixture.woken).hasSize(1);
    }

    @Test
    void aRefusalThatAPersonMustCureWakesAtOnce() {
        fixture.pollSettled("a", MINUTE);
        fixture.pass(MINUTE);
        fixture.answer(refused(Kind.Unauthorized));
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void whatTheCircuitBreakerHoldsBackTurnsNoSessionStaleButShowsInTheAge() {
        fixture.pollSettled("a", INTERVAL);
        for (int poll = 1; poll <= 10; poll++) {
            fixture.pass(INTERVAL);
            fixture.answer(withheld(Kind.GatewayUnavailable));
        }
        assertThat(fixture.woken).isEmpty();
        assertThat(poller.observation("a").failureStreak()).isEmpty();
        assertThat(poller.oldestObservationAge()).isEqualTo(INTERVAL.multipliedBy(10));
    }

    @Test
    void pausingASessionWakesTheControllerThatAwaitsAPollOfIt() {
        fixture.pollSettled("a", MINUTE);
        fixture.pollSettled("b", MINUTE);
        List.of("a", "b").forEach(uid -> poller.pollNow(uid, Priority.Prompt));
        fixture.settle();
        poller.pause("a");
        fixture.settle();
        assertThat(fixture.woken).containsExactly("a");
        poller.pause("a");
        fixture.settle();
        assertThat(fixture.woken).as("once").containsExactly("a");
    }

    @Test
    void aPauseThatOvertakesTheAnswerWakesTheControllerThatAwaitsIt() {
        fixture.pollSettled("a", MINUTE);
        poller.pollNow("a", Priority.Prompt);
        fixture.settle();
        Call poll = fixture.onlyPoll();
        fixture.onLoop(() -> {
            poll.answer().complete(observed(SessionState.FAILED));
            poller.pause("a");
        });
        assertThat(poller.observation("a").observed().map(ObservedState::state))
                .as("the answer came too late")
                .contains(SessionState.WORKING);
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void aPauseDoesNotKeepASessionFromTurningStale() {
        fixture.pollSettled("a", INTERVAL);
        for (int poll = 1; poll <= 3; poll++) {
            fixture.pass(INTERVAL);
            fixture.answer(refused(Kind.GatewayUnavailable));
        }
        poller.pause("a");
        poller.poll("a", PollerFixture.credentials("a"));
        fixture.settle();
        fixture.answer(refused(Kind.GatewayUnavailable));
        fixture.woken.clear();
        fixture.pass(MINUTE.multipliedBy(2));
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void pausingASessionThatNobodyAwaitsWakesNobody() {
        poller.poll("a", PollerFixture.credentials("a"));
        fixture.settle();
        poller.pause("a");
        fixture.settle();
        assertThat(fixture.client.polls()).hasSize(1);
        assertThat(fixture.woken).isEmpty();
    }

    @Test
    void stoppingWakesTheControllersThatAwaitAPollAndPromisesNoneAnyMore() {
        fixture.pollSettled("a", MINUTE);
        fixture.pollSettled("b", MINUTE);
        poller.pollNow("a", Priority.Prompt);
        fixture.settle();
        poller.stop().toCompletableFuture().join();
        assertThat(fixture.woken).containsExactly("a");
        fixture.answer(observed(SessionState.FAILED));
        assertThat(fixture.woken).containsExactly("a");
        assertThat(poller.pollNow("b", Priority.Requested)).isFalse();
        fixture.settle();
        assertThat(fixture.client.polls()).hasSize(1);
    }

    @Test
    void aControllerThatFailsToWakeDoesNotStopTheOthers() {
        fixture.pollSettled("a", MINUTE);
        fixture.pollSettled("b", MINUTE);
        fixture.failureOfTheController = new IllegalStateException("the controller is not there");
        fixture.pass(MINUTE);
        fixture.client.unansweredPolls().forEach(poll -> fixture.answer(poll, observed(SessionState.FAILED)));
        assertThat(fixture.woken).containsExactlyInAnyOrder("a", "b");
        fixture.pass(MINUTE);
        assertThat(fixture.client.unansweredPolls()).hasSize(2);
    }

    @Test
    void theOldestObservationIsThatOfTheSessionThatWasHeardOfLongestAgo() {
        assertThat(poller.oldestObservationAge()).isZero();
        fixture.pollSettled("a", MINUTE);
        fixture.pollSettled("b", Duration.ofHours(24));
        fixture.pass(MINUTE);
        assertThat(poller.oldestObservationAge()).isEqualTo(MINUTE);
        fixture.answer(refused(Kind.GatewayUnavailable));
        poller.pollNow("b", Priority.Prompt);
        fixture.settle();
        fixture.answer(refused(Kind.Unauthorized));
        fixture.pass(MINUTE);
        assertThat(poller.oldestObservationAge())
                .as("an outage is no observation")
                .isEqualTo(MINUTE.multipliedBy(2));
        poller.pause("a");
        assertThat(poller.oldestObservationAge()).as("a refusal is one").isEqualTo(MINUTE);
    }
}
