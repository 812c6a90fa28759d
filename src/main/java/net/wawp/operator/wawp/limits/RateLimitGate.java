package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;

/**
 * Closed after a 429: until the time that Wawp named, else for a time that grows with each further 429. Lets nobody through, people
 * included. Not thread-safe.
 */
final class RateLimitGate {

    private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);
    private static final Duration MOST_PAUSE = Duration.ofMinutes(5);
    private static final int MOST_DOUBLINGS = 9;

    private final RandomGenerator random;
    private Instant opensAt = Instant.MIN;
    private Instant limitedAt = Instant.MIN;
    private int limitsInARow;

    RateLimitGate(RandomGenerator random) {
        this.random = random;
    }

    /** Why a call is to be held back, if it is. */
    Optional<Failure> refusal(Instant now) {
        return now.isBefore(opensAt)
                ? Optional.of(new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(opensAt)))
                : Optional.empty();
    }

    /**
     * Takes a 429 in.
     *
     * @param sent when the call was: those that were under way together count as one
     * @param named the time that the answer names
     * @return when calls may go on
     */
    Instant limited(Optional<Instant> named, Instant sent, Instant now) {
        if (!sent.isBefore(limitedAt)) {
            limitsInARow++;
            limitedAt = now;
        }
        Instant until = named.orElseGet(() -> now.plus(pause()));
        opensAt = until.isAfter(opensAt) ? until : opensAt;
        return opensAt;
    }

    /** Wawp answered something else. */
    void passed() {
        limitsInARow = 0;
    }

    /** Exponential backoff with full jitter. */
    private Duration pause() {
        Duration ceiling = limitsInARow < MOST_DOUBLINGS ? LEAST_PAUSE.multipliedBy(1L << limitsInARow) : MOST_PAUSE;
        return LEAST_PAUSE.plusMillis(random.nextLong(ceiling.minus(LEAST_PAUSE).toMillis() + 1));
    }
}
