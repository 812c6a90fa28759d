package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;

/** Virtual time: runs what is due, in order, on the thread of the test. */
final class SimulatedTime implements InstantSource {

    private record Task(Instant due, long number, Runnable run) implements Comparable<Task> {

        @Override
        public int compareTo(Task other) {
            int compared = due.compareTo(other.due);
            return compared == 0 ? Long.compare(number, other.number) : compared;
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long numbers;

    @Override
    public Instant instant() {
        return now;
    }

    /** Tasks that are due at the same time run in the order in which they were given. */
    void after(Duration delay, Runnable task) {
        tasks.add(new Task(now.plus(delay), numbers++, task));
    }

    /** How many tasks are yet to run. */
    int queued() {
        return tasks.size();
    }

    void pass(Duration duration) {
        Instant end = now.plus(duration);
        while (!tasks.isEmpty() && !tasks.peek().due().isAfter(end)) {
            Task next = tasks.remove();
            now = next.due();
            next.run().run();
        }
        now = end;
    }
}
