package net.wawp.operator.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import edu.mit.csail.sdg.translator.A4Solution;
import java.util.List;
import net.wawp.operator.protocol.Protocol.Guard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Searches all runs of the model up to a length: none breaks a rule with all guards, and without any one of them some run of that length breaks the rule that the guard is for. Longer runs:
 * {@code -Dprotocol.steps=12 -Dprotocol.versions=7}.
 */
@Tag("proof")
class ProtocolModelTest {

    private static final int STEPS = Integer.getInteger("protocol.steps", 9);
    private static final int VERSIONS = Integer.getInteger("protocol.versions", 5);

    @Test
    void noRunOfTheProtocolBreaksARuleWithAllGuards() {
        A4Solution solution =
                Protocol.solve("check { no Removed implies rulesHold } for %d Version, 2 Process, %d..%d steps"
                        .formatted(VERSIONS, STEPS, STEPS));

        assertThat(solution.satisfiable())
                .as("a run that breaks a rule:%n%s", solution)
                .isFalse();
    }

    @Test
    void aDeclaredLogoutCanHappen() {
        A4Solution solution = Protocol.solve(
                "run { no Removed and eventually (some Old and no Linked) } for 4 Version, 1 Process, 1..10 steps");

        assertThat(solution.satisfiable()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("guards")
    void aRunBreaksTheRuleThatAGuardIsFor(Guard guard) {
        A4Solution solution = Protocol.solve("check { Removed = %s implies %s } for %d Version, 2 Process, 1..%d steps"
                .formatted(guard.name(), guard.rule(), VERSIONS, STEPS));

        assertThat(solution.satisfiable())
                .as("a run that breaks %s", guard.rule())
                .isTrue();
        System.out.printf(
                "Without %s the rule %s breaks after %d steps%n", guard, guard.rule(), solution.getTraceLength() - 1);
    }

    static List<Guard> guards() {
        return Protocol.guards();
    }
}
