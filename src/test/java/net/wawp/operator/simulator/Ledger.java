package net.wawp.operator.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** The calls that came in, in order. Keeps the last {@value #CAPACITY}. Thread-safe. */
public final class Ledger {

    private static final int CAPACITY = 500_000;

    private final AtomicLong numbers = new AtomicLong();
    private final ConcurrentSkipListMap<Long, Call> calls = new ConcurrentSkipListMap<>();

    /** All calls. */
    public List<Call> calls() {
        return List.copyOf(calls.values());
    }

    /** The calls with a higher number than this. */
    public List<Call> callsAfter(long number) {
        return List.copyOf(calls.tailMap(number, false).values());
    }

    /** The calls for this operation on this instance. */
    public List<Call> calls(Operation operation, String instanceId) {
        return calls.values().stream()
                .filter(call -> call.is(operation, instanceId))
                .toList();
    }

    /** The number of the latest call, 0 before the first. */
    public long lastNumber() {
        return numbers.get();
    }

    /** Forgets all calls; numbers go on. */
    public void clear() {
        calls.clear();
    }

    long enter(Instant at, String method, String path, Optional<Operation> operation, Caller by) {
        long number = numbers.incrementAndGet();
        Call call = new Call(
                number,
                at,
                method,
                path,
                operation,
                by.instanceId(),
                by.tokenFingerprint(),
                by.style(),
                false,
                Optional.empty(),
                Optional.empty(),
                false);
        calls.put(number, call);
        calls.remove(number - CAPACITY);
        return number;
    }

    void update(long number, UnaryOperator<Call> change) {
        calls.computeIfPresent(number, (key, call) -> change.apply(call));
    }
}
