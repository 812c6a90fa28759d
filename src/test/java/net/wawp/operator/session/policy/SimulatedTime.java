package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that jumps from one event to the next. */
final class SimulatedTime {

    private record Event(Instant at, long number, Runnable what) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
    private Instant now = Instant.parse("2026-03-01T12:00:00.321Z");
    private long number;

    Instant now() {
        return now;
    }

    void after(Duration delay, Runnable what) {
        events.add(new Event(now.plus(delay), number++, what));
    }

    void at(Instant time, Runnable what) {
        events.add(new Event(time.isBefore(now) ? now : time, number++, what));
    }

    /** Lets that much time pass. */
    void pass(Duration duration) {
        Instant end = now.plus(duration);
        while (!events.isEmpty() && !events.peek().at().isAfter(end)) {
            Event next = events.poll();
            now = next.at();
            next.what().run();
        }
        now = end;
    }
}
