package net.wawp.operator.session.policy;

import java.time.Duration;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.After;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** Asserts about a update in the words of the contract. */
final class UpdateStatusAssert extends AbstractAssert<UpdateStatusAssert, UpdateStatus> {

    private UpdateStatusAssert(UpdateStatus actual) {
        super(actual, UpdateStatusAssert.class);
    }

    static UpdateStatusAssert assertThat(PolicyFixture fixture) {
        return new UpdateStatusAssert(fixture.update());
    }

    UpdateStatusAssert calls(Action action) {
        Assertions.assertThat(actual.call().map(Call::action)).as("call").contains(action);
        return this;
    }

    UpdateStatusAssert calls(Action action, int attempt) {
        Assertions.assertThat(actual.call().map(Call::attempt)).as("attempt").contains(attempt);
        return calls(action);
    }

    UpdateStatusAssert beginsRecovery() {
        Assertions.assertThat(actual.call().map(Call::beginsRecovery))
                .as("begins a recovery")
                .contains(true);
        return this;
    }

    UpdateStatusAssert beginsNoRecovery() {
        Assertions.assertThat(actual.call().map(Call::beginsRecovery))
                .as("begins a recovery")
                .contains(false);
        return this;
    }

    UpdateStatusAssert callsNothing() {
        Assertions.assertThat(actual.call()).as("call").isEmpty();
        return this;
    }

    UpdateStatusAssert plans(Action action) {
        Assertions.assertThat(actual.planned()).as("planned").contains(action);
        return callsNothing();
    }

    UpdateStatusAssert isReady(Reason reason) {
        return says(reason, Ready.True, Activity.None);
    }

    UpdateStatusAssert isMoving(Reason reason) {
        return says(reason, Ready.False, Activity.Reconciling);
    }

    UpdateStatusAssert isStalled(Reason reason) {
        return says(reason, Ready.False, Activity.Stalled);
    }

    UpdateStatusAssert says(Reason reason, Ready ready, Activity activity) {
        Readiness readiness = actual.readiness();
        Assertions.assertThat(readiness)
                .as("readiness")
                .isEqualTo(new Readiness(reason, ready, activity, readiness.message()));
        Assertions.assertThat(readiness.message()).as("message").isNotBlank().endsWith(".");
        return this;
    }

    UpdateStatusAssert tells(String part) {
        Assertions.assertThat(actual.readiness().message()).as("message").contains(part);
        return this;
    }

    UpdateStatusAssert tellsNot(String part) {
        Assertions.assertThat(actual.readiness().message()).as("message").doesNotContain(part);
        return this;
    }

    UpdateStatusAssert knows(Pairing pairing) {
        Assertions.assertThat(actual.pairing()).as("pairing").isEqualTo(pairing);
        return this;
    }

    UpdateStatusAssert countsRestarts(int restarts) {
        Assertions.assertThat(actual.restarts()).as("restarts").isEqualTo(restarts);
        return this;
    }

    UpdateStatusAssert leavesLastAction(Phase phase) {
        Assertions.assertThat(actual.lastAction().map(LastAction::phase))
                .as("phase of the last action")
                .contains(phase);
        return this;
    }

    UpdateStatusAssert pollsEvery(Duration pace) {
        Assertions.assertThat(actual.pollInterval()).as("pace").isEqualTo(pace);
        return this;
    }

    /** Polls again in that time from now. */
    UpdateStatusAssert pollsAgainIn(Duration time) {
        Assertions.assertThat(actual.recheck())
                .as("recheck")
                .contains(new Recheck(PolicyFixture.NOW.plus(time), After.Poll));
        return this;
    }

    /** Decides again in that time from now, without a poll. */
    UpdateStatusAssert decidesAgainIn(Duration time) {
        Assertions.assertThat(actual.recheck())
                .as("recheck")
                .contains(new Recheck(PolicyFixture.NOW.plus(time), After.Nothing));
        return this;
    }

    /** Makes the poll that the pending request asks for in that time from now. */
    UpdateStatusAssert asksForARequestedPollIn(Duration time) {
        Assertions.assertThat(actual.recheck())
                .as("recheck")
                .contains(new Recheck(PolicyFixture.NOW.plus(time), After.RequestedPoll));
        return this;
    }

    UpdateStatusAssert asksForNoRecheck() {
        Assertions.assertThat(actual.recheck()).as("recheck").isEmpty();
        return this;
    }

    UpdateStatusAssert answersTheRequest() {
        Assertions.assertThat(actual.requestHandled()).as("request handled").isTrue();
        return this;
    }

    UpdateStatusAssert leavesTheRequestOpen() {
        Assertions.assertThat(actual.requestHandled()).as("request handled").isFalse();
        return this;
    }
}
