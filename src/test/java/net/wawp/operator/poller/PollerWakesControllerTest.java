package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.MINUTE;
import static net.wawp.operator.poller.PollerFixture.refused;
import static net.wawp.operator.poller.PollerFixture.seen;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Priority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollerWakesControllerTest {

    private final PollerFixture fixture = new PollerFixture();
    private final SessionPoller poller = fixture.poller;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aChangeOfStateWakesAndWhatIsReadThenIsTheNewState() {
        fixture.watchSettled("a", MINUTE);
        fixture.pass(MINUTE);
        fixture.answer(seen(FAILED));
        assertThat(fixture.woken).containsExactly("a");
        assertThat(poller.observation("a").observed().orElseThrow().state()).isEqualTo(FAILED);
    }

    @Test
    void aPollAskedForWakesAlsoWhenNothingChanged() {
        fixture.watchSettled("a", MINUTE);
        poller.pollNow("a", Priority.Requested);
        fixture.settle();
        fixture.answer(seen(WORKING));
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void anOutageWakesWhenItBeginsAtTheThirdFailedPollAndWhenItEnds() {
        fixture.watchSettled("a", Duration.ofSeconds(30));
        for (int poll = 1; poll <= 4; poll++) {
            fixture.pass(Duration.ofSeconds(30));
            fixture.answer(refused(Kind.GatewayUnavailable));
            assertThat(fixture.woken).as("after poll %s", poll).hasSize(poll < 3 ? 1 : 2);
        }
        fixture.pass(Duration.ofSeconds(30));
        fixture.answer(seen(WORKING));
        assertThat(fixture.woken).hasSize(3);
        fixture.pass(MINUTE.multipliedBy(5));
        assertThat(fixture.woken).as("no wake-up for an outage that is over").hasSize(3);
    }

    @Test
    void threeMinutesWithoutAGoodPollWakeOnce() {
        fixture.watchSettled("a", Duration.ofSeconds(110));
        fixture.pass(Duration.ofSeconds(111));
        fixture.answer(refused(Kind.GatewayUnavailable));
        assertThat(fixture.woken).hasSize(1);
        fixture.pass(Duration.ofSeconds(69));
        assertThat(fixture.woken).hasSize(2);
        fixture.pass(Duration.ofSeconds(60));
        fixture.answer(refused(Kind.GatewayUnavailable));
        fixture.pass(Duration.ofMillis(50));
        assertThat(fixture.woken).hasSize(2);
    }

    @Test
    void aWakeUpAtAGivenTimeComesThenWithoutALookAndTheNewestTimeCounts() {
        poller.wakeAt("unwatched", fixture.clock.instant().plusSeconds(10));
        poller.wakeAt("unwatched", fixture.clock.instant().plusSeconds(20));
        fixture.pass(Duration.ofSeconds(19));
        assertThat(fixture.woken).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        fixture.pass(MINUTE);
        assertThat(fixture.woken).containsExactly("unwatched");
        assertThat(fixture.client.polls()).isEmpty();
    }

    @Test
    void aControllerThatFailsToWakeDoesNotStopTheOthers() {
        fixture.watchSettled("a", MINUTE);
        fixture.failureOfTheController = new IllegalStateException("the controller is not there");
        poller.wakeAt("b", fixture.clock.instant());
        poller.wakeAt("c", fixture.clock.instant());
        fixture.pass(MINUTE);
        assertThat(fixture.woken).containsExactlyInAnyOrder("b", "c");
        fixture.answer(seen(FAILED));
        fixture.pass(MINUTE);
        assertThat(fixture.client.unanswered()).hasSize(1);
    }

    @Test
    void theOldestObservationIsThatOfTheSessionNothingWasHeardOfForLongest() {
        assertThat(poller.oldestObservationAge()).isZero();
        fixture.watchSettled("a", MINUTE);
        fixture.watchSettled("b", Duration.ofHours(24));
        fixture.pass(MINUTE);
        assertThat(poller.oldestObservationAge()).isEqualTo(MINUTE);
        fixture.answer(refused(Kind.GatewayUnavailable));
        poller.pollNow("b", Priority.Prompt);
        fixture.settle();
        fixture.answer(refused(Kind.Unauthorized));
        fixture.pass(MINUTE);
        assertThat(poller.oldestObservationAge()).as("an outage tells nothing").isEqualTo(MINUTE.multipliedBy(2));
        poller.unwatch("a");
        assertThat(poller.oldestObservationAge()).as("a refusal does").isEqualTo(MINUTE);
        assertThat(poller.watched()).isEqualTo(1);
    }
}
