package net.wawp.operator.observer;

import static net.wawp.operator.observer.ObserverFixture.BOUND;
import static net.wawp.operator.observer.ObserverFixture.MINUTE;
import static net.wawp.operator.observer.ObserverFixture.credentials;
import static net.wawp.operator.observer.ObserverFixture.refused;
import static net.wawp.operator.observer.ObserverFixture.seen;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import net.wawp.operator.observer.ClientAnsweredByHand.Asked;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.Sighting;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Urgency;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LooksOutOfTurnTest {

    private final ObserverFixture fixture = new ObserverFixture();
    private final SessionObserver observer = fixture.observer;
    private final ClientAnsweredByHand client = fixture.client;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aNewSessionIsLookedAtAtOnce() {
        observer.watch("a", credentials("a"));
        fixture.settle();
        assertThat(fixture.onlyLook()).extracting(Asked::urgency).isEqualTo(Urgency.Prompt);
        fixture.answer(seen(STOPPED));
        assertThat(observer.observation("a").sighting())
                .get()
                .extracting(Sighting::state)
                .isEqualTo(STOPPED);
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void theSameCredentialsAgainChangeNothing() {
        fixture.watchSettled("a", MINUTE);
        observer.watch("a", credentials("a"));
        observer.lookEvery("a", MINUTE);
        fixture.settle();
        assertThat(client.looks()).isEmpty();
    }

    @Test
    void anAnswerObtainedWithOldCredentialsIsDropped() {
        observer.watch("a", new Credentials("a", "old"));
        fixture.settle();
        Asked old = fixture.onlyLook();
        observer.watch("a", new Credentials("a", "new"));
        fixture.settle();
        Asked renewed = client.unanswered().get(1);
        assertThat(renewed.credentials().accessToken()).isEqualTo("new");
        fixture.answer(old, refused(Kind.Unauthorized));
        assertThat(observer.observation("a")).isEqualTo(Observation.NONE);
        assertThat(fixture.woken).isEmpty();
        fixture.answer(renewed, seen(WORKING));
        assertThat(observer.observation("a").sighting()).isPresent();
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void whatWasSeenOfOneInstanceIsNothingKnownOfAnother() {
        fixture.watchSettled("a", MINUTE);
        observer.watch("a", new Credentials("a", "another token"));
        assertThat(observer.observation("a").sighting()).isPresent();
        observer.watch("a", new Credentials("b", "another token"));
        assertThat(observer.observation("a")).isEqualTo(Observation.NONE);
    }

    @Test
    void aLookAskedForWhileOneIsInFlightBeginsAfterwardsAndIsTheOneThatWakes() {
        fixture.watchSettled("a", MINUTE);
        fixture.pass(MINUTE);
        Asked routine = fixture.onlyLook();
        fixture.clock.advance(Duration.ofSeconds(1));
        Instant asked = fixture.clock.instant();
        observer.lookNow("a", Urgency.Prompt);
        observer.lookNow("a", Urgency.Requested);
        observer.lookNow("a", Urgency.Prompt);
        fixture.settle();
        assertThat(client.looks()).containsExactly(routine);
        fixture.answer(routine, seen(WORKING));
        assertThat(fixture.woken).isEmpty();
        assertThat(fixture.onlyLook().urgency()).isEqualTo(Urgency.Requested);
        fixture.answer(seen(WORKING));
        assertThat(fixture.woken).containsExactly("a");
        assertThat(observer.observation("a").sighting().orElseThrow().begun()).isEqualTo(asked);
        assertThat(client.unanswered()).isEmpty();
    }

    @Test
    void looksOutOfTurnPassRoutineOnesThatFillTheBound() {
        IntStream.range(0, BOUND).forEach(number -> fixture.watchSettled("session-" + number, MINUTE));
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).hasSize(BOUND);
        observer.watch("new", credentials("new"));
        fixture.settle();
        assertThat(client.unanswered()).hasSize(BOUND + 1);
    }

    @Test
    void manyNewSessionsAtOnceWaitForEachOtherAndTheNewestGoesFirst() {
        IntStream.range(0, 10 * BOUND).forEach(number -> observer.watch("session-" + number, credentials("" + number)));
        fixture.settle();
        assertThat(client.unanswered()).hasSize(BOUND);
        observer.watch("new", credentials("new"));
        fixture.settle();
        fixture.answer(client.unanswered().get(0), seen(WORKING));
        assertThat(client.unanswered())
                .hasSize(BOUND)
                .last()
                .extracting(Asked::credentials)
                .isEqualTo(credentials("new"));
        while (!client.unanswered().isEmpty()) {
            fixture.answer(client.unanswered().get(0), seen(WORKING));
        }
        assertThat(client.looks()).hasSize(10 * BOUND + 1);
        assertThat(client.mostInFlight()).isEqualTo(BOUND);
    }

    @Test
    void aLookAtAGivenTimeIsMadeThenAndTheNewestTimeCounts() {
        fixture.watchSettled("a", Duration.ofHours(24));
        Instant now = fixture.clock.instant();
        observer.lookAt("a", now.plusSeconds(10));
        observer.lookAt("a", now.plusSeconds(20));
        fixture.pass(Duration.ofSeconds(19));
        assertThat(client.looks()).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        fixture.answer(seen(WORKING));
        assertThat(fixture.woken).containsExactly("a");
        fixture.pass(MINUTE);
        assertThat(client.looks()).hasSize(1);
    }

    @Test
    void aForgottenSessionIsNotBroughtBackByTheEndOfALook() {
        observer.watch("a", credentials("a"));
        observer.wakeAt("a", fixture.clock.instant().plusSeconds(1));
        fixture.settle();
        observer.forget("a");
        fixture.answer(seen(FAILED));
        fixture.pass(MINUTE);
        assertThat(observer.observation("a")).isEqualTo(Observation.NONE);
        assertThat(observer.watched()).isZero();
        assertThat(fixture.woken).isEmpty();
        assertThat(client.looks()).hasSize(1);
    }
}
