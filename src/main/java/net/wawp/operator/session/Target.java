package net.wawp.operator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a resource asks for.
 *
 * @param changedAt when this process first saw this generation: only later polls count for it; equal to {@link Progress#foundAt} for the
 *     generation that it found
 * @param deletedAt the deletion timestamp; {@code desired} is then what the deletion policy asks for
 * @param pollInterval how often a settled session is polled
 * @param startingTimeout how long STARTING may take before it counts as a failure
 * @param maxRestarts how often recovery may restart the session; 0 turns it off
 * @param blocker present where the resource cannot be acted upon at all
 * @param requestedAt when this process first saw a request (annotation) that has not been handled yet
 */
public record Target(
        long generation,
        Instant changedAt,
        Desired desired,
        boolean suspended,
        Optional<Instant> deletedAt,
        Duration pollInterval,
        Duration startingTimeout,
        int maxRestarts,
        Optional<Blocker> blocker,
        Optional<Instant> requestedAt) {

    /**
     * Something beside Wawp that stands in the way: the Secret, another resource, the resource's own text.
     *
     * @param message a whole sentence for the user: what is wrong, who must do what
     * @param since when this process first met it
     * @param checkedAt when it was last verified
     */
    public record Blocker(Reason reason, String message, Instant since, Instant checkedAt) {}
}
