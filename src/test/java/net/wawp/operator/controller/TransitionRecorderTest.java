package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.metrics.ReconcileMetrics;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import net.wawp.operator.status.StatusFactory;
import net.wawp.operator.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("listens to a logger that others use too")
@Execution(ExecutionMode.SAME_THREAD)
class TransitionRecorderTest {

    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Readiness STARTING =
            new Readiness(Reason.Starting, Ready.False, Activity.Reconciling, "The session is being started.");
    private static final Readiness WORKING =
            new Readiness(Reason.Working, Ready.True, Activity.None, "The session is linked and works.");
    private static final Readiness RECOVERING =
            new Readiness(Reason.Recovering, Ready.False, Activity.Reconciling, "Restart 1 of 3: the session failed.");
    private static final Readiness EXHAUSTED =
            new Readiness(Reason.RecoveryExhausted, Ready.False, Activity.Stalled, "The session failed again.");
    private static final Readiness UNPAIRED =
            new Readiness(Reason.PairingRequired, Ready.False, Activity.Stalled, "No device is linked.");
    private static final LastAction SENT =
            new LastAction(Action.Start, "a-1", Purpose.Desired, Phase.Intended, 1, 1, CREATED);

    private static final Call BEGINS_RECOVERY = new Call(Action.Stop, Purpose.Recovery, 1, true);
    private static final Call REPEATS_RECOVERY = new Call(Action.Stop, Purpose.Recovery, 2, false);

    private final RecordedLog log = new RecordedLog(TransitionRecorder.class);
    private final List<String> events = new ArrayList<>();
    private final List<String> counted = new ArrayList<>();
    private final TransitionRecorder recorder =
            new TransitionRecorder(new RecordedEvents(events), new RecordedMetrics());
    private final WhatsAppSession session = SampleResource.any().build();

    @AfterEach
    void stopListening() {
        log.close();
    }

    @Test
    void aLineOfTheLogNamesTheResourceTheReasonTheCallAndItsOutcome() {
        record(update(STARTING, 0, SENT), CREATED);

        assertThat(log.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
            assertThat(line.getFormattedMessage()).isEqualTo("The session is being started.");
            assertThat(line.getKeyValuePairs())
                    .extracting(pair -> pair.key + "=" + pair.value)
                    .containsExactlyInAnyOrder(
                            "namespace=crm",
                            "name=support-line",
                            "generation=1",
                            "reason=Starting",
                            "action=Start",
                            "outcome=Intended");
        });
    }

    @Test
    void aCallIsNamedOnlyWhereSomethingAboutItChanged() {
        LastAction confirmed = SENT.closedAs(Phase.Confirmed);
        record(update(STARTING, 0, confirmed), CREATED);
        log.list.clear();

        record(update(UNPAIRED, 0, confirmed), CREATED.plusSeconds(5));

        assertThat(log.list.get(0).getKeyValuePairs())
                .extracting(pair -> pair.key)
                .containsExactlyInAnyOrder("namespace", "name", "generation", "reason");
    }

    @Test
    void anEventReportsANewReasonAndWarnsWherePeopleMustAct() {
        record(update(STARTING, 0, SENT), CREATED);
        record(update(STARTING, 0, SENT.closedAs(Phase.Confirmed)), CREATED.plusSeconds(2));
        record(update(UNPAIRED, 0, null), CREATED.plusSeconds(4));

        assertThat(events).containsExactly("normal Starting", "warning PairingRequired");
    }

    /** By reason alone: what is stalled on purpose needs nobody's attention, and what passes by itself may. */
    @ParameterizedTest
    @CsvSource({
        "Suspended, Stalled, normal, INFO",
        "Working, None, normal, INFO",
        "Recovering, Reconciling, warning, WARN",
        "GatewayUnavailable, Reconciling, warning, WARN",
        "Unauthorized, Stalled, warning, WARN",
        "RecoveryExhausted, Stalled, warning, WARN"
    })
    void theReasonSaysWhetherPeopleAreWarned(Reason reason, Activity activity, String event, String level) {
        record(update(new Readiness(reason, Ready.False, activity, "A sentence."), 0, null), CREATED);

        assertThat(events).containsExactly(event + " " + reason);
        assertThat(log.list).singleElement().extracting(ILoggingEvent::getLevel).hasToString(level);
    }

    @Test
    void aCallIsCountedOnceWhenItsOutcomeIsWritten() {
        record(update(STARTING, 0, SENT), CREATED);
        assertThat(counted).isEmpty();

        record(update(UNPAIRED, 0, SENT.closedAs(Phase.Confirmed)), CREATED.plusSeconds(4));
        record(update(STARTING, 0, SENT.closedAs(Phase.Confirmed)), CREATED.plusSeconds(9));

        assertThat(counted).containsExactly("settled Start Confirmed");
    }

    @Test
    void aCallIsCountedOnceAlsoWhenFactsAloneAreWritten() {
        record(update(STARTING, 0, SENT), CREATED);
        Facts confirmed = new Facts(Optional.of(SENT.closedAs(Phase.Confirmed)), Pairing.Unknown);

        recorder.settled(session, confirmed);
        session.setStatus(StatusFactory.record(session.getStatus(), confirmed, CREATED));
        recorder.settled(session, confirmed);

        assertThat(counted).containsExactly("settled Start Confirmed");
    }

    @Test
    void theOutcomeOfAnotherCallThanTheOneInTheStatusIsNotCounted() {
        record(update(STARTING, 0, SENT), CREATED);
        LastAction other = new LastAction(Action.Stop, "a-2", Purpose.Desired, Phase.Confirmed, 1, 1, CREATED);

        recorder.settled(session, new Facts(Optional.of(other), Pairing.Unknown));

        assertThat(counted).isEmpty();
    }

    @Test
    void aRestartIsCountedWhenItBegins() {
        record(recovery(1, BEGINS_RECOVERY), CREATED);
        record(recovery(1, REPEATS_RECOVERY), CREATED.plusSeconds(1));
        record(update(UNPAIRED, 1, null), CREATED.plusSeconds(2));
        record(recovery(2, BEGINS_RECOVERY), CREATED.plusSeconds(3));

        assertThat(counted).containsExactly("recovering", "recovering");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theRestartThatARequestBeginsAnewIsCounted(int maxRestarts) {
        record(update(EXHAUSTED, maxRestarts, null), CREATED);
        counted.clear();

        record(recovery(1, BEGINS_RECOVERY), CREATED.plusSeconds(1));

        assertThat(counted).containsExactly("recovering");
    }

    @Test
    void aStatusThatSomebodyWipedCountsNoRestartWhenItIsWrittenAgain() {
        record(recovery(2, BEGINS_RECOVERY), CREATED);
        counted.clear();
        session.setStatus(null);

        record(update(WORKING, 2, null), CREATED.plusSeconds(1));

        assertThat(counted).doesNotContain("recovering");
    }

    @Test
    void theTimeToReadyBeginsWhenItIsNotReadyAnyMore() {
        record(update(STARTING, 0, null), CREATED.plusSeconds(10));
        record(update(UNPAIRED, 0, null), CREATED.plusSeconds(20));
        record(update(WORKING, 0, null), CREATED.plusSeconds(40));
        record(update(WORKING, 0, null), CREATED.plusSeconds(60));

        assertThat(counted).containsExactly("ready PT30S");
    }

    @Test
    void theTimeToReadyOfANewResourceBeginsWithItsCreation() {
        record(update(WORKING, 0, null), CREATED.plusSeconds(7));

        assertThat(counted).containsExactly("ready PT7S");
    }

    @Test
    void aResourceThatWasCreatedByAClockThatIsFastWasReadyAtOnce() {
        record(update(WORKING, 0, null), CREATED.minusSeconds(1));

        assertThat(counted).containsExactly("ready PT0S");
    }

    @Test
    void aTransitionTimeThatSomebodyForgedCountsForAYearAtMost() {
        record(update(STARTING, 0, null), Instant.parse("0001-01-01T00:00:00Z"));
        record(update(WORKING, 0, null), CREATED);

        assertThat(counted).containsExactly("ready PT8760H");
    }

    @Test
    void aFinalizerThatGoesTooEarlyIsAWarning() {
        recorder.released(session, "The resource is suspended, so the session was left as it is.");

        assertThat(events).containsExactly("warning FinalizerReleased");
    }

    /** Writes the update to the status as a reconciliation does, and records the transition. */
    private void record(UpdateStatus update, Instant now) {
        WhatsAppSessionStatus before = Optional.ofNullable(session.getStatus()).orElse(WhatsAppSessionStatus.EMPTY);
        WhatsAppSessionStatus status = StatusFactory.create(
                before, update, update.lastAction(), 1, Observation.NONE, Optional.empty(), Optional.empty(), now);
        recorder.changed(session, status, update);
        session.setStatus(status);
    }

    private static UpdateStatus update(Readiness readiness, int restarts, LastAction lastAction) {
        return update(readiness, restarts, Optional.ofNullable(lastAction), Optional.empty());
    }

    private static UpdateStatus recovery(int restarts, Call call) {
        return update(RECOVERING, restarts, Optional.empty(), Optional.of(call));
    }

    private static UpdateStatus update(
            Readiness readiness, int restarts, Optional<LastAction> lastAction, Optional<Call> call) {
        return new UpdateStatus(
                readiness,
                new Facts(lastAction, Pairing.Unknown),
                restarts,
                Optional.empty(),
                call,
                Optional.empty(),
                Duration.ofMinutes(1),
                Optional.empty(),
                false);
    }

    private final class RecordedMetrics implements ReconcileMetrics {
        @Override
        public void settled(LastAction action) {
            counted.add("settled " + action.type() + " " + action.phase());
        }

        @Override
        public void recovering() {
            counted.add("recovering");
        }

        @Override
        public void ready(Duration waited) {
            counted.add("ready " + waited);
        }
    }
}
