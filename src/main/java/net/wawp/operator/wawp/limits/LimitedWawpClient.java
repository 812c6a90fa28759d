package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/**
 * Holds back what Wawp should not be asked now, and answers it here instead, as {@code Withheld}: calls with a token that Wawp refuses or
 * has limited, routine polls beyond our own rate, and, while the gateway is out, everything but one poll a time. Thread-safe.
 */
public final class LimitedWawpClient implements WawpClient {

    private static final Duration CLEANING_INTERVAL = Duration.ofMinutes(1);

    private final WawpClient client;
    private final int callsPerSecond;
    private final int burst;
    private final InstantSource clock;
    private final RandomGenerator random;

    private final Object lock = new Object();
    private final CircuitBreaker breaker;
    private final Map<String, CredentialLimits> byToken = new HashMap<>();
    private Instant cleanedAt;

    /** What becomes of a call. */
    private sealed interface Admission {}

    /** It goes out. */
    private record Pass(CredentialLimits limits, Instant sent, boolean isProbe) implements Admission {}

    /** It is judged anew once the first call with its token is answered. */
    private record Wait(CompletableFuture<Void> firstAnswer) implements Admission {}

    /** It is answered here. */
    private record Held(Failure failure) implements Admission {}

    /**
     * @param client asked what is not held back
     * @param callsPerSecond how many calls one token makes in the long run before its routine polls are held back
     * @param burst how many it may make at once after a rest
     */
    public LimitedWawpClient(
            WawpClient client, int callsPerSecond, int burst, InstantSource clock, RandomGenerator random) {
        this.client = client;
        this.callsPerSecond = callsPerSecond;
        this.burst = burst;
        this.clock = clock;
        this.random = random;
        this.breaker = new CircuitBreaker(random);
        this.cleanedAt = clock.instant();
    }

    @Override
    public CompletionStage<WawpResponse> send(WawpRequest request) {
        Admission admission = admit(request.priority(), request.credentials().tokenFingerprint());
        if (admission instanceof Wait wait) {
            return wait.firstAnswer().thenCompose(answered -> send(request));
        }
        if (admission instanceof Pass pass) {
            return client.send(request)
                    .thenApply(
                            response -> takeIn(response, request.credentials().instanceId(), pass));
        }
        return CompletableFuture.completedStage(new WawpResponse.Refused(((Held) admission).failure()));
    }

    /** While the gateway is out and nobody is finding out whether it is back: the earliest time for a poll that does. */
    public Optional<Instant> nextProbe() {
        synchronized (lock) {
            return breaker.nextProbe();
        }
    }

    private Admission admit(Priority priority, String token) {
        synchronized (lock) {
            Instant now = clock.instant();
            forgetIdle(now);
            CredentialLimits limits =
                    byToken.computeIfAbsent(token, unknown -> new CredentialLimits(callsPerSecond, burst, random, now));
            Optional<CompletableFuture<Void>> firstAnswer = limits.firstAnswer();
            if (firstAnswer.isPresent()) {
                return new Wait(firstAnswer.get());
            }
            return limits.refusal(priority, now)
                    .or(() -> breaker.refusal(priority, now))
                    .or(() -> limits.excess(priority, now))
                    .<Admission>map(Held::new)
                    .orElseGet(() -> {
                        limits.sent(now);
                        return new Pass(limits, now, breaker.sent());
                    });
        }
    }

    private WawpResponse takeIn(WawpResponse reply, String instanceId, Pass pass) {
        WawpResponse limited;
        synchronized (lock) {
            Instant now = clock.instant();
            tellBreaker(reply, instanceId, pass, now);
            limited = pass.limits().answered(reply, pass.sent(), now);
        }
        pass.limits().releaseWaiting();
        return limited;
    }

    private void tellBreaker(WawpResponse reply, String instanceId, Pass pass, Instant now) {
        if (!(reply instanceof WawpResponse.Refused refused)
                || refused.failure().kind() != Kind.GatewayUnavailable) {
            breaker.reached();
        } else if (refused.failure().delivery() != Delivery.Withheld) {
            breaker.failed(instanceId, refused.failure().delivery(), pass.isProbe(), now);
        }
    }

    private void forgetIdle(Instant now) {
        if (now.isAfter(cleanedAt.plus(CLEANING_INTERVAL))) {
            byToken.values().removeIf(limits -> limits.isForgettable(now));
            cleanedAt = now;
        }
    }
}
