package net.wawp.operator.session.policy;

import java.time.Duration;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.After;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Verdict;
import net.wawp.operator.session.Verdict.Activity;
import net.wawp.operator.session.Verdict.Ready;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** Asserts about a judgement in the words of the contract. */
final class JudgedAssert extends AbstractAssert<JudgedAssert, Judged> {

    private JudgedAssert(Judged actual) {
        super(actual, JudgedAssert.class);
    }

    static JudgedAssert assertThat(PolicyFixture fixture) {
        return new JudgedAssert(fixture.judged());
    }

    JudgedAssert calls(Action action) {
        Assertions.assertThat(actual.call().map(Call::action)).as("call").contains(action);
        return this;
    }

    JudgedAssert calls(Action action, int attempt) {
        Assertions.assertThat(actual.call().map(Call::attempt)).as("attempt").contains(attempt);
        return calls(action);
    }

    JudgedAssert callsNothing() {
        Assertions.assertThat(actual.call()).as("call").isEmpty();
        return this;
    }

    JudgedAssert plans(Action action) {
        Assertions.assertThat(actual.planned()).as("planned").contains(action);
        return callsNothing();
    }

    JudgedAssert isReady(Reason reason) {
        return says(reason, Ready.True, Activity.None);
    }

    JudgedAssert isMoving(Reason reason) {
        return says(reason, Ready.False, Activity.Reconciling);
    }

    JudgedAssert isStalled(Reason reason) {
        return says(reason, Ready.False, Activity.Stalled);
    }

    JudgedAssert says(Reason reason, Ready ready, Activity activity) {
        Verdict verdict = actual.verdict();
        Assertions.assertThat(verdict).as("verdict").isEqualTo(new Verdict(reason, ready, activity, verdict.message()));
        Assertions.assertThat(verdict.message()).as("message").isNotBlank().endsWith(".");
        return this;
    }

    JudgedAssert tells(String part) {
        Assertions.assertThat(actual.verdict().message()).as("message").contains(part);
        return this;
    }

    JudgedAssert knows(Pairing pairing) {
        Assertions.assertThat(actual.pairing()).as("pairing").isEqualTo(pairing);
        return this;
    }

    JudgedAssert countsRestarts(int restarts) {
        Assertions.assertThat(actual.restarts()).as("restarts").isEqualTo(restarts);
        return this;
    }

    JudgedAssert leavesLastAction(Phase phase) {
        Assertions.assertThat(actual.lastAction().map(LastAction::phase))
                .as("phase of the last action")
                .contains(phase);
        return this;
    }

    JudgedAssert pollsEvery(Duration pace) {
        Assertions.assertThat(actual.pollInterval()).as("pace").isEqualTo(pace);
        return this;
    }

    /** Polls again in that time from now. */
    JudgedAssert pollsAgainIn(Duration time) {
        Assertions.assertThat(actual.recheck())
                .as("recheck")
                .contains(new Recheck(PolicyFixture.NOW.plus(time), After.Poll));
        return this;
    }

    /** Decides again in that time from now, without a poll. */
    JudgedAssert decidesAgainIn(Duration time) {
        Assertions.assertThat(actual.recheck())
                .as("recheck")
                .contains(new Recheck(PolicyFixture.NOW.plus(time), After.Nothing));
        return this;
    }

    JudgedAssert asksForNoRecheck() {
        Assertions.assertThat(actual.recheck()).as("recheck").isEmpty();
        return this;
    }

    JudgedAssert answersTheRequest() {
        Assertions.assertThat(actual.requestHandled()).as("request handled").isTrue();
        return this;
    }

    JudgedAssert leavesTheRequestOpen() {
        Assertions.assertThat(actual.requestHandled()).as("request handled").isFalse();
        return this;
    }
}
