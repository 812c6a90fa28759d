package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.controller.World.Flaw;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * The real operator in many small worlds: real reconciler, policy, executor, poller, lanes and guard; simulated time, API server and Wawp. In
 * each world people, networks and processes do what they please for a while, then calm comes. A failure names the number of its world, which
 * replays it: {@code -Dmodel.first=<number> -Dmodel.worlds=1}. Many more worlds: {@code -Dmodel.worlds=100000}.
 */
class OperatorModelTest {

    private static final int WORLDS = Integer.getInteger("model.worlds", 200);
    private static final int FIRST = Integer.getInteger("model.first", 0);
    private static final int MOST_WORLDS_FOR_A_FLAW = 2_000;

    private final Logger commandLog = (Logger) LoggerFactory.getLogger(CommandSender.class);

    /** Confirmations fail by the hundred here. */
    @BeforeEach
    void logLess() {
        commandLog.setLevel(Level.ERROR);
    }

    @AfterEach
    void logAsBefore() {
        commandLog.setLevel(null);
    }

    @Test
    void everyWorldKeepsTheRulesAndComesToRest() {
        Set<Long> states = new HashSet<>();
        int steps = 0;
        int calls = 0;
        int logouts = 0;
        for (int number = FIRST; number < FIRST + WORLDS; number++) {
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
                WORLDS, FIRST, steps, states.size(), calls, logouts);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "None")
    void theRulesNoticeWhatIsBroken(Flaw flaw) {
        Optional<String> found = Optional.empty();
        int number = 0;
        for (; found.isEmpty() && number < MOST_WORLDS_FOR_A_FLAW; number++) {
            found = broken(new World(number, flaw, new HashSet<>()));
        }
        System.out.printf("%s, world %d: %s%n", flaw, number - 1, found.orElse("not noticed"));
        assertThat(found).as("what is broken with " + flaw).isPresent();
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
