package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.BOUND;
import static net.wawp.operator.poller.PollerFixture.MINUTE;
import static net.wawp.operator.poller.PollerFixture.credentials;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static net.wawp.operator.testing.ScriptedWawpClient.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
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
    void aSessionIsPolledOncePerIntervalAndTheControllerSleeps() {
        fixture.pollSettled("a", MINUTE);
        for (int interval = 0; interval < 5; interval++) {
            fixture.pass(MINUTE);
            fixture.answer(observed(WORKING));
        }
        assertThat(client.polls()).hasSize(5).extracting(Call::priority).containsOnly(Priority.Routine);
        assertThat(fixture.woken).isEmpty();
    }

    @Test
    void aTurnThatIsDueWithoutTheLeadIsTakenWhenTheLeadIsBack() {
        fixture.pollSettled("a", Duration.ofHours(1));
        fixture.isLeader = false;
        fixture.pass(Duration.ofHours(1));
        assertThat(client.polls()).isEmpty();

        fixture.isLeader = true;
        fixture.pass(Duration.ofMillis(50));

        assertThat(fixture.onlyPoll().priority()).isEqualTo(Priority.Routine);
    }

    @Test
    void aNewIntervalCountsAtOnce() {
        fixture.pollSettled("a", Duration.ofHours(24));
        poller.setInterval("a", Duration.ofSeconds(3));
        fixture.pass(Duration.ofSeconds(4));
        fixture.answer(observed(WORKING));
        poller.setInterval("a", Duration.ofHours(24));
        fixture.pass(MINUTE);
        assertThat(client.unansweredPolls()).isEmpty();
    }

    @Test
    void aSessionThatIsPausedIsNotPolledButNotForgotten() {
        fixture.pollSettled("a", MINUTE);
        poller.pause("a");
        fixture.pass(MINUTE.multipliedBy(3));
        assertThat(client.polls()).isEmpty();
        assertThat(poller.observation("a").observed()).isPresent();
        poller.poll("a", credentials("a"));
        fixture.settle();
        assertThat(fixture.onlyPoll().priority()).isEqualTo(Priority.Prompt);
    }

    /** 300 turns a second, where {@link FleetPace} lets so small a fleet have 100. */
    @Test
    void turnsOfSessionsWhosePollIsInFlightDelayNoOther() {
        Duration second = Duration.ofSeconds(1);
        try (PollerFixture roomy = new PollerFixture(1_000)) {
            IntStream.range(0, 300).forEach(number -> roomy.pollSettled("hangs-" + number, second));
            roomy.pollSettled("good", second);
            roomy.pass(Duration.ofSeconds(3));
            int polls = 0;
            for (int passed = 0; passed < 20; passed++) {
                roomy.pass(Duration.ofMillis(500));
                List<Call> good = roomy.client.unansweredPolls().stream()
                        .filter(poll -> poll.credentials().equals(credentials("good")))
                        .toList();
                good.forEach(poll -> roomy.answer(poll, observed(WORKING)));
                polls += good.size();
            }
            assertThat(polls).as("polls in 10 s").isGreaterThan(8);
        }
    }

    @Test
    void noMoreThanTheBoundAreInFlightAndTheRestWaitsForATick() {
        pollSettled(BOUND + 2);
        fixture.pass(MINUTE);
        assertThat(client.unansweredPolls()).hasSize(BOUND);
        client.unansweredPolls().forEach(poll -> fixture.answer(poll, observed(WORKING)));
        fixture.pass(Duration.ofMillis(50));
        assertThat(client.unansweredPolls()).hasSize(2);
    }

    @Test
    void aLatePollIsSkippedAndNeverPilesUp() {
        pollSettled(BOUND + 1);
        fixture.pass(MINUTE);
        fixture.pass(MINUTE.multipliedBy(10));
        assertThat(client.polls()).hasSize(BOUND);
        client.unansweredPolls().forEach(poll -> fixture.answer(poll, observed(WORKING)));
        fixture.pass(Duration.ofMillis(50));
        assertThat(client.polls()).as("one for each session that has waited").hasSize(BOUND + 1);
    }

    @Test
    void aPollThatHangsIsNotJoinedByAnother() {
        fixture.pollSettled("a", MINUTE);
        fixture.pass(MINUTE);
        fixture.pass(MINUTE.multipliedBy(3));
        assertThat(client.polls()).hasSize(1);
    }

    @Test
    void afterARefusalThatAPersonMustCureTheNextPollIsTenMinutesLater() {
        fixture.pollSettled("a", MINUTE);
        fixture.pass(MINUTE);
        fixture.answer(refused(Kind.InstanceNotFound));
        fixture.pass(MINUTE.multipliedBy(9));
        assertThat(client.unansweredPolls()).isEmpty();
        fixture.pass(MINUTE.plusSeconds(1));
        fixture.answer(observed(WORKING));
        fixture.pass(MINUTE);
        assertThat(client.unansweredPolls()).as("back to its interval").hasSize(1);
    }

    @Test
    void aRateLimitIsWaitedForAlsoWhenTheIntervalChanges() {
        fixture.pollSettled("a", MINUTE);
        fixture.pass(MINUTE);
        Instant notBefore = fixture.clock.instant().plusSeconds(300);
        fixture.answer(
                new WawpResponse.Refused(new Failure(Kind.RateLimited, Delivery.Answered, Optional.of(notBefore))));
        poller.setInterval("a", Duration.ofSeconds(5));
        fixture.pass(Duration.ofSeconds(299));
        assertThat(client.unansweredPolls()).isEmpty();
        fixture.pass(Duration.ofSeconds(7));
        assertThat(client.unansweredPolls()).hasSize(1);
    }

    @Test
    void whileTheBreakerIsOpenSomebodyPollsWhenItLetsAPollThrough() {
        pollSettled(2, Duration.ofHours(24));
        fixture.nextProbe = Optional.of(fixture.clock.instant().plusSeconds(8));
        fixture.pass(Duration.ofSeconds(7));
        assertThat(client.polls()).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(client.polls()).hasSize(1);
        fixture.nextProbe = Optional.empty();
        fixture.answer(observed(WORKING));
        fixture.pass(MINUTE);
        assertThat(client.polls()).as("no other poll was brought forward").hasSize(1);
    }

    @Test
    void aClientThatBreaksItsWordIsAFailedPollOfOneSessionOnly() {
        pollSettled(2);
        fixture.pass(MINUTE);
        client.unansweredPolls().get(0).answer().completeExceptionally(new IllegalStateException("broken"));
        fixture.answer(client.unansweredPolls().get(0), observed(WORKING));
        assertThat(client.polls()).hasSize(2);
        fixture.pass(MINUTE);
        assertThat(client.unansweredPolls()).hasSize(2);
    }

    private void pollSettled(int sessions) {
        pollSettled(sessions, MINUTE);
    }

    private void pollSettled(int sessions, Duration interval) {
        IntStream.range(0, sessions).forEach(number -> fixture.pollSettled("session-" + number, interval));
    }
}
