package net.wawp.operator.config;

import java.time.Duration;

/**
 * How the replicas elect the one that acts.
 *
 * @param namespace of the Lease
 * @param name of the Lease: two shards must not have the same
 * @param duration how long after its last renewal nobody else may take the Lease; whole seconds
 * @param renewDeadline how long after its last renewal the holder still acts; shorter than {@code duration}
 * @param retryPeriod the pause between two attempts to renew or take the Lease; at most half of {@code renewDeadline}
 */
public record LeaseSettings(
        String namespace, String name, Duration duration, Duration renewDeadline, Duration retryPeriod) {}
