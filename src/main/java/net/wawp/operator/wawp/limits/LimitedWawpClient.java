package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/**
 * Holds calls back that should not reach Wawp now, and answers them as {@code Withheld}: calls with a token that Wawp refuses, calls
 * beyond the rate that Wawp allows a token, polls beyond the rate that is set for it, routine polls of failing instances when many of
 * them are in flight, and all but one poll every four seconds while Wawp is out. Thread-safe.
 */
public final class LimitedWawpClient implements WawpClient {

    /** Instances that let calls time out must not take all connections from the others. */
    static final int MOST_CALLS_TO_FAILING_INSTANCES = 32;

    private static final WawpResponse UNANSWERED =
            new WawpResponse.Refused(new Failure(Kind.GatewayUnavailable, Delivery.Unanswered));

    private static final Duration CLEANING_INTERVAL = Duration.ofMinutes(1);

    private final WawpClient client;
    private final int callsPerSecond;
    private final int burst;
    private final InstantSource clock;
    private final RandomGenerator random;

    private final Object lock = new Object();
    private InstanceHealth instances = new InstanceHealth();
    private CircuitBreaker breaker;
    private final Map<String, CredentialLimits> byToken = new HashMap<>();
    private int callsToFailingInstances;
    private Instant cleanedAt;

    /** What becomes of a call. */
    private sealed interface Admission {}

    /** It goes out. */
    private record Admitted(CredentialLimits limits, Priority priority, Instant sent, boolean isToFailingInstance)
            implements Admission {}

    /** It is admitted or held when the first call with its token is answered. */
    private record Queued(CompletableFuture<Void> firstAnswer) implements Admission {}

    /** It is answered here. */
    private record HeldBack(Failure failure) implements Admission {}

    /**
     * @param client sends what is not held back
     * @param callsPerSecond how many calls one token makes in the long run before its polls are held back
     * @param burst how many it may make at once after a rest
     */
    public LimitedWawpClient(
            WawpClient client, int callsPerSecond, int burst, InstantSource clock, RandomGenerator random) {
        this.client = client;
        this.callsPerSecond = callsPerSecond;
        this.burst = burst;
        this.clock = clock;
        this.random = random;
        this.breaker = new CircuitBreaker(instances, random);
        this.cleanedAt = clock.instant();
    }

    @Override
    public CompletionStage<WawpResponse> send(WawpRequest request) {
        String token = request.credentials().accessToken();
        Admission admission = admit(request, token);
        if (admission instanceof Queued queued) {
            return queued.firstAnswer().thenCompose(answered -> send(request));
        }
        if (admission instanceof Admitted admitted) {
            return send(request, token, admitted);
        }
        return CompletableFuture.completedStage(new WawpResponse.Refused(((HeldBack) admission).failure()));
    }

    /** A client that fails, though it should not, has ended the call too: who waits for that is let on, and the caller hears of the failure. */
    private CompletionStage<WawpResponse> send(WawpRequest request, String token, Admitted admitted) {
        CompletionStage<WawpResponse> sent;
        try {
            sent = client.send(request);
        } catch (RuntimeException e) {
            sent = CompletableFuture.failedStage(e);
        }
        // one stage, since each poll comes by here
        return sent.handle((response, error) -> {
            WawpResponse taken = takeIn(error == null ? response : UNANSWERED, request.credentials(), token, admitted);
            if (error != null) {
                throw error instanceof CompletionException failed ? failed : new CompletionException(error);
            }
            return taken;
        });
    }

    /**
     * To be called when the process begins to lead: what it knew of Wawp's health is old, and would be reported as an outage though nothing was
     * called. What Wawp answered to a token stands.
     */
    public void forgetHealth() {
        synchronized (lock) {
            instances = new InstanceHealth();
            breaker = new CircuitBreaker(instances, random);
            forgetIdleTokens(clock.instant());
        }
    }

    /** The earliest time of the next poll that finds out whether Wawp is back; empty while it is not out. */
    public Optional<Instant> nextProbe() {
        synchronized (lock) {
            return breaker.nextProbe();
        }
    }

    /** The lowest rate that was learnt for any token, in calls a second; empty while Wawp limits none. */
    public OptionalDouble lowestLearntRate() {
        synchronized (lock) {
            return byToken.values().stream()
                    .mapToDouble(CredentialLimits::learntRate)
                    .filter(Double::isFinite)
                    .min();
        }
    }

    private Admission admit(WawpRequest request, String token) {
        synchronized (lock) {
            Instant now = clock.instant();
            forgetIdle(now);
            CredentialLimits limits =
                    byToken.computeIfAbsent(token, unknown -> new CredentialLimits(callsPerSecond, burst, random, now));
            Optional<CompletableFuture<Void>> firstAnswer = limits.firstAnswer();
            if (firstAnswer.isPresent()) {
                return new Queued(firstAnswer.get());
            }
            String instance = request.credentials().instanceId();
            Priority priority = request.priority();
            return limits.refusal(priority, now)
                    .or(() -> breaker.refusal(priority, instance, now))
                    .or(() -> crowd(priority, instance))
                    .or(() -> limits.excess(priority, now))
                    .<Admission>map(HeldBack::new)
                    .orElseGet(() -> sent(limits, priority, instance, now));
        }
    }

    /** Why a call to a failing instance must be held back, if it must. */
    private Optional<Failure> crowd(Priority priority, String instance) {
        boolean isTooMuch = priority == Priority.Routine
                && callsToFailingInstances >= MOST_CALLS_TO_FAILING_INSTANCES
                && instances.isFailing(instance);
        return isTooMuch ? Optional.of(new Failure(Kind.GatewayUnavailable, Delivery.Withheld)) : Optional.empty();
    }

    private Admitted sent(CredentialLimits limits, Priority priority, String instance, Instant now) {
        boolean isToFailingInstance = instances.isFailing(instance);
        if (isToFailingInstance) {
            callsToFailingInstances++;
        }
        limits.sent(now);
        breaker.sent(now);
        return new Admitted(limits, priority, now, isToFailingInstance);
    }

    private WawpResponse takeIn(WawpResponse response, Credentials credentials, String token, Admitted admitted) {
        WawpResponse limited;
        synchronized (lock) {
            Instant now = clock.instant();
            if (admitted.isToFailingInstance()) {
                callsToFailingInstances--;
            }
            recordHealth(response, admitted.priority(), credentials.instanceId(), token, now);
            limited = admitted.limits().answered(response, admitted.priority(), admitted.sent(), now);
        }
        admitted.limits().releaseWaiting();
        return limited;
    }

    private void recordHealth(WawpResponse response, Priority priority, String instance, String token, Instant now) {
        if (!(response instanceof WawpResponse.Refused refused)
                || refused.failure().kind() != Kind.GatewayUnavailable) {
            breaker.answered(instance, token, now);
        } else if (isAboutWawp(priority, refused.failure().delivery())) {
            breaker.failed(instance, token, refused.failure().delivery(), now);
        }
    }

    /** A command without a connection may have waited in vain for one of this process's own. */
    private static boolean isAboutWawp(Priority priority, Delivery delivery) {
        return switch (delivery) {
            case Withheld -> false;
            case Unreached -> priority != Priority.Command;
            case Answered, Unanswered -> true;
        };
    }

    private void forgetIdle(Instant now) {
        if (now.isAfter(cleanedAt.plus(CLEANING_INTERVAL))) {
            forgetIdleTokens(now);
            instances.forgetIdle(now);
            breaker.forgetIdle(now);
            cleanedAt = now;
        }
    }

    private void forgetIdleTokens(Instant now) {
        byToken.values().removeIf(limits -> limits.isForgettable(now));
    }
}
