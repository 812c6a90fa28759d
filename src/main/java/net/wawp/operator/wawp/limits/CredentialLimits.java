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

    /** The other polls pay for those that never wait. Without an end the first polls of a fleet would keep people waiting for minutes. */
    private static final Duration MOST_DEBT = Duration.ofSeconds(3);

    private final CredentialGate unauthorized = new CredentialGate();
    private final LearntRate learntRate;
    private final TokenBucket bucket;
    private final CompletableFuture<Void> firstAnswer = new CompletableFuture<>();
    private int inFlight;
    private Instant lastUse;

    CredentialLimits(int callsPerSecond, int burst, RandomGenerator random, Instant now) {
        learntRate = new LearntRate(callsPerSecond, random, now);
        bucket = new TokenBucket(burst, Duration.ofSeconds(1).dividedBy(callsPerSecond), MOST_DEBT, now);
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
        return unauthorized
                .refusal(priority, now)
                .or(() -> learntRate.heldBackUntil(priority, now).map(CredentialLimits::heldBack));
    }

    /** Why a call must be held back by the rate that is set for the operator, if it must. */
    Optional<Failure> excess(Priority priority, Instant now) {
        Optional<Instant> until =
                switch (priority) {
                    case Routine -> bucket.emptyUntil(KEPT_FOR_PEOPLE, now);
                    case Requested -> bucket.emptyUntil(0, now);
                    case Prompt, Command -> Optional.empty();
                };
        return until.map(learntRate::nextPoll).map(CredentialLimits::heldBack);
    }

    private static Failure heldBack(Instant until) {
        return new Failure(Kind.RateLimited, Delivery.Withheld, Optional.of(until));
    }

    /** See {@link LearntRate#rate}. */
    double learntRate() {
        return learntRate.rate();
    }

    void sent(Instant now) {
        inFlight++;
        lastUse = now;
        bucket.take(now);
        learntRate.sent(now);
        unauthorized.sent(now);
    }

    /** Takes in the response to a call, and gives it back with the time that a limit sets. */
    WawpResponse answered(WawpResponse response, Priority priority, Instant sent, Instant now) {
        inFlight--;
        unauthorized.answered(response);
        if (!(response instanceof WawpResponse.Refused refused)) {
            learntRate.passed(now);
            return response;
        }
        Failure failure = refused.failure();
        return switch (failure.kind()) {
            case RateLimited -> {
                Instant until = learntRate.limited(priority, failure.notBefore(), sent, now);
                yield new WawpResponse.Refused(new Failure(failure.kind(), failure.delivery(), Optional.of(until)));
            }
            case RequestRejected, Unauthorized, QuotaExceeded, InstanceNotFound -> {
                learntRate.passed(now);
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
