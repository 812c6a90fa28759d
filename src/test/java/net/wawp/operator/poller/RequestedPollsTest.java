package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.BOUND;
import static net.wawp.operator.poller.PollerFixture.MINUTE;
import static net.wawp.operator.poller.PollerFixture.credentials;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static net.wawp.operator.testing.ScriptedWawpClient.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestedPollsTest {

    private final PollerFixture fixture = new PollerFixture();
    private final SessionPoller poller = fixture.poller;
    private final ScriptedWawpClient client = fixture.client;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aNewSessionIsPolledAtOnce() {
        poller.poll("a", credentials("a"));
        fixture.settle();
        assertThat(fixture.onlyPoll()).extracting(Call::priority).isEqualTo(Priority.Prompt);
        fixture.answer(observed(STOPPED));
        assertThat(poller.observation("a").observed())
                .get()
                .extracting(ObservedState::state)
                .isEqualTo(STOPPED);
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void theSameCredentialsAgainChangeNothing() {
        fixture.pollSettled("a", MINUTE);
        poller.poll("a", credentials("a"));
        poller.setInterval("a", MINUTE);
        fixture.settle();
        assertThat(client.polls()).isEmpty();
    }

    @Test
    void anAnswerObtainedWithOldCredentialsIsDropped() {
        poller.poll("a", new Credentials("a", "old"));
        fixture.settle();
        Call old = fixture.onlyPoll();
        poller.poll("a", new Credentials("a", "new"));
        fixture.settle();
        Call renewed = client.unansweredPolls().get(1);
        assertThat(renewed.credentials().accessToken()).isEqualTo("new");
        fixture.answer(old, refused(Kind.Unauthorized));
        assertThat(poller.observation("a")).isEqualTo(Observation.NONE);
        assertThat(fixture.woken).isEmpty();
        fixture.answer(renewed, observed(WORKING));
        assertThat(poller.observation("a").observed()).isPresent();
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void anObservationOfOneInstanceSaysNothingAboutAnother() {
        fixture.pollSettled("a", MINUTE);
        poller.poll("a", new Credentials("a", "another token"));
        assertThat(poller.observation("a").observed()).isPresent();
        poller.poll("a", new Credentials("b", "another token"));
        assertThat(poller.observation("a")).isEqualTo(Observation.NONE);
    }

    @Test
    void aPollRequestedWhileOneIsInFlightBeginsAfterwardsAndIsTheOneThatWakes() {
        fixture.pollSettled("a", MINUTE);
        fixture.pass(MINUTE);
        Call routine = fixture.onlyPoll();
        fixture.clock.advance(Duration.ofSeconds(1));
        Instant asked = fixture.clock.instant();
        poller.pollNow("a", Priority.Prompt);
        poller.pollNow("a", Priority.Requested);
        poller.pollNow("a", Priority.Prompt);
        fixture.settle();
        assertThat(client.polls()).containsExactly(routine);
        fixture.answer(routine, observed(WORKING));
        assertThat(fixture.woken).isEmpty();
        assertThat(fixture.onlyPoll().priority()).isEqualTo(Priority.Requested);
        fixture.answer(observed(WORKING));
        assertThat(fixture.woken).containsExactly("a");
        assertThat(poller.observation("a").observed().orElseThrow().begun()).isEqualTo(asked);
        assertThat(client.unansweredPolls()).isEmpty();
    }

    @Test
    void requestedPollsPassRoutineOnesThatFillTheBound() {
        IntStream.range(0, BOUND).forEach(number -> fixture.pollSettled("session-" + number, MINUTE));
        fixture.pass(MINUTE);
        assertThat(client.unansweredPolls()).hasSize(BOUND);
        poller.poll("new", credentials("new"));
        fixture.settle();
        assertThat(client.unansweredPolls()).hasSize(BOUND + 1);
    }

    @Test
    void manyNewSessionsAtOnceWaitForEachOtherAndTheNewestGoesFirst() {
        IntStream.range(0, 10 * BOUND).forEach(number -> poller.poll("session-" + number, credentials("" + number)));
        fixture.settle();
        assertThat(client.unansweredPolls()).hasSize(BOUND);
        poller.poll("new", credentials("new"));
        fixture.settle();
        fixture.answer(client.unansweredPolls().get(0), observed(WORKING));
        assertThat(client.unansweredPolls())
                .hasSize(BOUND)
                .last()
                .extracting(Call::credentials)
                .isEqualTo(credentials("new"));
        while (!client.unansweredPolls().isEmpty()) {
            fixture.answer(client.unansweredPolls().get(0), observed(WORKING));
        }
        assertThat(client.polls()).hasSize(10 * BOUND + 1);
        assertThat(client.mostPollsInFlight()).isEqualTo(BOUND);
    }

    @Test
    void theFirstPollsOfManyNewSessionsBeginAFewAtATimeHoweverManyMayBeInFlight() {
        try (PollerFixture roomy = new PollerFixture(1_000)) {
            IntStream.range(0, 100).forEach(number -> roomy.poller.poll("session-" + number, credentials("" + number)));
            roomy.pass(Duration.ofMillis(900));
            assertThat(roomy.client.unansweredPolls())
                    .as("routine polls do not pass them")
                    .hasSize(PollWindow.FIRST);
        }
    }

    @Test
    void theFirstPollsOfOneTokenLeaveRoomForThoseOfAnother() {
        try (PollerFixture roomy = new PollerFixture(1_000)) {
            pollHundred(roomy, "one token");
            answerAFullWindowAndMore(roomy);
            assertThat(inFlight(roomy, "one token")).as("a tenth more").isEqualTo(PollWindow.FIRST * 11 / 10);

            pollHundred(roomy, "another token");

            assertThat(inFlight(roomy, "another token")).isEqualTo(PollWindow.FIRST);
        }
    }

    @Test
    void aSessionWhoseTokenIsReplacedWhileItWaitsIsPolledWithinTheWindowOfItsNewToken() {
        try (PollerFixture roomy = new PollerFixture(1_000)) {
            pollHundred(roomy, "old token");
            answerAFullWindowAndMore(roomy);
            pollHundred(roomy, "new token");
            List<Call> old = inFlightWith(roomy, "old token");
            IntStream.range(PollWindow.FIRST, 80)
                    .mapToObj(number -> "old token " + number)
                    .forEach(id -> roomy.poller.poll(id, new Credentials(id, "new token")));
            roomy.settle();
            assertThat(inFlight(roomy, "new token")).isEqualTo(PollWindow.FIRST);

            old.forEach(call -> roomy.answer(call, observed(WORKING)));

            assertThat(inFlight(roomy, "new token")).isEqualTo(PollWindow.FIRST);
        }
    }

    @Test
    void aTokenWhosePollsHaveAllEndedBeginsWithAFewAgain() {
        try (PollerFixture roomy = new PollerFixture(1_000)) {
            pollHundred(roomy, "token");
            while (!roomy.client.unansweredPolls().isEmpty()) {
                roomy.answer(roomy.client.unansweredPolls().get(0), observed(WORKING));
            }

            IntStream.range(0, 100).forEach(number -> roomy.poller.pollNow("token " + number, Priority.Requested));
            roomy.settle();

            assertThat(inFlight(roomy, "token")).isEqualTo(PollWindow.FIRST);
        }
    }

    /** Each answer makes room for one more poll of any token, and for a tenth of one of this token. */
    private static void answerAFullWindowAndMore(PollerFixture fixture) {
        IntStream.range(0, PollWindow.FIRST + 4)
                .forEach(answered ->
                        fixture.answer(fixture.client.unansweredPolls().get(0), observed(WORKING)));
    }

    private static void pollHundred(PollerFixture fixture, String token) {
        IntStream.range(0, 100)
                .mapToObj(number -> token + " " + number)
                .forEach(id -> fixture.poller.poll(id, new Credentials(id, token)));
        fixture.settle();
    }

    private static List<Call> inFlightWith(PollerFixture fixture, String token) {
        return fixture.client.unansweredPolls().stream()
                .filter(call -> call.credentials().accessToken().equals(token))
                .toList();
    }

    private static long inFlight(PollerFixture fixture, String token) {
        return inFlightWith(fixture, token).size();
    }

    @Test
    void pollsThatHangHoldUpNoOtherRequests() {
        try (PollerFixture roomy = new PollerFixture(1_000)) {
            IntStream.range(0, PollWindow.FIRST)
                    .forEach(number -> roomy.poller.poll("hangs-" + number, credentials("" + number)));
            roomy.poller.poll("good", credentials("good"));
            roomy.settle();
            assertThat(roomy.client.unansweredPolls()).hasSize(PollWindow.FIRST);

            roomy.pass(Duration.ofMillis(1_100));

            assertThat(roomy.client.unansweredPolls())
                    .last()
                    .extracting(Call::credentials)
                    .isEqualTo(credentials("good"));
        }
    }

    @Test
    void aPollAtAGivenTimeThatIsCancelledIsNotMade() {
        fixture.pollSettled("a", Duration.ofHours(24));
        poller.pollAt("a", fixture.clock.instant().plusSeconds(10), Priority.Prompt);
        poller.cancelPollAt("a");
        fixture.pass(Duration.ofSeconds(11));
        assertThat(client.polls()).isEmpty();
    }

    @Test
    void aPollAtAGivenTimeIsMadeThenAndTheNewestTimeCounts() {
        fixture.pollSettled("a", Duration.ofHours(24));
        Instant now = fixture.clock.instant();
        poller.pollAt("a", now.plusSeconds(10), Priority.Prompt);
        poller.pollAt("a", now.plusSeconds(20), Priority.Requested);
        fixture.pass(Duration.ofSeconds(19));
        assertThat(client.polls()).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.onlyPoll().priority()).isEqualTo(Priority.Requested);
        fixture.answer(observed(WORKING));
        assertThat(fixture.woken).containsExactly("a");
        fixture.pass(MINUTE);
        assertThat(client.polls()).hasSize(1);
    }

    @Test
    void aForgottenSessionIsNotBroughtBackByTheEndOfAPoll() {
        poller.poll("a", credentials("a"));
        poller.pollAt("a", fixture.clock.instant().plusSeconds(1), Priority.Prompt);
        fixture.settle();
        poller.forget("a");
        fixture.answer(observed(FAILED));
        fixture.pass(MINUTE);
        assertThat(poller.observation("a")).isEqualTo(Observation.NONE);
        assertThat(fixture.woken).isEmpty();
        assertThat(client.polls()).hasSize(1);
    }

    @Test
    void noPollIsPromisedForASessionThatIsUnknownOrPaused() {
        fixture.pollSettled("a", MINUTE);
        poller.pause("a");
        assertThat(poller.pollNow("a", Priority.Requested)).isFalse();
        assertThat(poller.pollNow("unknown", Priority.Requested)).isFalse();
        fixture.settle();
        assertThat(client.polls()).isEmpty();
        assertThat(fixture.woken).isEmpty();
    }

    @Test
    void newCredentialsKeepThePromiseOfAPoll() {
        fixture.pollSettled("a", MINUTE);
        poller.pollNow("a", Priority.Prompt);
        poller.poll("a", new Credentials("a", "another token"));
        fixture.settle();
        poller.pause("a");
        fixture.settle();
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void aPauseThatOvertakesNewCredentialsWakesTheControllerThatAwaitsThePoll() {
        fixture.pollSettled("a", MINUTE);
        poller.pollNow("a", Priority.Prompt);
        fixture.settle();
        fixture.onLoop(() -> {
            poller.poll("a", new Credentials("a", "another token"));
            poller.pause("a");
        });
        fixture.settle();
        assertThat(fixture.woken).containsExactly("a");
    }

    @Test
    void anAnswerFromBeforeAPauseIsDroppedEvenIfTheCredentialsAreTheSame() {
        poller.poll("a", credentials("a"));
        fixture.settle();
        Call before = fixture.onlyPoll();
        poller.pause("a");
        poller.poll("a", credentials("a"));
        fixture.settle();
        Call after = client.unansweredPolls().get(1);
        fixture.answer(before, observed(STOPPED));
        assertThat(poller.observation("a")).isEqualTo(Observation.NONE);
        fixture.answer(after, observed(WORKING));
        assertThat(poller.observation("a").observed().orElseThrow().state()).isEqualTo(WORKING);
    }
}
