package net.wawp.operator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.schedule.RunningWindows.State;
import net.wawp.operator.schedule.RunningWindows.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunningWindowsTest {

    private static final String BERLIN = "Europe/Berlin";

    /** In Berlin, where it is two hours later in summer: from 08:00 to 18:00 on working days. */
    private static final RunningWindows OFFICE = windows(window("0 8 * * 1-5", "PT10H", BERLIN));

    @ParameterizedTest
    @CsvSource({
        // Wednesday
        "2026-07-01T05:59:59.999Z, false, 2026-07-01T06:00:00Z",
        "2026-07-01T06:00:00Z,     true,  2026-07-01T16:00:00Z",
        "2026-07-01T15:59:59.999Z, true,  2026-07-01T16:00:00Z",
        "2026-07-01T16:00:00Z,     false, 2026-07-02T06:00:00Z",
        // Friday evening
        "2026-07-03T20:00:00Z,     false, 2026-07-06T06:00:00Z"
    })
    void aWindowBeginsWithItsStartAndEndsWithItsDuration(Instant time, boolean inside, Instant changesAt) {
        assertThat(OFFICE.at(time)).isEqualTo(new State(inside, Optional.of(changesAt)));
    }

    @Test
    void windowsThatOverlapOrTouchAreOne() {
        RunningWindows windows = windows(
                window("0 8 * * *", "PT4H", "UTC"),
                window("0 11 * * *", "PT3H", "UTC"),
                window("0 14 * * *", "PT1H", "UTC"));

        assertThat(windows.at(Instant.parse("2026-07-01T09:00:00Z"))).isEqualTo(inside("2026-07-01T15:00:00Z"));
        assertThat(windows.at(Instant.parse("2026-07-01T13:30:00Z"))).isEqualTo(inside("2026-07-01T15:00:00Z"));
        assertThat(windows.at(Instant.parse("2026-07-01T15:00:00Z"))).isEqualTo(outside("2026-07-02T08:00:00Z"));
    }

    @Test
    void aWindowThatOverlapsItsOwnNextOneGoesOn() {
        RunningWindows windows = windows(window("0 8,12 * * *", "PT6H", "UTC"));

        assertThat(windows.at(Instant.parse("2026-07-01T09:00:00Z"))).isEqualTo(inside("2026-07-01T18:00:00Z"));
    }

    @Test
    void aWindowMayReachOverMidnightAndTheWeekEnd() {
        RunningWindows windows = windows(window("0 22 * * 7", "PT12H", "UTC"));

        assertThat(windows.at(Instant.parse("2026-07-06T09:59:00Z"))).isEqualTo(inside("2026-07-06T10:00:00Z"));
    }

    @Test
    void windowsWithoutAGapHaveNoEnd() {
        assertThat(windows(window("0 0 * * *", "PT24H", "UTC")).at(Instant.parse("2026-07-01T09:00:00Z")))
                .isEqualTo(new State(true, Optional.empty()));
    }

    @Test
    void aStartThatNeverComesLeavesTheSessionOutsideForGood() {
        assertThat(windows(window("0 0 30 2 *", "PT1H", "UTC")).at(Instant.parse("2026-07-01T09:00:00Z")))
                .isEqualTo(new State(false, Optional.empty()));
    }

    /** On 29 March 2026 the clocks of Berlin go from 02:00 to 03:00, on 25 October from 03:00 back to 02:00. */
    @ParameterizedTest
    @CsvSource({
        "0 20 * * *,  PT10H, 2026-03-28T20:00:00Z, 2026-03-29T05:00:00Z",
        "0 20 * * *,  PT10H, 2026-10-24T20:00:00Z, 2026-10-25T04:00:00Z",
        "0 8 * * *,   PT10H, 2026-03-29T07:00:00Z, 2026-03-29T16:00:00Z",
        "0 8 * * *,   PT10H, 2026-10-25T08:00:00Z, 2026-10-25T17:00:00Z"
    })
    void aDurationIsTimeThatPassesAlsoWhenTheClocksChange(String start, Duration duration, Instant time, Instant end) {
        assertThat(windows(window(start, duration.toString(), BERLIN)).at(time))
                .isEqualTo(new State(true, Optional.of(end)));
    }

    @Test
    void aStartInTheHourThatTheClockSkipsComesAsMuchLater() {
        RunningWindows windows = windows(window("30 2 * * *", "PT1H", BERLIN));

        assertThat(windows.at(Instant.parse("2026-03-29T00:00:00Z"))).isEqualTo(outside("2026-03-29T01:30:00Z"));
        assertThat(windows.at(Instant.parse("2026-03-29T01:40:00Z"))).isEqualTo(inside("2026-03-29T02:30:00Z"));
    }

    @Test
    void aStartInTheHourThatTheClockRepeatsHappensOnce() {
        RunningWindows windows = windows(window("30 2 * * *", "PT20M", BERLIN));
        Instant first = Instant.parse("2026-10-25T00:30:00Z");

        assertThat(windows.at(first.minusSeconds(60))).isEqualTo(outside("2026-10-25T00:30:00Z"));
        assertThat(windows.at(first.plusSeconds(60))).isEqualTo(inside("2026-10-25T00:50:00Z"));
        assertThat(windows.at(first.plus(Duration.ofMinutes(61)))).isEqualTo(outside("2026-10-26T01:30:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"61 8 * * *", "0 8 * * 9", "0 25 * * *", "0 8 * *", "now", "0 8 ? * L"})
    void aStartThatIsNoCronExpressionIsRefused(String start) {
        assertThatThrownBy(() -> windows(window(start, "PT1H", "UTC")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("start");
    }

    @Test
    void aZoneThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> windows(window("0 8 * * *", "PT1H", "Europe/Atlantis")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeZone");
    }

    private static State inside(String until) {
        return new State(true, Optional.of(Instant.parse(until)));
    }

    private static State outside(String until) {
        return new State(false, Optional.of(Instant.parse(until)));
    }

    private static RunningWindows windows(Text... texts) {
        return RunningWindows.union(Stream.of(texts).map(RunningWindows::of).toList());
    }

    private static Text window(String start, String duration, String zone) {
        return new Text(start, Duration.parse(duration), zone);
    }
}
