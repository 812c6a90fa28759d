package net.wawp.operator.controller;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Searches all that may happen in a world, breadth first: each state once, known by its hash. The world cannot be copied, so a state is
 * kept as the moves that lead to it, and made anew from the beginning.
 *
 * @param <M> a move
 */
final class StateSearch<M> {

    /** A world that does what it is told, always the same. */
    interface Searched<M> {

        /** What may happen next. */
        List<M> moves();

        void make(M move);

        /** A hash of all that matters for what may follow. */
        long state();

        /** The first rule that was broken. */
        Optional<String> broken();

        /** Leaves the world in peace for long, after which it cannot be searched any more; a rule may be broken then. */
        void comeToRest();
    }

    /** Is told while a long search goes on. */
    interface Progress {

        /** @param depth by how many moves all states were searched */
        void reached(int states, int depth);
    }

    /**
     * What was searched.
     *
     * @param states how many distinct ones
     * @param moves how many were made from them
     * @param depth by how many moves all states were searched
     * @param rested how many of the states were left in peace
     * @param isWhole whether there are no others
     */
    record Found<M>(
            int states,
            long moves,
            int depth,
            long rested,
            boolean isWhole,
            Optional<Counterexample<M>> counterexample) {}

    record Counterexample<M>(String rule, List<M> moves) {}

    private static final int PROGRESS_EVERY = 500_000;

    private final Supplier<? extends Searched<M>> beginning;
    private final int bound;
    private final int restEvery;
    private final int threads;
    private final Progress progress;

    private final HashSetOfLongs seen = new HashSetOfLongs();
    private int[] parents = new int[1024];
    private Object[] moves = new Object[1024];
    private int states;
    private int depth;
    private long movesMade;
    private long rested;
    private volatile Optional<Counterexample<M>> counterexample = Optional.empty();

    /**
     * @param bound how many states are searched at most
     * @param restEvery of so many states one is left in peace, to see that nothing hangs
     */
    StateSearch(Supplier<? extends Searched<M>> beginning, int bound, int restEvery, int threads, Progress progress) {
        this.beginning = beginning;
        this.bound = bound;
        this.restEvery = restEvery;
        this.threads = threads;
        this.progress = progress;
    }

    Found<M> run() {
        add(beginning.get().state(), -1, null);
        int from = 0;
        while (from < states && !isOver()) {
            int to = states;
            expand(from, to);
            if (!isOver()) {
                depth++;
            }
            from = to;
        }
        return new Found<>(states, movesMade, depth, rested, !isOver(), counterexample);
    }

    private boolean isOver() {
        return states >= bound || counterexample.isPresent();
    }

    private void expand(int from, int to) {
        AtomicInteger next = new AtomicInteger(from);
        Runnable work = () -> {
            for (int state = next.getAndIncrement(); state < to && !isOver(); state = next.getAndIncrement()) {
                expand(state);
            }
        };
        List<CompletableFuture<Void>> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            others.add(CompletableFuture.runAsync(work));
        }
        work.run();
        try {
            others.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private void expand(int state) {
        List<M> path = path(state);
        Searched<M> world = replay(path);
        List<M> choices = world.moves();
        for (int i = 0; i < choices.size() && !isOver(); i++) {
            M move = choices.get(i);
            Searched<M> next = i == 0 ? world : replay(path);
            next.make(move);
            if (next.broken().isPresent()) {
                counterexample(next.broken().get(), path, move);
                return;
            }
            long hash = next.state();
            if (add(hash, state, move) && Math.floorMod(hash, restEvery) == 0) {
                next.comeToRest();
                if (next.broken().isPresent()) {
                    counterexample(next.broken().get(), path, move);
                    return;
                }
            }
        }
    }

    private synchronized void counterexample(String rule, List<M> path, M move) {
        List<M> all = new ArrayList<>(path);
        all.add(move);
        counterexample = counterexample.or(() -> Optional.of(new Counterexample<>(rule, List.copyOf(all))));
    }

    private synchronized boolean add(long hash, int parent, M move) {
        movesMade++;
        if (!seen.add(hash)) {
            return false;
        }
        if (Math.floorMod(hash, restEvery) == 0) {
            rested++;
        }
        if (states == parents.length) {
            parents = Arrays.copyOf(parents, states * 2);
            moves = Arrays.copyOf(moves, states * 2);
        }
        parents[states] = parent;
        moves[states] = move;
        states++;
        if (states % PROGRESS_EVERY == 0) {
            progress.reached(states, depth);
        }
        return true;
    }

    @SuppressWarnings("unchecked")
    private synchronized List<M> path(int state) {
        Deque<M> path = new ArrayDeque<>();
        for (int at = state; parents[at] >= 0; at = parents[at]) {
            path.push((M) moves[at]);
        }
        return List.copyOf(path);
    }

    private Searched<M> replay(List<M> path) {
        Searched<M> world = beginning.get();
        path.forEach(world::make);
        return world;
    }

    /** Open addressing: ten million hashes are 256 MiB at most. */
    private static final class HashSetOfLongs {

        private long[] table = new long[1 << 12];
        private int size;

        /** Zero stands for an empty place, so it counts as another number. */
        boolean add(long number) {
            long value = number == 0 ? 1 : number;
            if (!put(table, value)) {
                return false;
            }
            size++;
            if (size * 2 > table.length) {
                long[] larger = new long[table.length * 2];
                for (long old : table) {
                    if (old != 0) {
                        put(larger, old);
                    }
                }
                table = larger;
            }
            return true;
        }

        private static boolean put(long[] table, long value) {
            int place = (int) (value ^ value >>> 32) & table.length - 1;
            while (table[place] != 0) {
                if (table[place] == value) {
                    return false;
                }
                place = place + 1 & table.length - 1;
            }
            table[place] = value;
            return true;
        }
    }
}
