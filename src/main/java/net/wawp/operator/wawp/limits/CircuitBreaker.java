package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Priority;

/**
 * Open while the gateway is out: then a single poll a time finds out whether it is back, ever more rarely. Not thread-safe.
 *
 * <p>Failures in a row that all concern one instance do not open it, unless there is no connection at all: a gateway error may come from
 * the engine of that instance alone.
 */
final class CircuitBreaker {

    private static final int FAILURES_TO_OPEN = 5;
    private static final int INSTANCES_TO_OPEN = 2;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final RandomGenerator random;
    private final Set<String> failingInstances = new HashSet<>();
    private int failures;
    private Optional<Instant> probeAt = Optional.empty();
    private Duration pause = FIRST_PAUSE;
    private boolean probing;

    CircuitBreaker(RandomGenerator random) {
        this.random = random;
    }

    /** Why this call is to be held back, if it is. A changing call is never the one that finds out. */
    Optional<Failure> refusal(Priority priority, Instant now) {
        boolean passes = probeAt.isEmpty() || priority != Priority.Command && isDue(now);
        return passes ? Optional.empty() : Optional.of(new Failure(Kind.GatewayUnavailable, Delivery.Withheld));
    }

    /** While it is open and nobody is finding out: the earliest time for the next try. */
    Optional<Instant> nextProbe() {
        return probeAt.filter(at -> !probing);
    }

    /** Whether the call that goes out now is the one that finds out. */
    boolean sent() {
        probing = probeAt.isPresent();
        return probing;
    }

    /** The gateway answered, with whatever. */
    void reached() {
        failures = 0;
        failingInstances.clear();
        probeAt = Optional.empty();
        probing = false;
        pause = FIRST_PAUSE;
    }

    /** The gateway failed. Calls that were under way when it opened change nothing more. */
    void failed(String instanceId, Delivery delivery, boolean wasProbe, Instant now) {
        if (probeAt.isPresent()) {
            if (wasProbe) {
                pause = pause.multipliedBy(2);
                openUntilProbe(now);
            }
            return;
        }
        failures++;
        failingInstances.add(instanceId);
        boolean concernsAll = failingInstances.size() >= INSTANCES_TO_OPEN || delivery == Delivery.Unreached;
        if (failures >= FAILURES_TO_OPEN && concernsAll) {
            openUntilProbe(now);
        }
    }

    private boolean isDue(Instant now) {
        return nextProbe().filter(at -> !now.isBefore(at)).isPresent();
    }

    /** Waits between a half and the whole of the pause, so that operators in many clusters do not come together. */
    private void openUntilProbe(Instant now) {
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        long half = pause.toMillis() / 2;
        probeAt = Optional.of(now.plusMillis(half + random.nextLong(half + 1)));
        probing = false;
    }
}
