package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Shares the reconciler's threads among namespaces: a thread stays free for a namespace that uses none. The framework's queue is first come,
 * first served, so that one namespace with thousands of changes would make all others wait. Safe for use by several threads.
 */
final class NamespaceShares {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration FIRST_GUESS = Duration.ofMillis(5);
    /** An API server that hangs says nothing of how fast the work goes when it is back. */
    private static final Duration LONGEST_MEASURED = Duration.ofMillis(100);
    /** Nobody is sent away for longer: whoever is in excess then comes a second time. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    /** The weight of what was measured before against one more measurement. */
    private static final int MEMORY = 15;

    private final int threads;
    private final InstantSource clock;
    private final Map<String, Share> shares = new HashMap<>();
    private int inUse;
    private Duration mean = FIRST_GUESS;

    /** One namespace: how many threads it uses, and when the last of those that were sent away comes back. */
    private static final class Share {
        private int inUse;
        private Instant lastComesBack = Instant.MIN;
    }

    /** @param clock steady */
    NamespaceShares(int threads, InstantSource clock) {
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * A thread wants to work for this namespace.
     *
     * @return empty: it may, and has to say when it is done; else after what time to try again. The times of those that wait are as far apart
     *     as the work takes, so that hardly any comes in vain.
     */
    synchronized Optional<Duration> enter(String namespace) {
        Share share = shares.computeIfAbsent(namespace, name -> new Share());
        if (share.inUse == 0 || inUse < threads - 1) {
            share.inUse++;
            inUse++;
            return Optional.empty();
        }
        Instant now = clock.instant();
        boolean isInReach = share.lastComesBack.isAfter(now) && share.lastComesBack.isBefore(now.plus(LONGEST_WAIT));
        Instant last = isInReach ? share.lastComesBack : now;
        Duration apart = mean.dividedBy(Math.max(1, threads - 1));
        share.lastComesBack = last.plus(apart.compareTo(SHORTEST) < 0 ? SHORTEST : apart);
        return Optional.of(Duration.between(now, share.lastComesBack));
    }

    /** @param took how long the thread has worked for the namespace */
    synchronized void leave(String namespace, Duration took) {
        Duration measured = took.compareTo(LONGEST_MEASURED) < 0 ? took : LONGEST_MEASURED;
        mean = mean.multipliedBy(MEMORY).plus(measured).dividedBy(MEMORY + 1);
        inUse--;
        shares.get(namespace).inUse--;
        Instant now = clock.instant();
        shares.values().removeIf(share -> share.inUse == 0 && !share.lastComesBack.isAfter(now));
    }
}
