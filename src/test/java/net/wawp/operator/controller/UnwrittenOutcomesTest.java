package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Purpose;
import org.junit.jupiter.api.Test;

class UnwrittenOutcomesTest {

    private final UnwrittenOutcomes outcomes = new UnwrittenOutcomes();
    private final List<String> woken = new ArrayList<>();

    @Test
    void withoutAnyCallNothingIsWaitedFor() {
        assertThat(outcomes.allWritten(woken::add)).isCompleted();
        assertThat(woken).isEmpty();
    }

    @Test
    void aProcessThatStopsWakesTheResourcesWhoseOutcomesAreMissingAndWaitsForAllOfThem() {
        outcomes.sent(intent("a-1"), "uid-1");
        outcomes.sent(intent("a-2"), "uid-2");

        var allWritten = outcomes.allWritten(woken::add);
        assertThat(woken).containsExactlyInAnyOrder("uid-1", "uid-2");

        outcomes.written(intent("a-1").closedAs(Phase.Confirmed), true);
        assertThat(allWritten).isNotDone();

        outcomes.written(intent("a-2").closedAs(Phase.Abandoned), true);
        assertThat(allWritten).isCompleted();
    }

    @Test
    void anIntentThatIsStillOpenIsNoOutcome() {
        outcomes.sent(intent("a-1"), "uid-1");
        outcomes.written(intent("a-1"), false);

        assertThat(outcomes.allWritten(woken::add)).isNotDone();
    }

    @Test
    void anOutcomeThatWasWrittenBeforeIsNotWaitedFor() {
        outcomes.sent(intent("a-1"), "uid-1");
        outcomes.written(intent("a-1").closedAs(Phase.Confirmed), true);

        assertThat(outcomes.allWritten(woken::add)).isCompleted();
    }

    @Test
    void theOutcomeOfAResourceThatIsGoneIsNotWaitedFor() {
        outcomes.sent(intent("a-1"), "uid-1");
        outcomes.sent(intent("a-2"), "uid-1");
        var allWritten = outcomes.allWritten(woken::add);

        outcomes.forget("uid-1");

        assertThat(allWritten).isCompleted();
    }

    @Test
    void theOutcomeOfAnotherProcessesCallChangesNothing() {
        outcomes.sent(intent("a-1"), "uid-1");
        outcomes.written(intent("b-1").closedAs(Phase.Confirmed), true);

        assertThat(outcomes.allWritten(woken::add)).isNotDone();
    }

    private static LastAction intent(String id) {
        return new LastAction(
                Action.Logout, id, Purpose.Desired, Phase.Intended, 1, 1, Instant.parse("2026-01-01T00:00:00Z"));
    }
}
