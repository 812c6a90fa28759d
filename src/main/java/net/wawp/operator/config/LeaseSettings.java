package net.wawp.operator.config;

import java.time.Duration;

/**
 * How the replicas agree on the one that acts.
 *
 * @param namespace where the Lease lives
 * @param duration how long after its last renewal a Lease may not be taken over; whole seconds
 * @param renewDeadline how long after its last renewal the holder still acts; shorter than {@code duration}
 * @param retryPeriod the pause between two attempts to renew or to take over; shorter than half of {@code renewDeadline}
 */
public record LeaseSettings(String namespace, Duration duration, Duration renewDeadline, Duration retryPeriod) {}
