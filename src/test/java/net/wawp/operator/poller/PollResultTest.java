package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.credentials;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.UNKNOWN;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static net.wawp.operator.testing.ScriptedWawpClient.refused;
import static net.wawp.operator.testing.ScriptedWawpClient.withheld;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PollResultTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final WawpResponse UNAVAILABLE = refused(Kind.GatewayUnavailable);
    private static final WawpResponse HELD_BACK = withheld(Kind.GatewayUnavailable);
    private static final WawpResponse LIMITED = withheld(Kind.RateLimited);

    private final Credentials credentials = credentials("a");
    private final PolledSession session = new PolledSession("a");
    private Instant now = START;

    @BeforeEach
    void poll() {
        session.poll(credentials, START);
    }

    static Stream<Arguments> polls() {
        return Stream.of(
                arguments("the first", List.of(), observed(WORKING), true),
                arguments("the same again", List.of(observed(WORKING)), observed(WORKING), false),
                arguments("another state", List.of(observed(WORKING)), observed(FAILED), true),
                arguments("another unknown word", List.of(word("PAUSED")), word("MOVED"), true),
                arguments("another account", List.of(account("1•••c.us")), account("2•••c.us"), true),
                arguments("the first is refused", List.of(), refused(Kind.Unauthorized), true),
                arguments("the first failed poll", List.of(observed(WORKING)), UNAVAILABLE, false),
                arguments("the second", List.of(observed(WORKING), UNAVAILABLE), UNAVAILABLE, false),
                arguments("the third", List.of(observed(WORKING), UNAVAILABLE, UNAVAILABLE), UNAVAILABLE, false),
                arguments("another failure", List.of(UNAVAILABLE), refused(Kind.QuotaExceeded), true),
                arguments("from a refusal to an outage", List.of(refused(Kind.QuotaExceeded)), UNAVAILABLE, true),
                arguments("the end of the failures", List.of(observed(WORKING), UNAVAILABLE), observed(WORKING), true),
                arguments("held back", List.of(observed(WORKING)), HELD_BACK, false),
                arguments("held back in an outage", List.of(observed(WORKING), UNAVAILABLE), HELD_BACK, false),
                arguments("held back, never observed", List.of(), HELD_BACK, false),
                arguments("held back for a refused token", List.of(), withheld(Kind.Unauthorized), true));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("polls")
    void onlyAChangeIsNews(String what, List<WawpResponse> before, WawpResponse response, boolean news) {
        before.forEach(this::poll);
        assertThat(poll(response).isNews()).isEqualTo(news);
    }

    static Stream<WawpResponse> heldBack() {
        return Stream.of(HELD_BACK, LIMITED);
    }

    @ParameterizedTest
    @MethodSource("heldBack")
    void aPollThatTheOperatorsOwnLimitsHeldBackChangesNothing(WawpResponse heldBack) {
        for (WawpResponse before : List.of(observed(WORKING), UNAVAILABLE, UNAVAILABLE)) {
            Observation known = poll(before).after();
            now = now.plus(Duration.ofHours(1));
            PollResult result = poll(heldBack);
            assertThat(result.after()).isEqualTo(known);
            assertThat(result.wasHeldBack()).isTrue();
            assertThat(result.turnsStaleAt(0)).isEmpty();
        }
        assertThat(poll(UNAVAILABLE).turnsStaleAt(0))
                .as("the third failed poll")
                .isPresent();
    }

    @Test
    void aRefusedTokenIsAFailureAlsoWhereItsGateAnswers() {
        PollResult result = poll(withheld(Kind.Unauthorized));
        assertThat(result.after().failureStreak()).isPresent();
        assertThat(result.wasHeldBack()).isTrue();
    }

    @Test
    void fromTheThirdFailedPollOnTheLastGoodOneIsReliedOnForThreeMinutesAltogether() {
        assertThat(poll(observed(WORKING)).turnsStaleAt(0)).isEmpty();
        now = START.plusSeconds(30);
        assertThat(poll(UNAVAILABLE).turnsStaleAt(0)).isEmpty();
        assertThat(poll(UNAVAILABLE).turnsStaleAt(0)).isEmpty();
        assertThat(poll(refused(Kind.RateLimited)).turnsStaleAt(0)).contains(START.plusSeconds(180));
        assertThat(poll(UNAVAILABLE).turnsStaleAt(0)).as("told once").isEmpty();
    }

    @Test
    void sessionsTurnStaleSpreadOverAMinute() {
        poll(observed(WORKING));
        poll(UNAVAILABLE);
        poll(UNAVAILABLE);
        PollResult third = poll(UNAVAILABLE);
        assertThat(third.turnsStaleAt(0.5)).contains(START.plusSeconds(210));
        assertThat(third.turnsStaleAt(0.99)).contains(START.plusMillis(239_400));
    }

    @Test
    void whereNothingWasEverObservedTheThreeMinutesRunFromTheFirstFailure() {
        now = START.plusSeconds(60);
        poll(UNAVAILABLE);
        now = START.plusSeconds(120);
        poll(UNAVAILABLE);
        assertThat(poll(UNAVAILABLE).turnsStaleAt(0)).contains(START.plusSeconds(240));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void anOutageThatFollowsARefusalBeginsWithItsOwnFirstFailedPoll(WawpResponse refusal) {
        poll(observed(WORKING));
        for (int poll = 0; poll < 5; poll++) {
            now = now.plus(Duration.ofMinutes(10));
            assertThat(poll(refusal).turnsStaleAt(0)).isEmpty();
        }
        now = now.plusSeconds(30);
        Instant turn = now;
        assertThat(poll(UNAVAILABLE).turnsStaleAt(0)).isEmpty();
        now = now.plusSeconds(3);
        assertThat(poll(UNAVAILABLE).turnsStaleAt(0)).isEmpty();
        assertThat(poll(UNAVAILABLE).turnsStaleAt(0)).contains(turn.plus(Duration.ofMinutes(3)));
    }

    static Stream<WawpResponse> refusals() {
        return Stream.of(refused(Kind.InstanceNotFound), withheld(Kind.Unauthorized));
    }

    @Test
    void aStateKeepsTheTimeItWasFirstObservedAt() {
        poll(observed(WORKING));
        now = START.plusSeconds(60);
        ObservedState again = poll(observed(WORKING)).after().observed().orElseThrow();
        assertThat(again.since()).isEqualTo(START);
        assertThat(again.begun()).isEqualTo(now);
    }

    private PollResult poll(WawpResponse response) {
        PollResult result = PollResult.of(new Poll(session, credentials, Optional.empty(), now), response);
        session.observe(result.after(), credentials);
        return result;
    }

    private static WawpResponse word(String word) {
        return new WawpResponse.Success(
                new SessionInfo(UNKNOWN, Optional.of(word), Optional.empty(), Optional.empty()));
    }

    private static WawpResponse account(String account) {
        return new WawpResponse.Success(
                new SessionInfo(SessionState.WORKING, Optional.of("WORKING"), Optional.empty(), Optional.of(account)));
    }
}
