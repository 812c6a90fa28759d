package net.wawp.operator.observer;

import static net.wawp.operator.observer.ObserverFixture.MINUTE;
import static net.wawp.operator.observer.ObserverFixture.refused;
import static net.wawp.operator.observer.ObserverFixture.seen;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Urgency;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WakeUpsTest {

    private final ObserverFixture fixture = new ObserverFixture();
    private final SessionObserver observer = fixture.observer;

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
        assertThat(observer.observation("a").sighting().orElseThrow().state()).isEqualTo(FAILED);
    }

    @Test
    void aLookAskedForWakesAlsoWhenNothingChanged() {
        fixture.watchSettled("a", MINUTE);
        observer.lookNow("a", Urgency.Requested);
        fixture.settle();
        fixture.answer(seen(WORKING));
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void anOutageWakesWhenItBeginsAtTheThirdFailedLookAndWhenItEnds() {
        fixture.watchSettled("a", Duration.ofSeconds(30));
        for (int look = 1; look <= 4; look++) {
            fixture.pass(Duration.ofSeconds(30));
            fixture.answer(refused(Kind.GatewayUnavailable));
            assertThat(fixture.woken).as("after look %s", look).hasSize(look < 3 ? 1 : 2);
        }
        fixture.pass(Duration.ofSeconds(30));
        fixture.answer(seen(WORKING));
        assertThat(fixture.woken).hasSize(3);
        fixture.pass(MINUTE.multipliedBy(5));
        assertThat(fixture.woken).as("no wake-up for an outage that is over").hasSize(3);
    }

    @Test
    void threeMinutesWithoutAGoodLookWakeOnce() {
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
        observer.wakeAt("unwatched", fixture.clock.instant().plusSeconds(10));
        observer.wakeAt("unwatched", fixture.clock.instant().plusSeconds(20));
        fixture.pass(Duration.ofSeconds(19));
        assertThat(fixture.woken).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        fixture.pass(MINUTE);
        assertThat(fixture.woken).containsExactly("unwatched");
        assertThat(fixture.client.looks()).isEmpty();
    }

    @Test
    void aControllerThatFailsToWakeDoesNotStopTheOthers() {
        fixture.watchSettled("a", MINUTE);
        fixture.failureOfTheController = new IllegalStateException("the controller is not there");
        observer.wakeAt("b", fixture.clock.instant());
        observer.wakeAt("c", fixture.clock.instant());
        fixture.pass(MINUTE);
        assertThat(fixture.woken).containsExactlyInAnyOrder("b", "c");
        fixture.answer(seen(FAILED));
        fixture.pass(MINUTE);
        assertThat(fixture.client.unanswered()).hasSize(1);
    }

    @Test
    void theOldestObservationIsThatOfTheSessionNothingWasHeardOfForLongest() {
        assertThat(observer.oldestObservationAge()).isZero();
        fixture.watchSettled("a", MINUTE);
        fixture.watchSettled("b", Duration.ofHours(24));
        fixture.pass(MINUTE);
        assertThat(observer.oldestObservationAge()).isEqualTo(MINUTE);
        fixture.answer(refused(Kind.GatewayUnavailable));
        observer.lookNow("b", Urgency.Prompt);
        fixture.settle();
        fixture.answer(refused(Kind.Unauthorized));
        fixture.pass(MINUTE);
        assertThat(observer.oldestObservationAge())
                .as("an outage tells nothing")
                .isEqualTo(MINUTE.multipliedBy(2));
        observer.unwatch("a");
        assertThat(observer.oldestObservationAge()).as("a refusal does").isEqualTo(MINUTE);
        assertThat(observer.watched()).isEqualTo(1);
    }
}
