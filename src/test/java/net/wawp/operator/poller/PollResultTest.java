package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.credentials;
import static net.wawp.operator.poller.PollerFixture.refused;
import static net.wawp.operator.poller.PollerFixture.seen;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.UNKNOWN;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PollResultTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final WawpResponse UNAVAILABLE = refused(Kind.GatewayUnavailable);
    private static final WawpResponse HELD_BACK =
            new WawpResponse.Refused(new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(START)));

    private final Credentials credentials = credentials("a");
    private final PolledSession session = new PolledSession("a");
    private Instant now = START;

    @BeforeEach
    void watch() {
        session.watch(credentials, START);
    }

    static Stream<Arguments> polls() {
        return Stream.of(
                arguments("the first", List.of(), seen(WORKING), true),
                arguments("the same again", List.of(seen(WORKING)), seen(WORKING), false),
                arguments("another state", List.of(seen(WORKING)), seen(FAILED), true),
                arguments("another unknown word", List.of(word("PAUSED")), word("MOVED"), true),
                arguments("another account", List.of(account("1•••c.us")), account("2•••c.us"), true),
                arguments("the first is refused", List.of(), refused(Kind.Unauthorized), true),
                arguments("failureStreak begins", List.of(seen(WORKING)), UNAVAILABLE, true),
                arguments("a second failure", List.of(seen(WORKING), UNAVAILABLE), UNAVAILABLE, false),
                arguments("the third failure", List.of(seen(WORKING), UNAVAILABLE, UNAVAILABLE), UNAVAILABLE, true),
                arguments("a fourth", List.of(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE), UNAVAILABLE, false),
                arguments("another failure", List.of(UNAVAILABLE), refused(Kind.QuotaExceeded), true),
                arguments("failureStreak ends", List.of(seen(WORKING), UNAVAILABLE), seen(WORKING), true),
                arguments("held back", List.of(seen(WORKING)), HELD_BACK, false),
                arguments(
                        "held back in an outage",
                        List.of(seen(WORKING), UNAVAILABLE, UNAVAILABLE, UNAVAILABLE),
                        HELD_BACK,
                        false),
                arguments("held back, never seen", List.of(), HELD_BACK, true));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("polls")
    void onlyAChangeIsNews(String what, List<WawpResponse> before, WawpResponse reply, boolean news) {
        before.forEach(earlier -> poll(earlier, Priority.Routine));
        assertThat(poll(reply, Priority.Routine).isNews()).isEqualTo(news);
    }

    @Test
    void aRoutinePollThatALimitHeldBackIsNoFailedPoll() {
        poll(seen(WORKING), Priority.Prompt);
        assertThat(poll(HELD_BACK, Priority.Routine).after().failureStreak()).isEmpty();
    }

    @Test
    void aPromptPollThatALimitHeldBackIsAFailedPoll() {
        poll(seen(WORKING), Priority.Prompt);
        assertThat(poll(HELD_BACK, Priority.Prompt).after().failureStreak()).isPresent();
    }

    @Test
    void whileWawpLimitsTheRateALookHeldBackCountsWithTheOthers() {
        poll(seen(WORKING), Priority.Prompt);
        poll(refused(Kind.RateLimited), Priority.Routine);
        assertThat(poll(HELD_BACK, Priority.Routine)
                        .after()
                        .failureStreak()
                        .orElseThrow()
                        .polls())
                .isEqualTo(2);
    }

    @Test
    void beingHeldBackForThreeMinutesIsAFailure() {
        session.keepPace(Duration.ofSeconds(5));
        poll(seen(WORKING), Priority.Prompt);
        now = START.plus(Duration.ofMinutes(3));
        assertThat(poll(HELD_BACK, Priority.Routine).after().failureStreak()).isPresent();
    }

    @Test
    void atASlowPaceBeingHeldBackIsAFailureAfterThreeIntervals() {
        session.keepPace(Duration.ofHours(1));
        poll(seen(WORKING), Priority.Prompt);
        now = START.plus(Duration.ofMinutes(179));
        assertThat(poll(HELD_BACK, Priority.Routine).after().failureStreak()).isEmpty();
        now = START.plus(Duration.ofMinutes(180));
        assertThat(poll(HELD_BACK, Priority.Routine).after().failureStreak()).isPresent();
    }

    @Test
    void whenTroubleBeginsTheLastGoodPollIsReliedUponForThreeMinutes() {
        assertThat(poll(seen(WORKING), Priority.Routine).turnsStaleAt()).isEmpty();
        now = START.plusSeconds(60);
        assertThat(poll(UNAVAILABLE, Priority.Routine).turnsStaleAt()).contains(START.plusSeconds(180));
        assertThat(poll(UNAVAILABLE, Priority.Routine).turnsStaleAt()).isEmpty();
    }

    @Test
    void whereNothingWasEverSeenTheThreeMinutesRunFromTheFirstFailure() {
        now = START.plusSeconds(60);
        assertThat(poll(UNAVAILABLE, Priority.Routine).turnsStaleAt()).contains(START.plusSeconds(240));
    }

    @Test
    void aStateKeepsTheTimeItWasFirstSeenAt() {
        poll(seen(WORKING), Priority.Routine);
        now = START.plusSeconds(60);
        ObservedState again =
                poll(seen(WORKING), Priority.Routine).after().observed().orElseThrow();
        assertThat(again.since()).isEqualTo(START);
        assertThat(again.begun()).isEqualTo(now);
    }

    private PollResult poll(WawpResponse reply, Priority urgency) {
        PollResult result = PollResult.of(new Poll(session, credentials, urgency, now, false), reply, now);
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
