package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.time.Backoff;

/**
 * Closed after a 429: until the time that Wawp names, or for a delay that grows with each further 429. Nothing passes, no poll that a person
 * requests either. Not thread-safe.
 */
final class RateLimitGate {

    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), 2, Duration.ofMinutes(5));

    private final RandomGenerator random;
    private Instant opensAt = Instant.MIN;
    private Instant limitedAt = Instant.MIN;
    private int limitsInARow;

    RateLimitGate(RandomGenerator random) {
        this.random = random;
    }

    /** Why a call must be held back, if it must. */
    Optional<Failure> refusal(Instant now) {
        return now.isBefore(opensAt)
                ? Optional.of(new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(opensAt)))
                : Optional.empty();
    }

    /**
     * Takes in a 429.
     *
     * @param named the time that the answer names
     * @param sent when the call was sent: calls that were in flight together count as one
     * @return when calls may continue
     */
    Instant limited(Optional<Instant> named, Instant sent, Instant now) {
        if (!sent.isBefore(limitedAt)) {
            limitsInARow++;
            limitedAt = now;
        }
        Instant until = named.orElseGet(() -> now.plus(BACKOFF.withJitter(limitsInARow, random)));
        opensAt = until.isAfter(opensAt) ? until : opensAt;
        return opensAt;
    }

    /** Wawp answered something else. */
    void passed() {
        limitsInARow = 0;
    }
}
