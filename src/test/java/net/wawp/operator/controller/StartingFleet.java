package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.pairing.InMemoryPairingSecrets;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;
import net.wawp.operator.wawp.limits.LimitedWawpClient;

/** Stopped sessions with one token that should run, an operator that finds them all at its start, and a Wawp that may limit the token. */
final class StartingFleet {

    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration ANSWER = Duration.ofMillis(150);
    private static final Duration WATCH = Duration.ofMillis(10);
    private static final Duration READ = Duration.ofMillis(5);
    private static final Duration BOOT = Duration.ofSeconds(2);
    private static final int CALLS_PER_SECOND = 500;
    private static final int CONCURRENT_POLLS = 512;

    private final SimulatedTime time = new SimulatedTime();
    private final SimulatedApiServer api = new SimulatedApiServer(time, true);
    private final Map<String, SessionState> states = new HashMap<>();
    private final Optional<Integer> limit;
    private final List<Integer> perSecond = new ArrayList<>();
    private final Instant begun = time.instant();
    private int polls;
    private int commands;
    private int tooMany;
    private final Set<String> ready = new HashSet<>();
    private Instant lastReady = begun;
    private double free;
    private Instant freeAt = begun;

    /** @param limit calls a second that Wawp takes, as many at once; empty for no limit */
    StartingFleet(int sessions, int tokens, Duration pollInterval, SessionState state, Optional<Integer> limit) {
        this.limit = limit;
        this.free = limit.orElse(0);
        SplittableRandom random = new SplittableRandom(1);
        LimitedWawpClient wawp =
                new LimitedWawpClient(this::answer, CALLS_PER_SECOND, CALLS_PER_SECOND, time, random.split());
        SessionControlLoop loop = new SessionControlLoop(
                SimulatedLoop.of(time::after, TICK),
                random.split(),
                new SessionControlLoop.Clocks(time, time),
                () -> true,
                new SessionControlLoop.Wawp(wawp, wawp::nextProbe, CONCURRENT_POLLS),
                new SessionControlLoop.ApiServer(
                        new Reader(),
                        new InMemoryPairingSecrets(),
                        new SimulatedProcess.NoEvents(),
                        Optional.empty(),
                        new WriteHealth(),
                        Optional.empty()),
                new SimulatedProcess.NoMetrics(),
                Duration.ofSeconds(60));
        SimulatedCache cache = new SimulatedCache();
        SimulatedFramework framework = new SimulatedFramework(
                loop, new SimulatedStore(api, cache), cache, Duration.ofMillis(1), time, time::after, bug -> {
                    throw bug;
                });
        loop.start();
        api.watch(now -> time.after(WATCH, () -> framework.deliver(now)));
        api.watch(this::note);
        for (int i = 0; i < sessions; i++) {
            String name = "session-" + i;
            states.put("INSTANCE" + i, state);
            api.secret(name, "token-" + i % tokens, "INSTANCE" + i);
            api.create(
                    name,
                    WhatsAppSessionSpec.builder()
                            .desiredState(DesiredState.Running)
                            .pollInterval(pollInterval.toSeconds() + "s")
                            .credentialsSecretRef(new CredentialsSecretRef(name))
                            .build());
        }
    }

    void pass(Duration duration) {
        time.pass(duration);
    }

    Duration age() {
        return Duration.between(begun, time.instant());
    }

    /** How many resources say that their session works. */
    int ready() {
        return ready.size();
    }

    /** When the last resource said so. */
    Duration readyAfter() {
        return Duration.between(begun, lastReady);
    }

    int calls() {
        return polls + commands;
    }

    int commands() {
        return commands;
    }

    /** How many calls were answered with 429. */
    int tooMany() {
        return tooMany;
    }

    int statusWrites() {
        return api.statusWrites();
    }

    /** How many calls came in each second. */
    List<Integer> perSecond() {
        return perSecond;
    }

    private void note(WhatsAppSession session) {
        if (isReady(session) && ready.add(session.getMetadata().getName())) {
            lastReady = time.instant();
        }
    }

    private static boolean isReady(WhatsAppSession session) {
        return session.getStatus() != null
                && session.getStatus().conditions().stream()
                        .anyMatch(condition -> condition.type().equals("Ready")
                                && condition.status().equals("True"));
    }

    private CompletionStage<WawpResponse> answer(WawpRequest request) {
        CompletableFuture<WawpResponse> answer = new CompletableFuture<>();
        // the limit is met on the way, the session answers
        time.after(ANSWER.dividedBy(2), () -> {
            WawpResponse response = received(request);
            time.after(ANSWER.dividedBy(2), () -> answer.complete(response));
        });
        return answer;
    }

    private WawpResponse received(WawpRequest request) {
        if (!request.guard().maySend()) {
            return refused(new Failure(Kind.GatewayUnavailable, Delivery.Withheld));
        }
        count(request);
        if (isTooMuch()) {
            tooMany++;
            return refused(new Failure(
                    Kind.RateLimited,
                    Delivery.Answered,
                    Optional.of(time.instant().plusSeconds(1))));
        }
        String instance = request.credentials().instanceId();
        switch (request.operation()) {
            case Info, Stop, Logout, OfferLink, RevokeLink, QrCode -> {}
            case Start -> {
                states.put(instance, SessionState.STARTING);
                time.after(BOOT, () -> states.put(instance, SessionState.WORKING));
            }
        }
        SessionState state = states.get(instance);
        return new WawpResponse.Success(
                new SessionInfo(state, Optional.of(state.name()), Optional.of(instance), Optional.empty()));
    }

    private void count(WawpRequest request) {
        if (request.operation().changesSession()) {
            commands++;
        } else {
            polls++;
        }
        int second = (int) age().toSeconds();
        while (perSecond.size() <= second) {
            perSecond.add(0);
        }
        perSecond.set(second, perSecond.get(second) + 1);
    }

    private boolean isTooMuch() {
        if (limit.isEmpty()) {
            return false;
        }
        double elapsed = Duration.between(freeAt, time.instant()).toNanos() / 1e9;
        free = Math.min(limit.get(), free + elapsed * limit.get());
        freeAt = time.instant();
        if (free < 1) {
            return true;
        }
        free--;
        return false;
    }

    private static WawpResponse refused(Failure failure) {
        return new WawpResponse.Refused(failure);
    }

    private final class Reader implements ApiReader {

        @Override
        public CompletionStage<Response<Secret>> secret(String namespace, String name) {
            CompletableFuture<Response<Secret>> answer = new CompletableFuture<>();
            time.after(READ, () -> answer.complete(api.secret(name)));
            return answer;
        }

        @Override
        public CompletionStage<Response<List<WhatsAppSession>>> sessionsOfOtherShards(
                String namespace, String instanceId) {
            return CompletableFuture.completedStage(new Response<>(200, Optional.of(List.of())));
        }

        @Override
        public CompletionStage<Response<WhatsAppSession>> session(String namespace, String name) {
            throw new UnsupportedOperationException("nobody logs out here");
        }
    }
}
