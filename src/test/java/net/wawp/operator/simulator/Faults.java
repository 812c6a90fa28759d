package net.wawp.operator.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The faults that wait for calls, oldest first. Thread-safe. */
public final class Faults {

    private final List<Fault> waiting = new ArrayList<>();

    public synchronized void add(Fault fault) {
        waiting.add(fault);
    }

    /** From now on nothing goes wrong. */
    public synchronized void clear() {
        waiting.clear();
    }

    /** Takes away what was set for this instance alone. */
    public synchronized void clear(String instanceId) {
        waiting.removeIf(
                fault -> fault.instanceId().filter(instanceId::equalsIgnoreCase).isPresent());
    }

    synchronized List<Fault> list() {
        return List.copyOf(waiting);
    }

    /** The first fault that concerns this call, which uses up one of its times. */
    synchronized Optional<Fault> take(String instanceId, Operation operation) {
        for (int i = 0; i < waiting.size(); i++) {
            Fault fault = waiting.get(i);
            if (fault.concerns(instanceId, operation)) {
                useUp(i, fault);
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }

    private void useUp(int position, Fault fault) {
        if (fault.times().isEmpty()) {
            return;
        }
        int left = fault.times().get() - 1;
        if (left == 0) {
            waiting.remove(position);
        } else {
            waiting.set(position, fault.times(left));
        }
    }
}
