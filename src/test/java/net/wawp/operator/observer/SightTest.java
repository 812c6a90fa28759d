package net.wawp.operator.observer;

import static net.wawp.operator.observer.ObserverFixture.credentials;
import static net.wawp.operator.observer.ObserverFixture.refused;
import static net.wawp.operator.observer.ObserverFixture.seen;
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
import net.wawp.operator.session.Observation.Sighting;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Reply;
import net.wawp.operator.wawp.Urgency;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SightTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Reply UNAVAILABLE = refused(Kind.GatewayUnavailable);
    private static final Reply HELD_BACK =
            new Reply.Refused(new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(START)));

    private final Credentials credentials = credentials("a");
    private final WatchedSession session = new WatchedSession("a");
    private Instant now = START;

    @BeforeEach
    void watch() {
        session.watch(credentials, START);
    }

    static Stream<Arguments> looks() {
        return Stream.of(
                arguments("the first", List.of(), seen(WORKING), true),
                arguments("the same again", List.of(seen(WORKING)), seen(WORKING), false),
                arguments("another state", List.of(seen(WORKING)), seen(FAILED), true),
                arguments("another unknown word", List.of(word("PAUSED")), word("MOVED"), true),
                arguments("another account", List.of(account("1•••c.us")), account("2•••c.us"), true),
                arguments("the first is refused", List.of(), refused(Kind.Unauthorized), true),
                arguments("trouble begins", List.of(seen(WORKING)), UNAVAILABLE, true),
                arguments("a second failure", List.of(seen(WORKING), UNAVAILABLE), UNAVAILABLE, false),
                arguments("the third failure", List.of(seen(WORKING), UNAVAILABLE, UNAVAILABLE), UNAVAILABLE, true),
                arguments("a fourth", List.of(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE), UNAVAILABLE, false),
                arguments("another failure", List.of(UNAVAILABLE), refused(Kind.QuotaExceeded), true),
                arguments("trouble ends", List.of(seen(WORKING), UNAVAILABLE), seen(WORKING), true),
                arguments("held back", List.of(seen(WORKING)), HELD_BACK, false),
                arguments(
                        "held back in an outage",
                        List.of(seen(WORKING), UNAVAILABLE, UNAVAILABLE, UNAVAILABLE),
                        HELD_BACK,
                        false),
                arguments("held back, never seen", List.of(), HELD_BACK, true));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("looks")
    void onlyAChangeIsNews(String what, List<Reply> before, Reply reply, boolean news) {
        before.forEach(earlier -> look(earlier, Urgency.Routine));
        assertThat(look(reply, Urgency.Routine).isNews()).isEqualTo(news);
    }

    @Test
    void aRoutineLookThatALimitHeldBackIsNoFailedLook() {
        look(seen(WORKING), Urgency.Prompt);
        assertThat(look(HELD_BACK, Urgency.Routine).after().trouble()).isEmpty();
    }

    @Test
    void aPromptLookThatALimitHeldBackIsAFailedLook() {
        look(seen(WORKING), Urgency.Prompt);
        assertThat(look(HELD_BACK, Urgency.Prompt).after().trouble()).isPresent();
    }

    @Test
    void whileWawpLimitsTheRateALookHeldBackCountsWithTheOthers() {
        look(seen(WORKING), Urgency.Prompt);
        look(refused(Kind.RateLimited), Urgency.Routine);
        assertThat(look(HELD_BACK, Urgency.Routine)
                        .after()
                        .trouble()
                        .orElseThrow()
                        .looks())
                .isEqualTo(2);
    }

    @Test
    void beingHeldBackForThreeMinutesIsAFailure() {
        session.keepPace(Duration.ofSeconds(5));
        look(seen(WORKING), Urgency.Prompt);
        now = START.plus(Duration.ofMinutes(3));
        assertThat(look(HELD_BACK, Urgency.Routine).after().trouble()).isPresent();
    }

    @Test
    void atASlowPaceBeingHeldBackIsAFailureAfterThreeIntervals() {
        session.keepPace(Duration.ofHours(1));
        look(seen(WORKING), Urgency.Prompt);
        now = START.plus(Duration.ofMinutes(179));
        assertThat(look(HELD_BACK, Urgency.Routine).after().trouble()).isEmpty();
        now = START.plus(Duration.ofMinutes(180));
        assertThat(look(HELD_BACK, Urgency.Routine).after().trouble()).isPresent();
    }

    @Test
    void whenTroubleBeginsTheLastGoodLookIsReliedUponForThreeMinutes() {
        assertThat(look(seen(WORKING), Urgency.Routine).turnsBlindAt()).isEmpty();
        now = START.plusSeconds(60);
        assertThat(look(UNAVAILABLE, Urgency.Routine).turnsBlindAt()).contains(START.plusSeconds(180));
        assertThat(look(UNAVAILABLE, Urgency.Routine).turnsBlindAt()).isEmpty();
    }

    @Test
    void whereNothingWasEverSeenTheThreeMinutesRunFromTheFirstFailure() {
        now = START.plusSeconds(60);
        assertThat(look(UNAVAILABLE, Urgency.Routine).turnsBlindAt()).contains(START.plusSeconds(240));
    }

    @Test
    void aStateKeepsTheTimeItWasFirstSeenAt() {
        look(seen(WORKING), Urgency.Routine);
        now = START.plusSeconds(60);
        Sighting again = look(seen(WORKING), Urgency.Routine).after().sighting().orElseThrow();
        assertThat(again.since()).isEqualTo(START);
        assertThat(again.begun()).isEqualTo(now);
    }

    private Sight look(Reply reply, Urgency urgency) {
        Sight sight = Sight.of(new Look(session, credentials, urgency, now, false), reply, now);
        session.observe(sight.after(), credentials);
        return sight;
    }

    private static Reply word(String word) {
        return new Reply.Success(new SessionInfo(UNKNOWN, Optional.of(word), Optional.empty(), Optional.empty()));
    }

    private static Reply account(String account) {
        return new Reply.Success(
                new SessionInfo(SessionState.WORKING, Optional.of("WORKING"), Optional.empty(), Optional.of(account)));
    }
}
