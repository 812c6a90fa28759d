package net.wawp.operator.session.policy;

import static net.wawp.operator.session.Action.Logout;
import static net.wawp.operator.session.Action.Start;
import static net.wawp.operator.session.Action.Stop;
import static net.wawp.operator.session.Desired.LoggedOut;
import static net.wawp.operator.session.Desired.Running;
import static net.wawp.operator.session.Desired.Stopped;
import static net.wawp.operator.session.LastAction.Phase.Abandoned;
import static net.wawp.operator.session.LastAction.Phase.Confirmed;
import static net.wawp.operator.session.LastAction.Phase.Ineffective;
import static net.wawp.operator.session.LastAction.Phase.Intended;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.session.policy.PolicyFixture.wanted;
import static net.wawp.operator.session.policy.UpdateStatusAssert.assertThat;

import java.time.Duration;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import org.junit.jupiter.api.Test;

class ActionOutcomeTest {

    private static final Duration POLLED = Duration.ofSeconds(1);

    @Test
    void theTimeOfACallRunsFromItsEnd() {
        PolicyFixture fixture = wanted(Stopped).seen(WORKING).polled(POLLED).last(Stop, Intended, seconds(70));

        assertThat(fixture.accepted(seconds(60))).leavesLastAction(Intended);
        assertThat(fixture.accepted(seconds(61))).leavesLastAction(Ineffective);
    }

    @Test
    void anEndFromBeforeTheIntentDoesNotShortenItsTime() {
        PolicyFixture fixture = wanted(Stopped).seen(WORKING).polled(POLLED);

        assertThat(fixture.last(Stop, Intended, seconds(60)).accepted(seconds(62)))
                .leavesLastAction(Intended);
        assertThat(fixture.last(Stop, Intended, seconds(61)).accepted(seconds(62)))
                .leavesLastAction(Ineffective);
    }

    @Test
    void aStartThatWasRefusedButIsSeenStartingIsUnderWay() {
        assertThat(wanted(Running)
                        .seen(STARTING, seconds(1))
                        .last(Start, Intended, seconds(5))
                        .refused(Kind.GatewayUnavailable, Delivery.Answered, seconds(4), Duration.ZERO))
                .leavesLastAction(Intended);
    }

    @Test
    void aStopThatWasRefusedWhileTheSessionStartsNeverHappened() {
        assertThat(wanted(Stopped)
                        .seen(STARTING, seconds(1))
                        .last(Stop, Intended, seconds(5))
                        .refused(Kind.RequestRejected, Delivery.Answered, seconds(4), seconds(600)))
                .leavesLastAction(Abandoned);
    }

    @Test
    void aStartThatWasRefusedWhileTheSessionWorksTookEffectSomehow() {
        assertThat(wanted(Running)
                        .seen(WORKING, seconds(1))
                        .last(Start, Intended, seconds(5))
                        .refused(Kind.GatewayUnavailable, Delivery.Answered, seconds(4), Duration.ZERO))
                .leavesLastAction(Confirmed);
    }

    @Test
    void aStartWithoutEffectTookEffectLateOnceTheSessionWorks() {
        PolicyFixture fixture = wanted(Running).maxRestarts(0).last(Start, Ineffective, Duration.ofHours(1));

        assertThat(fixture.seen(WORKING)).leavesLastAction(Confirmed);
        assertThat(fixture.seen(FAILED)).leavesLastAction(Ineffective);
        assertThat(fixture.seen(STOPPED)).leavesLastAction(Ineffective);
    }

    @Test
    void whatElseHadNoEffectStaysSoWhenTheSessionWorks() {
        PolicyFixture fixture = wanted(Running).seen(WORKING);

        assertThat(fixture.last(Start, Abandoned, Duration.ofHours(1))).leavesLastAction(Abandoned);
        assertThat(fixture.last(Stop, Ineffective, Duration.ofHours(1))).leavesLastAction(Ineffective);
    }

    @Test
    void aGatewaysErrorDoesNotProveThatALogoutDidNothing() {
        PolicyFixture fixture = wanted(LoggedOut).seen(WORKING).last(Logout, Intended, seconds(5));

        assertThat(fixture.refused(Kind.GatewayUnavailable, Delivery.Answered, seconds(4), Duration.ZERO))
                .leavesLastAction(Intended);
        assertThat(fixture.refused(Kind.GatewayUnavailable, Delivery.Unreached, seconds(4), seconds(5)))
                .leavesLastAction(Abandoned);
    }

    private static Duration seconds(int number) {
        return Duration.ofSeconds(number);
    }
}
