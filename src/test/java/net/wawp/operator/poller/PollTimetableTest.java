package net.wawp.operator.poller;

import static net.wawp.operator.poller.PollerFixture.credentials;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PollTimetableTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final PollTimetable timetable = new PollTimetable(new SplittableRandom(1));
    private final PolledSession session = session("a", INTERVAL);

    @Test
    void aSessionHasItsTurnAtTheSamePlaceOfEveryIntervalGiveOrTakeALittle() {
        timetable.plan(session, NOW);
        Instant first = takeNext(NOW);
        timetable.plan(session, first);
        Instant second = takeNext(first);
        assertThat(Duration.between(first, second)).isBetween(INTERVAL.minusMillis(550), INTERVAL.plusMillis(550));
        PollTimetable afterARestart = new PollTimetable(new SplittableRandom(2));
        afterARestart.plan(session("a", INTERVAL), NOW);
        assertThat(Duration.between(first, takeNext(afterARestart, NOW)).abs()).isLessThan(Duration.ofMillis(550));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uuid", "numbered"})
    void sessionsAreSpreadEvenlyOverTheInterval(String naming) {
        Integer[] turns = new Integer[30];
        Arrays.fill(turns, 0);
        IntStream.range(0, 9_000).forEach(number -> {
            String name = "session-" + number;
            String uid = naming.equals("uuid")
                    ? UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                            .toString()
                    : name;
            turns[(int) (session(uid, INTERVAL).place() * 30)]++;
        });
        assertThat(turns).as("300 on average").allMatch(count -> count > 220 && count < 390);
    }

    @Test
    void aLateTurnTakesThePlaceOfThoseItMadeLate() {
        timetable.plan(session, NOW);
        Instant late = NOW.plus(INTERVAL.multipliedBy(5));
        assertThat(timetable.takeDue(late)).contains(session);
        timetable.plan(session, late);
        assertThat(timetable.takeDue(late)).isEmpty();
        assertThat(timetable.takeDue(late.plus(INTERVAL).plusSeconds(1))).contains(session);
    }

    @Test
    void theSessionThatWaitsTheLongestComesFirst() {
        PolledSession other = session("b", Duration.ofHours(1));
        timetable.plan(other, NOW.minusSeconds(7200));
        timetable.plan(session, NOW);
        assertThat(timetable.first()).contains(other);
        assertThat(timetable.takeDue(NOW.plusSeconds(60))).contains(other);
        assertThat(timetable.takeDue(NOW.plusSeconds(60))).contains(session);
    }

    /** When each answer is tried again, as the reference documents it, for routine polls. */
    @ParameterizedTest
    @CsvSource({
        "RequestRejected,    600, 601",
        "QuotaExceeded,      600, 601",
        "InstanceNotFound,   600, 601",
        "Unauthorized,        60,  91",
        "RateLimited,        120, 130",
        "GatewayUnavailable,   0,  31",
    })
    void afterAFailureTheNextTurnIs(Kind kind, int earliest, int latest) {
        Optional<Instant> notBefore = kind == Kind.RateLimited ? Optional.of(NOW.plusSeconds(120)) : Optional.empty();
        timetable.pollEnded(session, Optional.of(new Failure(kind, Delivery.Answered, notBefore)), NOW);
        assertThat(takeNext(NOW)).isBetween(NOW.plusSeconds(earliest), NOW.plusSeconds(latest));
    }

    @Test
    void aLongIntervalIsKeptAlsoAfterARefusal() {
        PolledSession slow = session("slow", Duration.ofHours(24));
        timetable.plan(slow, NOW);
        Instant turn = takeNext(NOW);
        timetable.pollEnded(slow, Optional.of(new Failure(Kind.QuotaExceeded, Delivery.Answered)), turn);
        assertThat(takeNext(turn)).isAfter(turn.plus(Duration.ofHours(23)));
    }

    @Test
    void afterARateLimitALongIntervalIsNotWaitedFor() {
        PolledSession slow = session("slow", Duration.ofHours(24));
        Instant notBefore = NOW.plusSeconds(5);
        timetable.pollEnded(
                slow, Optional.of(new Failure(Kind.RateLimited, Delivery.Answered, Optional.of(notBefore))), NOW);
        assertThat(takeNext(NOW)).isBetween(notBefore, notBefore.plusSeconds(10));
    }

    @Test
    void aGoodPollEndsAHold() {
        timetable.pollEnded(session, Optional.of(new Failure(Kind.InstanceNotFound, Delivery.Answered)), NOW);
        timetable.pollEnded(session, Optional.empty(), NOW);
        assertThat(takeNext(NOW)).isBefore(NOW.plus(INTERVAL).plusSeconds(1));
    }

    @Test
    void aSessionThatIsPausedHasNoTurn() {
        timetable.plan(session, NOW);
        session.pause();
        timetable.plan(session, NOW);
        assertThat(timetable.first()).isEmpty();
    }

    private static PolledSession session(String uid, Duration interval) {
        PolledSession session = new PolledSession(uid);
        session.poll(credentials(uid), NOW);
        session.setInterval(interval);
        return session;
    }

    private Instant takeNext(Instant from) {
        return takeNext(timetable, from);
    }

    /** Takes the next turn out of the table, and tells when it was due, to 10 ms. */
    private static Instant takeNext(PollTimetable timetable, Instant from) {
        Instant at = from;
        while (timetable.takeDue(at).isEmpty()) {
            at = at.plusMillis(10);
        }
        return at;
    }
}
