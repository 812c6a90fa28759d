package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import net.wawp.operator.controller.World.Flaw;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real operator in many small worlds: real reconciler, policy, executor, poller, lanes and guard; simulated time, API server and Wawp. In
 * each world people, networks and processes do what they please for a while, then calm comes. A failure names the number of its world, which
 * replays it: {@code -Dmodel.first=<number> -Dmodel.worlds=1}.
 */
class OperatorModelTest {

    private static final int FIRST = Integer.getInteger("model.first", 0);
    private static final int MOST_WORLDS_FOR_A_FLAW = 2_000;

    private final SilentThreads silent = new SilentThreads();

    /** Confirmations fail by the hundred here. */
    @BeforeEach
    void logNothing() {
        silent.addCurrent();
    }

    @AfterEach
    void logAsBefore() {
        silent.close();
    }

    @Test
    void everyWorldKeepsTheRulesAndComesToRest() {
        keepTheRulesAndComeToRest(Integer.getInteger("model.worlds", 50));
    }

    @Test
    @Tag("proof")
    void everyOneOfManyWorldsKeepsTheRulesAndComesToRest() {
        keepTheRulesAndComeToRest(Integer.getInteger("model.worlds", 2_000));
    }

    private static void keepTheRulesAndComeToRest(int worlds) {
        Set<Long> states = new HashSet<>();
        int steps = 0;
        int calls = 0;
        int logouts = 0;
        for (int number = FIRST; number < FIRST + worlds; number++) {
            World world = new World(number, Flaw.None, states);
            try {
                world.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("World " + number + ": " + e.getMessage(), e);
            }
            steps += world.steps();
            calls += world.checker.calls();
            logouts += world.checker.logouts();
        }
        System.out.printf(
                "%d worlds from number %d, %d steps, %d distinct states, %d calls, %d of them logouts%n",
                worlds, FIRST, steps, states.size(), calls, logouts);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "None")
    void theRulesNoticeWhatIsBroken(Flaw flaw) {
        Optional<String> found = Optional.empty();
        int number = likelyToShow(flaw);
        int end = number + MOST_WORLDS_FOR_A_FLAW;
        for (; found.isEmpty() && number < end; number++) {
            found = broken(new World(number, flaw, new HashSet<>()));
        }
        System.out.printf(
                "%s, world %d: %s%n",
                flaw,
                number - 1,
                found.flatMap(rule -> rule.lines().findFirst()).orElse("not noticed"));
        assertThat(found).as("what is broken with " + flaw).isPresent();
    }

    /** A world that showed it. Saves time alone: where it shows nothing any more, those that follow are searched. */
    private static int likelyToShow(Flaw flaw) {
        return switch (flaw) {
            case None, RemindersAreLost -> 0;
            case StaleConfirmation -> 1;
            case FenceAlwaysYes -> 3;
            case NoConflicts -> 246;
        };
    }

    private static Optional<String> broken(World world) {
        try {
            world.run();
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(e.getMessage());
        }
    }
}
