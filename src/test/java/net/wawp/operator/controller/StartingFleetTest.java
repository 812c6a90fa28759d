package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import net.wawp.operator.session.SessionState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many sessions that an operator finds at its start. */
class StartingFleetTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** A start needs three calls: a poll, the start, and a poll that shows it. Those that work are polled meanwhile. */
    @Test
    void twoThousandStartsUseUpALimitOfAHundredCallsASecondAndAreHardlyEverRefused() {
        assertStartsUseUpALimitOfAHundredCallsASecond(2_000, Duration.ofMinutes(1));
    }

    /** Polled once a minute they would need more than the limit by themselves. */
    @Test
    @Tag("proof")
    void tenThousandStartsUseUpALimitOfAHundredCallsASecondAndAreHardlyEverRefused() {
        assertStartsUseUpALimitOfAHundredCallsASecond(10_000, Duration.ofMinutes(5));
    }

    private static void assertStartsUseUpALimitOfAHundredCallsASecond(int sessions, Duration interval) {
        int limit = 100;
        StartingFleet fleet = new StartingFleet(sessions, 1, interval, SessionState.STOPPED, Optional.of(limit));
        while (fleet.ready() < sessions && fleet.age().toMinutes() < 10) {
            fleet.pass(SECOND);
        }
        System.out.printf(
                "%d starts at %d calls a second: done after %d s with %d calls, %d answered with 429, %d writes%n",
                sessions, limit, fleet.readyAfter().toSeconds(), fleet.calls(), fleet.tooMany(), fleet.statusWrites());
        assertThat(fleet.ready()).isEqualTo(sessions);
        assertThat(fleet.tooMany()).isLessThanOrEqualTo(fleet.calls() / 200);
        assertThat(fleet.readyAfter().toSeconds())
                .as("within 1.1 times what the limit allows these calls")
                .isLessThanOrEqualTo(fleet.calls() * 11L / 10 / limit);
        assertThat(fleet.calls()).as("calls for each start").isLessThanOrEqualTo(4 * sessions);
        assertThat(fleet.commands()).as("starts sent").isLessThanOrEqualTo(sessions + fleet.tooMany());
    }

    @Test
    void aSessionThatWorksIsNotPolledForTheEndOfItsStart() {
        int sessions = 10;
        StartingFleet fleet =
                new StartingFleet(sessions, 1, Duration.ofMinutes(10), SessionState.STOPPED, Optional.empty());
        fleet.pass(Duration.ofSeconds(30));
        assertThat(fleet.ready()).isEqualTo(sessions);
        int before = fleet.calls();
        fleet.pass(Duration.ofMinutes(1));
        // each has one turn in ten minutes
        assertThat(fleet.calls() - before).isLessThan(sessions / 2);
    }

    /** Twelve tenths of the normal rate of one poll per session and interval, the starts included. */
    @Test
    @Tag("proof")
    void aNewFleetOfTenThousandCallsWawpHardlyMoreOftenThanAFleetAtRestInItsFirstTwoMinutes() {
        int sessions = 10_000;
        StartingFleet fleet = fleetAfterTwoMinutes(SessionState.STOPPED);
        assertThat(fleet.ready()).isEqualTo(sessions);
        assertThat(fleet.calls()).isLessThanOrEqualTo(sessions / 30 * 120 * 12 / 10);
    }

    @Test
    @Tag("proof")
    void aFleetThatWorksIsPolledOnceInSevenSecondsAndThenAsOftenAsAtRest() {
        int sessions = 10_000;
        StartingFleet fleet = fleetAfterTwoMinutes(SessionState.WORKING);
        assertThat(fleet.readyAfter()).isLessThanOrEqualTo(Duration.ofSeconds(7));
        assertThat(fleet.calls()).as("once each, and at rest").isLessThanOrEqualTo(sessions + sessions * 120 / 30);
    }

    private static StartingFleet fleetAfterTwoMinutes(SessionState state) {
        StartingFleet fleet = new StartingFleet(10_000, 100, Duration.ofSeconds(30), state, Optional.empty());
        fleet.pass(Duration.ofMinutes(2));
        System.out.printf(
                "10000 sessions found %s: all ready after %s, %.2f times the normal rate in two minutes, calls each second %s%n",
                state, fleet.readyAfter(), fleet.calls() / (10_000 / 30.0 * 120), fleet.perSecond());
        return fleet;
    }
}
