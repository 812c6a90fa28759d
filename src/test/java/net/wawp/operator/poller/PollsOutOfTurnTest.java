package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.BOUND;
import static net.wawp.operator.poller.PollerFixture.MINUTE;
import static net.wawp.operator.poller.PollerFixture.credentials;
import static net.wawp.operator.poller.PollerFixture.refused;
import static net.wawp.operator.poller.PollerFixture.seen;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import net.wawp.operator.poller.ScriptedWawpClient.Asked;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollsOutOfTurnTest {

    private final PollerFixture fixture = new PollerFixture();
    private final SessionPoller poller = fixture.poller;
    private final ScriptedWawpClient client = fixture.client;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aNewSessionIsLookedAtAtOnce() {
        poller.watch("a", credentials("a"));
        fixture.settle();
        assertThat(fixture.onlyPoll()).extracting(Asked::urgency).isEqualTo(Priority.Prompt);
        fixture.answer(seen(STOPPED));
        assertThat(poller.observation("a").observed())
                .get()
                .extracting(ObservedState::state)
                .isEqualTo(STOPPED);
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void theSameCredentialsAgainChangeNothing() {
        fixture.watchSettled("a", MINUTE);
        poller.watch("a", credentials("a"));
        poller.pollInterval("a", MINUTE);
        fixture.settle();
        assertThat(client.polls()).isEmpty();
    }

    @Test
    void anAnswerObtainedWithOldCredentialsIsDropped() {
        poller.watch("a", new Credentials("a", "old"));
        fixture.settle();
        Asked old = fixture.onlyPoll();
        poller.watch("a", new Credentials("a", "new"));
        fixture.settle();
        Asked renewed = client.unanswered().get(1);
        assertThat(renewed.credentials().accessToken()).isEqualTo("new");
        fixture.answer(old, refused(Kind.Unauthorized));
        assertThat(poller.observation("a")).isEqualTo(Observation.NONE);
        assertThat(fixture.woken).isEmpty();
        fixture.answer(renewed, seen(WORKING));
        assertThat(poller.observation("a").observed()).isPresent();
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void whatWasSeenOfOneInstanceIsNothingKnownOfAnother() {
        fixture.watchSettled("a", MINUTE);
        poller.watch("a", new Credentials("a", "another token"));
        assertThat(poller.observation("a").observed()).isPresent();
        poller.watch("a", new Credentials("b", "another token"));
        assertThat(poller.observation("a")).isEqualTo(Observation.NONE);
    }

    @Test
    void aPollAskedForWhileOneIsInFlightBeginsAfterwardsAndIsTheOneThatWakes() {
        fixture.watchSettled("a", MINUTE);
        fixture.pass(MINUTE);
        Asked routine = fixture.onlyPoll();
        fixture.clock.advance(Duration.ofSeconds(1));
        Instant asked = fixture.clock.instant();
        poller.pollNow("a", Priority.Prompt);
        poller.pollNow("a", Priority.Requested);
        poller.pollNow("a", Priority.Prompt);
        fixture.settle();
        assertThat(client.polls()).containsExactly(routine);
        fixture.answer(routine, seen(WORKING));
        assertThat(fixture.woken).isEmpty();
        assertThat(fixture.onlyPoll().urgency()).isEqualTo(Priority.Requested);
        fixture.answer(seen(WORKING));
        assertThat(fixture.woken).containsExactly("a");
        assertThat(poller.observation("a").observed().orElseThrow().begun()).isEqualTo(asked);
        assertThat(client.unanswered()).isEmpty();
    }

    @Test
    void pollsOutOfTurnPassRoutineOnesThatFillTheBound() {
        IntStream.range(0, BOUND).forEach(number -> fixture.watchSettled("session-" + number, MINUTE));
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).hasSize(BOUND);
        poller.watch("new", credentials("new"));
        fixture.settle();
        assertThat(client.unanswered()).hasSize(BOUND + 1);
    }

    @Test
    void manyNewSessionsAtOnceWaitForEachOtherAndTheNewestGoesFirst() {
        IntStream.range(0, 10 * BOUND).forEach(number -> poller.watch("session-" + number, credentials("" + number)));
        fixture.settle();
        assertThat(client.unanswered()).hasSize(BOUND);
        poller.watch("new", credentials("new"));
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
        assertThat(client.polls()).hasSize(10 * BOUND + 1);
        assertThat(client.mostInFlight()).isEqualTo(BOUND);
    }

    @Test
    void aPollAtAGivenTimeIsMadeThenAndTheNewestTimeCounts() {
        fixture.watchSettled("a", Duration.ofHours(24));
        Instant now = fixture.clock.instant();
        poller.pollAt("a", now.plusSeconds(10));
        poller.pollAt("a", now.plusSeconds(20));
        fixture.pass(Duration.ofSeconds(19));
        assertThat(client.polls()).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        fixture.answer(seen(WORKING));
        assertThat(fixture.woken).containsExactly("a");
        fixture.pass(MINUTE);
        assertThat(client.polls()).hasSize(1);
    }

    @Test
    void aForgottenSessionIsNotBroughtBackByTheEndOfALook() {
        poller.watch("a", credentials("a"));
        poller.wakeAt("a", fixture.clock.instant().plusSeconds(1));
        fixture.settle();
        poller.forget("a");
        fixture.answer(seen(FAILED));
        fixture.pass(MINUTE);
        assertThat(poller.observation("a")).isEqualTo(Observation.NONE);
        assertThat(poller.watched()).isZero();
        assertThat(fixture.woken).isEmpty();
        assertThat(client.polls()).hasSize(1);
    }
}
