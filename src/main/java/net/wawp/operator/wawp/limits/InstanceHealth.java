package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Which instances answered well when they were called last, and which did not. Not thread-safe. */
final class InstanceHealth {

    private static final Duration MEMORY = Duration.ofMinutes(20);

    /** One time for all calls of a second: there are a hundred thousand instances. */
    private static final Duration ACCURACY = Duration.ofSeconds(1);

    private final Map<String, Instant> good = new HashMap<>();
    private final Map<String, Instant> failing = new HashMap<>();
    private Instant lately = Instant.MIN;

    void answered(String instance, Instant now) {
        failing.remove(instance);
        good.put(instance, shared(now));
    }

    /** Whether the instance was good until now. */
    boolean failed(String instance, Instant now) {
        failing.put(instance, shared(now));
        return good.remove(instance) != null;
    }

    boolean isGood(String instance) {
        return good.containsKey(instance);
    }

    boolean isFailing(String instance) {
        return failing.containsKey(instance);
    }

    boolean isAnyGood() {
        return !good.isEmpty();
    }

    /** How many were called lately. */
    int known() {
        return good.size() + failing.size();
    }

    void forgetFailures() {
        failing.clear();
    }

    private Instant shared(Instant now) {
        if (!now.minus(ACCURACY).isBefore(lately)) {
            lately = now;
        }
        return lately;
    }

    /** Drops the instances that were not called for long. */
    void forgetIdle(Instant now) {
        Instant oldest = now.minus(MEMORY);
        good.values().removeIf(oldest::isAfter);
        failing.values().removeIf(oldest::isAfter);
    }
}
