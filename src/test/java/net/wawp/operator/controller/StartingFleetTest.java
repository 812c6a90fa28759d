package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import net.wawp.operator.session.SessionState;
import org.junit.jupiter.api.Test;

/** Many sessions that an operator finds at its start. */
class StartingFleetTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** A start needs three calls: a poll, the start, and a poll that shows it. Those that work are polled meanwhile. */
    @Test
    void twoThousandStartsUseUpALimitOfAHundredCallsASecondAndAreHardlyEverRefused() {
        int sessions = 2_000;
        int limit = 100;
        StartingFleet fleet =
                new StartingFleet(sessions, Duration.ofMinutes(1), SessionState.STOPPED, Optional.of(limit));
        while (fleet.ready() < sessions && fleet.age().toMinutes() < 10) {
            fleet.pass(SECOND);
        }
        System.out.printf(
                "%d starts at %d calls a second: done after %d s with %d calls, %d answered with 429, %d writes%n",
                sessions, limit, fleet.age().toSeconds(), fleet.calls(), fleet.tooMany(), fleet.statusWrites());
        assertThat(fleet.ready()).isEqualTo(sessions);
        assertThat(fleet.tooMany()).isLessThanOrEqualTo(fleet.calls() / 200);
        assertThat(fleet.age().toSeconds())
                .as("within 1.1 times what the limit allows these calls")
                .isLessThanOrEqualTo(fleet.calls() * 11L / 10 / limit);
        assertThat(fleet.calls()).as("calls for each start").isLessThanOrEqualTo(4 * sessions);
        assertThat(fleet.commands()).as("starts sent").isLessThanOrEqualTo(sessions + fleet.tooMany());
    }
}
