package net.wawp.operator.observer;

import static net.wawp.operator.observer.ObserverFixture.BOUND;
import static net.wawp.operator.observer.ObserverFixture.MINUTE;
import static net.wawp.operator.observer.ObserverFixture.credentials;
import static net.wawp.operator.observer.ObserverFixture.refused;
import static net.wawp.operator.observer.ObserverFixture.seen;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import net.wawp.operator.observer.ClientAnsweredByHand.Asked;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Reply;
import net.wawp.operator.wawp.Urgency;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoutineLooksTest {

    private final ObserverFixture fixture = new ObserverFixture();
    private final SessionObserver observer = fixture.observer;
    private final ClientAnsweredByHand client = fixture.client;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aSessionIsLookedAtOncePerIntervalAndTheControllerSleeps() {
        fixture.watchSettled("a", MINUTE);
        for (int interval = 0; interval < 5; interval++) {
            fixture.pass(MINUTE);
            fixture.answer(seen(WORKING));
        }
        assertThat(client.looks()).hasSize(5).extracting(Asked::urgency).containsOnly(Urgency.Routine);
        assertThat(fixture.woken).isEmpty();
    }

    @Test
    void aNewPaceCountsAtOnce() {
        fixture.watchSettled("a", Duration.ofHours(24));
        observer.lookEvery("a", Duration.ofSeconds(3));
        fixture.pass(Duration.ofSeconds(4));
        fixture.answer(seen(WORKING));
        observer.lookEvery("a", Duration.ofHours(24));
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).isEmpty();
    }

    @Test
    void aSessionThatIsNotWatchedAnyMoreIsNotLookedAtButNotForgotten() {
        fixture.watchSettled("a", MINUTE);
        observer.unwatch("a");
        fixture.pass(MINUTE.multipliedBy(3));
        assertThat(client.looks()).isEmpty();
        assertThat(observer.observation("a").sighting()).isPresent();
        observer.watch("a", credentials("a"));
        fixture.settle();
        assertThat(fixture.onlyLook().urgency()).isEqualTo(Urgency.Prompt);
    }

    @Test
    void noMoreThanTheBoundAreInFlightAndTheRestWaitsForATick() {
        watchSettled(BOUND + 2);
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).hasSize(BOUND);
        client.unanswered().forEach(look -> fixture.answer(look, seen(WORKING)));
        fixture.pass(Duration.ofMillis(50));
        assertThat(client.unanswered()).hasSize(2);
    }

    @Test
    void aLateLookIsSkippedAndNeverPilesUp() {
        watchSettled(BOUND + 1);
        fixture.pass(MINUTE);
        fixture.pass(MINUTE.multipliedBy(10));
        assertThat(client.looks()).hasSize(BOUND);
        client.unanswered().forEach(look -> fixture.answer(look, seen(WORKING)));
        fixture.pass(Duration.ofMillis(50));
        assertThat(client.looks()).as("one for each session that has waited").hasSize(BOUND + 1);
    }

    @Test
    void aLookThatHangsIsNotJoinedByAnother() {
        fixture.watchSettled("a", MINUTE);
        fixture.pass(MINUTE);
        fixture.pass(MINUTE.multipliedBy(3));
        assertThat(client.looks()).hasSize(1);
    }

    @Test
    void afterARefusalThatAPersonMustCureTheNextLookIsTenMinutesLater() {
        fixture.watchSettled("a", MINUTE);
        fixture.pass(MINUTE);
        fixture.answer(refused(Kind.InstanceNotFound));
        fixture.pass(MINUTE.multipliedBy(9));
        assertThat(client.unanswered()).isEmpty();
        fixture.pass(MINUTE.plusSeconds(1));
        fixture.answer(seen(WORKING));
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).as("back to its pace").hasSize(1);
    }

    @Test
    void aRateLimitIsWaitedForAlsoWhenThePaceChanges() {
        fixture.watchSettled("a", MINUTE);
        fixture.pass(MINUTE);
        Instant notBefore = fixture.clock.instant().plusSeconds(300);
        fixture.answer(new Reply.Refused(new Failure(Kind.RateLimited, Delivery.Answered, Optional.of(notBefore))));
        observer.lookEvery("a", Duration.ofSeconds(5));
        fixture.pass(Duration.ofSeconds(299));
        assertThat(client.unanswered()).isEmpty();
        fixture.pass(Duration.ofSeconds(7));
        assertThat(client.unanswered()).hasSize(1);
    }

    @Test
    void whileTheBreakerIsOpenSomebodyLooksWhenItLetsALookThrough() {
        watchSettled(2, Duration.ofHours(24));
        fixture.nextProbe = Optional.of(fixture.clock.instant().plusSeconds(8));
        fixture.pass(Duration.ofSeconds(7));
        assertThat(client.looks()).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(client.looks()).hasSize(1);
        fixture.nextProbe = Optional.empty();
        fixture.answer(seen(WORKING));
        fixture.pass(MINUTE);
        assertThat(client.looks()).as("no other look was brought forward").hasSize(1);
    }

    @Test
    void aClientThatBreaksItsWordIsAFailedLookOfOneSessionOnly() {
        watchSettled(2);
        fixture.pass(MINUTE);
        client.unanswered().get(0).answer().completeExceptionally(new IllegalStateException("broken"));
        fixture.answer(client.unanswered().get(0), seen(WORKING));
        assertThat(client.looks()).hasSize(2);
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).hasSize(2);
    }

    private void watchSettled(int sessions) {
        watchSettled(sessions, MINUTE);
    }

    private void watchSettled(int sessions, Duration pace) {
        IntStream.range(0, sessions).forEach(number -> fixture.watchSettled("session-" + number, pace));
    }
}
