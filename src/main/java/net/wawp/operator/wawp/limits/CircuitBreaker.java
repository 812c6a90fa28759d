package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Priority;

/**
 * Open while the address of Wawp is out: then one poll every four seconds finds out whether it is back. Not thread-safe.
 *
 * <p>A 5xx or a time-out may come from the engine of one instance alone, and many engines may be broken while the address works. So only
 * failures without a good answer in between count, and they open the breaker when more than two thirds of all instances have
 * turned from good to failing, or a hundred of them, and not while the only token that fails stands beside a good one. A refused connection concerns everybody.
 */
final class CircuitBreaker {

    static final Duration PROBE_INTERVAL = Duration.ofSeconds(4);

    /** Enough refused connections in a row. */
    static final int CONNECTIONS = 5;
    /** Enough failed calls in a row. */
    static final int FAILURES = 10;
    /** Fewer instances among them that were good before are never enough while any other is good. */
    static final int FEWEST_INSTANCES = 10;
    /** So many are enough, however many were good. */
    static final int MOST_INSTANCES = 100;
    /** Enough failed calls in a row where no instance was ever good, as after a start. */
    static final int FAILURES_OF_UNKNOWN = 50;

    /** How long a probe is kept for an instance that was good last. */
    private static final Duration PREFERENCE = Duration.ofSeconds(2);
    /** Keeps the operators of many clusters apart. */
    private static final Duration JITTER = Duration.ofMillis(500);

    private static final Duration TOKEN_MEMORY = Duration.ofMinutes(2);

    private final InstanceHealth instances;
    private final RandomGenerator random;

    private final Map<String, Instant> goodTokens = new HashMap<>();
    private Optional<Instant> probeAt = Optional.empty();

    // since the last good answer
    private int refusedConnections;
    private int failures;
    private final Set<String> turnedInstances = new HashSet<>();
    private final Set<String> failedTokens = new HashSet<>();

    /** @param instances kept up to date by this breaker */
    CircuitBreaker(InstanceHealth instances, RandomGenerator random) {
        this.instances = instances;
        this.random = random;
    }

    /** Why the call must be held back, if it must. A command is never a probe. */
    Optional<Failure> refusal(Priority priority, String instance, Instant now) {
        boolean passes = probeAt.isEmpty() || priority != Priority.Command && isProbe(instance, now);
        return passes ? Optional.empty() : Optional.of(new Failure(Kind.GatewayUnavailable, Delivery.Withheld));
    }

    /** The earliest time of the next probe while the breaker is open. */
    Optional<Instant> nextProbe() {
        return probeAt;
    }

    /** A call goes out. */
    void sent(Instant now) {
        // counted from the start of a probe: one that hangs must not delay the next
        probeAt = probeAt.map(open -> probeAfter(now));
    }

    /** The address works: it gave an answer, a refusal included. */
    void answered(String instance, String token, Instant now) {
        if (probeAt.isPresent()) {
            // the outage explains them
            instances.forgetFailures();
            probeAt = Optional.empty();
        }
        instances.answered(instance, now);
        goodTokens.put(token, now);
        refusedConnections = 0;
        failures = 0;
        turnedInstances.clear();
        failedTokens.clear();
    }

    /** There was no connection, or an answer from whatever stands before the engine, or none. */
    void failed(String instance, String token, Delivery delivery, Instant now) {
        if (delivery == Delivery.Unreached) {
            refusedConnections++;
        } else {
            failures++;
            failedTokens.add(token);
            if (instances.failed(instance, now)) {
                turnedInstances.add(instance);
            }
        }
        if (probeAt.isEmpty() && isOutage(now)) {
            probeAt = Optional.of(probeAfter(now));
        }
    }

    void forgetIdle(Instant now) {
        goodTokens.values().removeIf(now.minus(TOKEN_MEMORY)::isAfter);
    }

    private boolean isOutage(Instant now) {
        if (refusedConnections >= CONNECTIONS) {
            return true;
        }
        return instances.known() > 1 && haveEnoughTurned() && !isOneTokenBesideGoodOnes(now);
    }

    private boolean haveEnoughTurned() {
        if (turnedInstances.isEmpty()) {
            return failures >= FAILURES_OF_UNKNOWN && !instances.isAnyGood();
        }
        return failures >= FAILURES && (haveMostTurned() || !instances.isAnyGood());
    }

    private boolean haveMostTurned() {
        int enough = Math.min(MOST_INSTANCES, Math.max(FEWEST_INSTANCES, instances.known() * 2 / 3 + 1));
        return turnedInstances.size() >= enough;
    }

    private boolean isOneTokenBesideGoodOnes(Instant now) {
        Instant oldest = now.minus(TOKEN_MEMORY);
        return failedTokens.size() == 1
                && goodTokens.entrySet().stream()
                        .anyMatch(token -> !failedTokens.contains(token.getKey())
                                && !token.getValue().isBefore(oldest));
    }

    private boolean isProbe(String instance, Instant now) {
        Instant due = probeAt.orElseThrow();
        boolean isPreferred = instances.isGood(instance) || !instances.isAnyGood();
        return !now.isBefore(isPreferred ? due : due.plus(PREFERENCE));
    }

    private Instant probeAfter(Instant now) {
        return now.plus(PROBE_INTERVAL).plusMillis(random.nextLong(JITTER.toMillis() + 1));
    }
}
