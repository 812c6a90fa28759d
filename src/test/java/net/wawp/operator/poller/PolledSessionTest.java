package net.wawp.operator.poller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.Credentials;
import org.junit.jupiter.api.Test;

class PolledSessionTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Credentials OLD = new Credentials("3EB0BCB2E3D4", "old");
    private static final Credentials NEW = new Credentials("3EB0BCB2E3D4", "new");
    private static final Observation WORKING = Observation.NONE.seen(
            new SessionInfo(SessionState.WORKING, Optional.of("WORKING"), Optional.of("wawp-1"), Optional.empty()),
            NOW.plusSeconds(10));

    private final PolledSession session = new PolledSession("uid");

    @Test
    void anObservationWithCredentialsThatTheSessionNoLongerHasIsDropped() {
        session.poll(OLD, NOW);
        session.poll(NEW, NOW);

        assertThat(session.observe(WORKING, OLD)).isFalse();
        assertThat(session.observation()).isEqualTo(Observation.NONE);
        assertThat(session.observe(WORKING, NEW)).isTrue();
        assertThat(session.observation()).isEqualTo(WORKING);
    }

    @Test
    void aPollThatShowsNothingNewLeavesTheSessionWithWhatItHeldBefore() {
        session.poll(OLD, NOW);
        session.observe(WORKING, OLD);
        SessionInfo held = session.observation().observed().get().info();
        SessionInfo same = new SessionInfo(held.state(), held.word(), held.sessionName(), held.account());

        session.observe(session.observation().seen(same, NOW.plusSeconds(40)), OLD);

        Observation.ObservedState observed = session.observation().observed().get();
        assertThat(observed.info()).isSameAs(held);
        assertThat(observed.begun()).isEqualTo(NOW.plusSeconds(40));
        assertThat(observed.since()).isEqualTo(NOW.plusSeconds(10));
    }

    @Test
    void anObservationIsKeptToTheNanosecondAndWithItsFailures() {
        session.poll(OLD, NOW);
        Observation observation = Observation.NONE
                .seen(WORKING.observed().get().info(), NOW.plusNanos(123_456_789))
                .failed(new Failure(Kind.GatewayUnavailable, Delivery.Answered), NOW.plusNanos(987_654_321));

        session.observe(observation, OLD);

        assertThat(session.observation()).isEqualTo(observation);
    }

    @Test
    void anotherInstanceHasNoObservationYet() {
        session.poll(OLD, NOW);
        session.observe(WORKING, OLD);

        session.poll(new Credentials("4EB0BCB2E3D4", "old"), NOW);

        assertThat(session.observation()).isEqualTo(Observation.NONE);
    }

    @Test
    void wawpLastSpokeWhenPollingBeganThenWithEachAnswerAndEachRefusalThatAPersonHasToCure() {
        assertThat(session.lastHeardAt()).as("it is not polled").isEmpty();

        session.poll(OLD, NOW);
        assertThat(session.lastHeardAt()).contains(NOW);

        session.observe(WORKING, OLD);
        assertThat(session.lastHeardAt()).contains(NOW.plusSeconds(10));

        session.observe(failed(Kind.GatewayUnavailable), OLD);
        assertThat(session.lastHeardAt()).as("it is away").contains(NOW.plusSeconds(10));

        session.observe(failed(Kind.Unauthorized), OLD);
        assertThat(session.lastHeardAt()).contains(NOW.plusSeconds(20));

        Failure unavailable = new Failure(Kind.GatewayUnavailable, Delivery.Answered);
        session.observe(
                failed(Kind.Unauthorized)
                        .failed(unavailable, NOW.plusSeconds(30))
                        .failed(unavailable, NOW.plusSeconds(40)),
                OLD);
        assertThat(session.lastHeardAt()).as("away after the refusal").contains(NOW.plusSeconds(20));
    }

    @Test
    void onlyAnotherIntervalIsAChange() {
        assertThat(session.setInterval(Duration.ofSeconds(30))).isTrue();
        assertThat(session.setInterval(Duration.ofSeconds(30))).isFalse();
    }

    @Test
    void aNewNormalLoadIsToldByHowMuchItDiffers() {
        assertThat(session.changeNormalLoad(0.5)).isEqualTo(0.5);
        assertThat(session.changeNormalLoad(0.25)).isEqualTo(-0.25);
    }

    private static Observation failed(Kind kind) {
        return WORKING.failed(new Failure(kind, Delivery.Answered), NOW.plusSeconds(20));
    }
}
