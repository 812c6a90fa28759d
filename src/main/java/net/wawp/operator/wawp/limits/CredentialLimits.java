package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.time.TokenBucket;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpResponse;

/** The limits of one access token. Not thread-safe. */
final class CredentialLimits {

    /** Longer than any limit here lasts. */
    private static final Duration MEMORY = Duration.ofMinutes(20);

    /** Routine polls leave it, so that they do not take every token from a poll that somebody requests. */
    private static final int KEPT_FOR_PEOPLE = 1;

    private final CredentialGate unauthorized = new CredentialGate();
    private final RateLimitGate rateLimit;
    private final TokenBucket bucket;
    private final CompletableFuture<Void> firstAnswer = new CompletableFuture<>();
    private int inFlight;
    private Instant lastUse;

    CredentialLimits(int callsPerSecond, int burst, RandomGenerator random, Instant now) {
        rateLimit = new RateLimitGate(random);
        bucket = new TokenBucket(burst, Duration.ofSeconds(1).dividedBy(callsPerSecond), now);
        lastUse = now;
    }

    /**
     * Present while the very first call is in flight, and completed by its answer: further calls wait for it, so that a bad token that many
     * resources share is tried once.
     */
    Optional<CompletableFuture<Void>> firstAnswer() {
        return inFlight > 0 && !firstAnswer.isDone() ? Optional.of(firstAnswer) : Optional.empty();
    }

    /** Why a call must be held back after what Wawp answered to this token, if it must. */
    Optional<Failure> refusal(Priority priority, Instant now) {
        return unauthorized.refusal(priority, now).or(() -> rateLimit.refusal(now));
    }

    /** Why a call must be held back by the operator's own rate, if it must. */
    Optional<Failure> excess(Priority priority, Instant now) {
        Optional<Instant> until =
                switch (priority) {
                    case Routine -> bucket.emptyUntil(KEPT_FOR_PEOPLE, now);
                    case Requested -> bucket.emptyUntil(0, now);
                    case Prompt, Command -> Optional.empty();
                };
        return until.map(free -> new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(free)));
    }

    void sent(Instant now) {
        inFlight++;
        lastUse = now;
        bucket.take(now);
        unauthorized.sent(now);
    }

    /** Takes in the response to a call, and gives it back with the time that a limit sets. */
    WawpResponse answered(WawpResponse response, Instant sent, Instant now) {
        inFlight--;
        unauthorized.answered(response);
        if (!(response instanceof WawpResponse.Refused refused)) {
            rateLimit.passed();
            return response;
        }
        Failure failure = refused.failure();
        return switch (failure.kind()) {
            case RateLimited -> {
                Instant until = rateLimit.limited(failure.notBefore(), sent, now);
                yield new WawpResponse.Refused(new Failure(failure.kind(), failure.delivery(), Optional.of(until)));
            }
            case RequestRejected, Unauthorized, QuotaExceeded, InstanceNotFound -> {
                rateLimit.passed();
                yield response;
            }
            case GatewayUnavailable -> response;
        };
    }

    /** Lets the calls continue that wait for the first answer. */
    void releaseWaiting() {
        firstAnswer.complete(null);
    }

    boolean isForgettable(Instant now) {
        return inFlight == 0 && now.isAfter(lastUse.plus(MEMORY));
    }
}
