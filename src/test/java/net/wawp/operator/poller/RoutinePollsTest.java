package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.BOUND;
import static net.wawp.operator.poller.PollerFixture.MINUTE;
import static net.wawp.operator.poller.PollerFixture.credentials;
import static net.wawp.operator.poller.PollerFixture.refused;
import static net.wawp.operator.poller.PollerFixture.seen;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import net.wawp.operator.poller.ScriptedWawpClient.Asked;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoutinePollsTest {

    private final PollerFixture fixture = new PollerFixture();
    private final SessionPoller poller = fixture.poller;
    private final ScriptedWawpClient client = fixture.client;

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
        assertThat(client.polls()).hasSize(5).extracting(Asked::urgency).containsOnly(Priority.Routine);
        assertThat(fixture.woken).isEmpty();
    }

    @Test
    void aNewPaceCountsAtOnce() {
        fixture.watchSettled("a", Duration.ofHours(24));
        poller.pollInterval("a", Duration.ofSeconds(3));
        fixture.pass(Duration.ofSeconds(4));
        fixture.answer(seen(WORKING));
        poller.pollInterval("a", Duration.ofHours(24));
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).isEmpty();
    }

    @Test
    void aSessionThatIsNotWatchedAnyMoreIsNotLookedAtButNotForgotten() {
        fixture.watchSettled("a", MINUTE);
        poller.unwatch("a");
        fixture.pass(MINUTE.multipliedBy(3));
        assertThat(client.polls()).isEmpty();
        assertThat(poller.observation("a").observed()).isPresent();
        poller.watch("a", credentials("a"));
        fixture.settle();
        assertThat(fixture.onlyPoll().urgency()).isEqualTo(Priority.Prompt);
    }

    @Test
    void noMoreThanTheBoundAreInFlightAndTheRestWaitsForATick() {
        watchSettled(BOUND + 2);
        fixture.pass(MINUTE);
        assertThat(client.unanswered()).hasSize(BOUND);
        client.unanswered().forEach(poll -> fixture.answer(poll, seen(WORKING)));
        fixture.pass(Duration.ofMillis(50));
        assertThat(client.unanswered()).hasSize(2);
    }

    @Test
    void aLatePollIsSkippedAndNeverPilesUp() {
        watchSettled(BOUND + 1);
        fixture.pass(MINUTE);
        fixture.pass(MINUTE.multipliedBy(10));
        assertThat(client.polls()).hasSize(BOUND);
        client.unanswered().forEach(poll -> fixture.answer(poll, seen(WORKING)));
        fixture.pass(Duration.ofMillis(50));
        assertThat(client.polls()).as("one for each session that has waited").hasSize(BOUND + 1);
    }

    @Test
    void aPollThatHangsIsNotJoinedByAnother() {
        fixture.watchSettled("a", MINUTE);
        fixture.pass(MINUTE);
        fixture.pass(MINUTE.multipliedBy(3));
        assertThat(client.polls()).hasSize(1);
    }

    @Test
    void afterARefusalThatAPersonMustCureTheNextPollIsTenMinutesLater() {
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
        fixture.answer(
                new WawpResponse.Refused(new Failure(Kind.RateLimited, Delivery.Answered, Optional.of(notBefore))));
        poller.pollInterval("a", Duration.ofSeconds(5));
        fixture.pass(Duration.ofSeconds(299));
        assertThat(client.unanswered()).isEmpty();
        fixture.pass(Duration.ofSeconds(7));
        assertThat(client.unanswered()).hasSize(1);
    }

    @Test
    void whileTheBreakerIsOpenSomebodyPollsWhenItLetsALookThrough() {
        watchSettled(2, Duration.ofHours(24));
        fixture.nextProbe = Optional.of(fixture.clock.instant().plusSeconds(8));
        fixture.pass(Duration.ofSeconds(7));
        assertThat(client.polls()).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(client.polls()).hasSize(1);
        fixture.nextProbe = Optional.empty();
        fixture.answer(seen(WORKING));
        fixture.pass(MINUTE);
        assertThat(client.polls()).as("no other poll was brought forward").hasSize(1);
    }

    @Test
    void aClientThatBreaksItsWordIsAFailedPollOfOneSessionOnly() {
        watchSettled(2);
        fixture.pass(MINUTE);
        client.unanswered().get(0).answer().completeExceptionally(new IllegalStateException("broken"));
        fixture.answer(client.unanswered().get(0), seen(WORKING));
        assertThat(client.polls()).hasSize(2);
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
