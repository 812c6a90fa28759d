package net.wawp.operator.session.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The policy at work in thousands of small worlds, each a quarter of an hour or more of chaos (calls that take effect at once, late or never, answers that
 * are lost or lie, edits, people with phones, operators that die at any moment), then calm. A failure names the number of its world, which
 * replays it.
 */
class PolicyModelTest {

    private static final int WORLDS = 3_000;

    @Test
    void everyWorldKeepsTheRulesAndComesToRest() {
        for (int number = 0; number < WORLDS; number++) {
            try {
                new World(number).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("World " + number + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class World {

        private final SimulatedTime time = new SimulatedTime();
        private final Random random;
        private final boolean edits;
        private final SimulatedResource resource;
        private final SimulatedWawp wawp;
        private final InvariantChecker referee;
        private SimulatedOperator operator;

        World(int number) {
            random = new Random(number);
            edits = random.nextInt(4) > 0;
            resource = new SimulatedResource(random);
            wawp = new SimulatedWawp(time, random);
            referee = new InvariantChecker(time, random, resource, wawp);
            operator = newOperator();
        }

        void run() {
            int happenings = 10 + random.nextInt(40);
            for (int i = 0; i < happenings; i++) {
                time.pass(Duration.ofMillis(random.nextInt(random.nextBoolean() ? 5_000 : 150_000)));
                happen();
            }
            calmDown();
            time.pass(Duration.ofHours(6));
            referee.atRest(operator);

            int writes = referee.writes();
            time.pass(Duration.ofHours(1));
            referee.atRest(operator);
            assertThat(referee.writes()).as("writes at rest").isEqualTo(writes);
        }

        private void happen() {
            switch (edits ? random.nextInt(12) : 3 + random.nextInt(9)) {
                case 0, 1 -> {
                    referee.edit();
                    operator.pass();
                }
                case 2 -> {
                    referee.request();
                    operator.pass();
                }
                case 3, 4 -> {
                    operator.die();
                    time.pass(Duration.ofMillis(random.nextInt(30_000)));
                    operator = newOperator();
                }
                case 5 -> {
                    resource.secretMissing = !resource.secretMissing;
                    operator.pass();
                }
                default -> wawp.happen();
            }
        }

        private void calmDown() {
            wawp.calmDown();
            referee.calmDown();
            resource.secretMissing = false;
            // one that died before it sent is replaced like any other
            operator.die();
            operator = newOperator();
        }

        private SimulatedOperator newOperator() {
            return new SimulatedOperator(time, random, resource, wawp, referee);
        }
    }
}
