package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Two replicas of the packaged operator on a real API server, while people edit, rename, recreate and delete, Wawp fails, and the replicas are
 * killed, frozen and asked to end. After each round the calls that reached Wawp keep the rules, and whenever calm comes all sessions reach
 * the declared state. 20 rounds; more: {@code -Dchaos.rounds=10000}. A failure names the seed and the round: {@code -Dchaos.seed=<seed>
 * -Dchaos.first=<round>} plays the same steps again, though not to the millisecond.
 */
@OnKubernetes(needs = Program.Helm, cluster = Cluster.Own)
@Tag("proof")
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts an API server and operators")
class ChaosIT {

    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 20);
    private static final int FIRST = Integer.getInteger("chaos.first", 0);
    private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
    private static final int ROUNDS_BEFORE_CALM = 10;

    @Test
    void whateverHappensLogoutsStayRareWantedAndDone() {
        try (Chaos chaos = new Chaos(SEED)) {
            for (int round = FIRST; round < FIRST + ROUNDS; round++) {
                chaos.play(round);
                boolean isLast = round == FIRST + ROUNDS - 1;
                if (isLast || (round + 1) % ROUNDS_BEFORE_CALM == 0) {
                    chaos.calm();
                    System.out.printf("Round %d, seed %d: %s%n", round, SEED, chaos.summary());
                }
            }
            assertThat(chaos.changes()).as("calls that reached Wawp").isPositive();
        }
    }
}
