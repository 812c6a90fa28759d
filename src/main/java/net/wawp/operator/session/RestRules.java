package net.wawp.operator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a session that should be running is to rest.
 *
 * @param outsideHours whether it has running hours, and now is outside of all of them
 * @param hoursChangeAt when that changes; empty where it never does
 * @param idleTimeout how long it may be unused
 * @param lastUsedAt when it was used last, as its annotation says: by the policy's clock, not after now
 * @param idleSince when it was found to be idle, as its status says; empty while it is not idle
 */
public record RestRules(
        boolean outsideHours,
        Optional<Instant> hoursChangeAt,
        Optional<Duration> idleTimeout,
        Optional<Instant> lastUsedAt,
        Optional<Instant> idleSince) {

    /** For a resource without rules of rest. */
    public static final RestRules NONE =
            new RestRules(false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
