package net.wawp.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusReaderTest {

    private static final Instant SEEN = Instant.parse("2026-05-01T12:00:00.5Z");

    @Test
    void aCallIsReadAsItWasWritten() {
        LastAction written = new LastAction("Stop", "7f3c", "Recovery", "Ineffective", 2, 4L, "2026-05-01T11:59:00Z");

        assertThat(read(written))
                .isEqualTo(new net.wawp.operator.session.LastAction(
                        Action.Stop,
                        "7f3c",
                        Purpose.Recovery,
                        Phase.Ineffective,
                        2,
                        4,
                        Instant.parse("2026-05-01T11:59:00Z")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-05-01T12:00:01Z", "2026-05-01T13:00:00Z", "2099-01-01T00:00:00Z"})
    void aTimeOfAClockThatIsFastCountsAsWhenItWasSeen(String time) {
        assertThat(read(at(time)).time()).isEqualTo(SEEN);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "yesterday", "2026-05-01", "2026-05-01T12:00:00"})
    void aTimeThatCannotBeReadCountsAsWhenItWasSeen(String time) {
        assertThat(read(at(time)).time()).isEqualTo(SEEN);
    }

    @Test
    void anEarlierTimeStandsHoweverLongAgoItIs() {
        assertThat(read(at("1999-01-01T00:00:00Z")).time()).isEqualTo(Instant.parse("1999-01-01T00:00:00Z"));
    }

    @Test
    void withoutAGenerationACallBelongsToTheOneThatWasReported() {
        LastAction old = new LastAction("Logout", "7f3c", null, "Intended", 1, null, "2026-05-01T11:59:00Z");

        assertThat(StatusReader.lastAction(status(6L, old), SEEN).orElseThrow().generation())
                .isEqualTo(6);
        assertThat(StatusReader.lastAction(status(null, old), SEEN)
                        .orElseThrow()
                        .generation())
                .as("to none where nothing was reported")
                .isNegative();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "desired", "Amusement"})
    void withoutAKnownPurposeACallServesTheDesiredState(String purpose) {
        assertThat(read(new LastAction("Stop", "7f3c", purpose, "Intended", 1, 1L, null))
                        .purpose())
                .isEqualTo(Purpose.Desired);
    }

    @ParameterizedTest
    @CsvSource(
            value = {"null, 1", "-2147483648, 1", "-1, 1", "0, 1", "1, 1", "3, 3"},
            nullValues = "null")
    void theFirstAttemptIsNumber1(Integer attempt, int read) {
        assertThat(read(new LastAction("Stop", "7f3c", null, "Intended", attempt, 1L, null))
                        .attempt())
                .isEqualTo(read);
    }

    @Test
    void afterTheGreatestNumberOfAttemptsThereIsStillANextOne() {
        LastAction forged = new LastAction("Stop", "7f3c", null, "Ineffective", Integer.MAX_VALUE, 1L, null);

        assertThat(read(forged).attempt() + 1).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "Dance, x, Intended",
                "null, x, Intended",
                "Stop, x, Begun",
                "Stop, x, null",
                "Stop, null, Intended"
            },
            nullValues = "null")
    void aCallOfUnknownKindOrPhaseOrWithoutIdIsNone(String type, String id, String phase) {
        assertThat(StatusReader.lastAction(status(1L, new LastAction(type, id, "Desired", phase, 1, 1L, null)), SEEN))
                .isEmpty();
    }

    @Test
    void anEmptyStatusTellsNothing() {
        WhatsAppSessionStatus empty = WhatsAppSessionStatus.builder().build();

        assertThat(StatusReader.pairing(empty)).isEqualTo(Pairing.Unknown);
        assertThat(StatusReader.restarts(empty)).isZero();
        assertThat(StatusReader.lastAction(empty, SEEN)).isEmpty();
        assertThat(StatusReader.reported(empty)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            value = {"Paired, Paired", "Unpaired, Unpaired", "Married, Unknown", "paired, Unknown", "null, Unknown"},
            nullValues = "null")
    void aPairingInWordsThatAreNotKnownIsUnknown(String word, Pairing pairing) {
        assertThat(StatusReader.pairing(WhatsAppSessionStatus.builder()
                        .observedGeneration(1L)
                        .pairing(word)
                        .build()))
                .isEqualTo(pairing);
    }

    @ParameterizedTest
    @CsvSource(
            value = {"null, 0", "-4, 0", "0, 0", "7, 7", "2147483647, 2147483647"},
            nullValues = "null")
    void restartsAreNeverBelowZero(Integer restarts, int read) {
        assertThat(StatusReader.restarts(WhatsAppSessionStatus.builder()
                        .observedGeneration(1L)
                        .restarts(restarts)
                        .build()))
                .isEqualTo(read);
    }

    @Test
    void theReadinessIsReadFromTheConditionsWhateverTheirReason() {
        Condition ready = condition("Ready", "False", "Dreaming", "2026-05-01T11:00:00Z", 4L);
        Condition stalled = condition("Stalled", "True", "Dreaming", "2026-05-01T11:00:00Z", 4L);

        assertThat(StatusReader.reported(conditions(ready, stalled)))
                .contains(new ReportedStatus(
                        Ready.False,
                        Optional.empty(),
                        true,
                        Instant.parse("2026-05-01T11:00:00Z"),
                        Optional.empty(),
                        Instant.parse("2026-05-01T11:00:00Z"),
                        4));
        assertThat(StatusReader.reported(conditions(ready)).orElseThrow().stalled())
                .isFalse();
    }

    @Test
    void aReadinessWithAnUnknownWordAndNoGenerationIsAboutNothingThatStands() {
        assertThat(StatusReader.reported(conditions(condition("Ready", "Perhaps", "Working", null, null))))
                .contains(new ReportedStatus(
                        Ready.Unknown,
                        Optional.of(Reason.Working),
                        false,
                        Instant.EPOCH,
                        Optional.empty(),
                        Instant.EPOCH,
                        -1));
    }

    private static net.wawp.operator.session.LastAction read(LastAction written) {
        return StatusReader.lastAction(status(1L, written), SEEN).orElseThrow();
    }

    private static LastAction at(String time) {
        return new LastAction("Stop", "7f3c", "Desired", "Intended", 1, 1L, time);
    }

    private static WhatsAppSessionStatus status(Long observedGeneration, LastAction action) {
        return WhatsAppSessionStatus.builder()
                .observedGeneration(observedGeneration)
                .lastAction(action)
                .build();
    }

    private static WhatsAppSessionStatus conditions(Condition... conditions) {
        return WhatsAppSessionStatus.builder()
                .observedGeneration(1L)
                .conditions(List.of(conditions))
                .build();
    }

    private static Condition condition(String type, String status, String reason, String since, Long generation) {
        return new Condition(type, status, reason, "So it is.", since, generation);
    }
}
