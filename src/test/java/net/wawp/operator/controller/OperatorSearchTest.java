package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.wawp.operator.controller.SearchedWorld.Flaw;
import net.wawp.operator.controller.StateSearch.Counterexample;
import net.wawp.operator.controller.StateSearch.Found;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real operator in a small world in which everything that may happen does, in every order: reconciler, policy, executor, poller, lane and
 * guards, searched breadth first. A rule that breaks is told with the shortest list of moves that breaks it.
 */
class OperatorSearchTest {

    /** How many disturbances there are at most, in one search after the other: with fewer of them a search comes further. */
    private static final List<Integer> DISTURBANCES = Stream.of(
                    System.getProperty("search.disturbances", "1,3").split(","))
            .map(Integer::valueOf)
            .toList();

    private static final int THREADS = Integer.getInteger("search.threads", 1);

    /** Of so many states one is left in peace. */
    private static final int REST_EVERY = Integer.getInteger("search.rest", 50);

    private static final Set<Move.Kind> ALL = EnumSet.range(Move.Kind.LogoutDeclared, Move.Kind.StartDue);

    /** The operator says millions of things while it is searched. */
    private static SilentThreads silent;

    @BeforeAll
    static void beSilent() {
        silent = new SilentThreads();
    }

    @AfterAll
    static void speakAgain() {
        silent.close();
    }

    @Test
    void everyStateThatIsReachedSoonKeepsTheRules() {
        keepTheRules(Integer.getInteger("search.states", 100_000));
    }

    @Test
    @Tag("proof")
    void everyOneOfManyStatesKeepsTheRules() {
        keepTheRules(Integer.getInteger("search.states", 300_000));
    }

    /** @param states in all searches together */
    private static void keepTheRules(int states) {
        DISTURBANCES.forEach(disturbances -> keepTheRules(states / DISTURBANCES.size(), disturbances));
    }

    private static void keepTheRules(int states, int disturbances) {
        Found<Move> found = search(Flaw.None, states, disturbances, REST_EVERY);
        System.out.printf(
                "%,d distinct states%s; all that %d moves reach, disturbances: at most %d; %,d moves made; %,d states left in peace%n",
                found.states(),
                found.isWhole() ? ", which are all" : "",
                found.depth(),
                disturbances,
                found.moves(),
                found.rested());
        assertThat(found.counterexample().map(broken -> told(Flaw.None, broken)))
                .isEmpty();
        assertThat(found.isWhole() || found.states() >= states).isTrue();
    }

    @ParameterizedTest
    @Tag("proof")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "None")
    void theSearchNoticesWhatIsBroken(Flaw flaw) {
        Found<Move> found = search(flaw, 100_000, 2, 10);
        System.out.printf(
                "%s, after %,d states: %s%n",
                flaw,
                found.states(),
                found.counterexample().map(broken -> told(flaw, broken)).orElse("not noticed"));
        assertThat(found.counterexample()).as("what is broken with " + flaw).isPresent();
    }

    /** Where the flaw shows soonest. */
    private static Set<Move.Kind> beginnings(Flaw flaw) {
        return switch (flaw) {
            case None -> ALL;
            case FenceAlwaysYes -> Set.of(Move.Kind.TwoProcesses);
            case GuardIsNotAsked,
                    StaleConfirmation,
                    StoppingProcessAnnounces,
                    OutcomesAreForgotten,
                    WipedStatusForgets -> Set.of(Move.Kind.LogoutDeclared);
            case ClientRetries, LostCallsCountAsUnsent, RetryAfterIsLost -> Set.of(Move.Kind.StartDue);
            case RemindersAreLost, LostEventsStayLost, SecretIsReadOnce -> Set.of(Move.Kind.AtRest);
        };
    }

    /** The search found that it did not, beyond the states of a build. */
    @Test
    void aRenameTogetherWithANewTokenKeepsTheSession() {
        SearchedWorld world = world(Flaw.None, 3, ALL);
        List<Move> moves = List.of(
                Move.of(Move.Kind.Deleted),
                Move.of(Move.Kind.PollAnswered),
                Move.of(Move.Kind.Wait61),
                Move.of(Move.Kind.PollAnswered),
                Move.of(Move.Kind.Create, 0, 1),
                Move.of(Move.Kind.TokenChanges));
        moves.forEach(move -> {
            assertThat(world.moves()).contains(move);
            world.make(move);
        });
        world.comeToRest();

        assertThat(world.broken()).isEmpty();
    }

    @Test
    void theSameMovesLeadToTheSameState() {
        SearchedWorld one = world(Flaw.None, 3, ALL);
        SearchedWorld other = world(Flaw.None, 3, ALL);
        for (int i = 0; i < 60; i++) {
            assertThat(other.moves()).isEqualTo(one.moves());
            Move move = one.moves().get(i % one.moves().size());
            one.make(move);
            other.make(move);
            assertThat(other.state()).as("after move %d, %s", i, move).isEqualTo(one.state());
        }
    }

    private static Found<Move> search(Flaw flaw, int states, int disturbances, int restEvery) {
        return new StateSearch<>(
                        () -> world(flaw, disturbances, beginnings(flaw)),
                        states,
                        restEvery,
                        THREADS,
                        (reached, depth) -> System.out.printf("%,d states, depth %d%n", reached, depth))
                .run();
    }

    private static SearchedWorld world(Flaw flaw, int disturbances, Set<Move.Kind> beginnings) {
        silent.addCurrent();
        return new SearchedWorld(flaw, disturbances, beginnings, note -> {});
    }

    /** The rule that was broken, and what happened until then. */
    private static String told(Flaw flaw, Counterexample<Move> counterexample) {
        List<String> notes = new ArrayList<>();
        SearchedWorld world = new SearchedWorld(flaw, Integer.MAX_VALUE, ALL, note -> notes.add(note.get()));
        counterexample.moves().forEach(world::make);
        if (world.broken().isEmpty()) {
            notes.add("then nothing is disturbed for 15 minutes");
        }
        return counterexample.rule() + "\n  " + String.join("\n  ", notes);
    }
}
