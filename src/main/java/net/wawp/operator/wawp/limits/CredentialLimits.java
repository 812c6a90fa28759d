package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpResponse;

/** The limits of one access token. Not thread-safe. */
final class CredentialLimits {

    /** Longer than anything here lasts. */
    private static final Duration MEMORY = Duration.ofMinutes(20);

    private final CredentialGate unauthorized = new CredentialGate();
    private final RateLimitGate rateLimit;
    private final TokenBucket bucket;
    private final CompletableFuture<Void> firstAnswer = new CompletableFuture<>();
    private int inFlight;
    private Instant lastUse;

    CredentialLimits(int callsPerSecond, int burst, RandomGenerator random, Instant now) {
        rateLimit = new RateLimitGate(random);
        bucket = new TokenBucket(callsPerSecond, burst, now);
        lastUse = now;
    }

    /**
     * Present while the very first call is under way, and done with its answer: further ones wait for it, so that a bad token that many
     * resources share is tried once.
     */
    Optional<CompletableFuture<Void>> firstAnswer() {
        return inFlight > 0 && !firstAnswer.isDone() ? Optional.of(firstAnswer) : Optional.empty();
    }

    /** Why this call is to be held back by what Wawp has said to this token, if it is. */
    Optional<Failure> refusal(Priority priority, Instant now) {
        return unauthorized.refusal(priority, now).or(() -> rateLimit.refusal(now));
    }

    /** Why this call is to be held back by our own rate, if it is. */
    Optional<Failure> excess(Priority priority, Instant now) {
        return priority == Priority.Routine
                ? bucket.emptyUntil(now)
                        .map(until -> new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(until)))
                : Optional.empty();
    }

    void sent(Instant now) {
        inFlight++;
        lastUse = now;
        bucket.take(now);
        unauthorized.sent(now);
    }

    /** Takes in the reply to a call sent then; gives it back with the time that a limit names. */
    WawpResponse answered(WawpResponse reply, Instant sent, Instant now) {
        inFlight--;
        unauthorized.answered(reply);
        if (!(reply instanceof WawpResponse.Refused refused)) {
            rateLimit.passed();
            return reply;
        }
        Failure failure = refused.failure();
        return switch (failure.kind()) {
            case RateLimited -> {
                Instant until = rateLimit.limited(failure.notBefore(), sent, now);
                yield new WawpResponse.Refused(new Failure(failure.kind(), failure.delivery(), Optional.of(until)));
            }
            case RequestRejected, Unauthorized, QuotaExceeded, InstanceNotFound -> {
                rateLimit.passed();
                yield reply;
            }
            case GatewayUnavailable -> reply;
        };
    }

    /** Lets those go on who wait for the first answer. */
    void releaseWaiting() {
        firstAnswer.complete(null);
    }

    boolean isForgettable(Instant now) {
        return inFlight == 0 && now.isAfter(lastUse.plus(MEMORY));
    }
}
