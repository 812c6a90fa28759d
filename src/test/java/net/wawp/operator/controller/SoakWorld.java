package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.PairingMode;
import net.wawp.operator.api.v1alpha1.PairingSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.pairing.PairingMaterial;
import net.wawp.operator.pairing.PairingOwner;
import net.wawp.operator.pairing.PairingSecrets;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;
import net.wawp.operator.wawp.limits.LimitedWawpClient;

/**
 * One process of the operator that leads for weeks, on a virtual clock: the real {@link SessionControlLoop} and limits over an
 * API server and a Wawp in memory. Sessions are edited, requested, paired, deleted and made anew under other names, Secrets rotate and cannot be
 * read, engines and all of Wawp fail.
 */
final class SoakWorld {

    private static final int SESSIONS = 100;
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(5);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration BETWEEN_DEEDS = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofMillis(50);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BOOT = Duration.ofSeconds(2);
    private static final Duration UNSCANNED = Duration.ofMinutes(2);
    private static final int LONGEST_OUTAGE_SECONDS = 300;

    /** Longer than a deletion may take, and a link that cannot be revoked is remembered. */
    private static final Duration UNTIL_ALL_IS_GONE = Duration.ofMinutes(45);

    /** Longer than anything idle is remembered. */
    private static final Duration UNTIL_IDLE_IS_FORGOTTEN = Duration.ofMinutes(45);

    private final SplittableRandom random;
    private final boolean deletionsAreLost;
    private final SimulatedTime time = new SimulatedTime();
    private final SimulatedApiServer api = new SimulatedApiServer(time, true);
    private final SimulatedCache cache = new SimulatedCache();

    private final LimitedWawpClient limited;
    private final SessionControlLoop sessions;
    private final SimulatedFramework framework;

    private final Map<String, Engine> engines = new LinkedHashMap<>();
    private final List<Slot> slots = new ArrayList<>();
    private boolean isBusy;
    private boolean isOut;
    private int made;
    private int requests;
    private long polls;
    private long calls;
    private long resources;

    /** @param deletionsAreLost whether the reconciler is not told that a resource is gone, to see what grows then */
    SoakWorld(long seed, boolean deletionsAreLost) {
        this.random = new SplittableRandom(seed);
        this.deletionsAreLost = deletionsAreLost;
        limited = new LimitedWawpClient(this::answer, 50, 50, time, random.split());
        sessions = new SessionControlLoop(
                SimulatedLoop.of(time::after),
                random.split(),
                new SessionControlLoop.Clocks(time, time),
                () -> true,
                new SessionControlLoop.Wawp(limited, limited::nextProbe, 1_000),
                new SessionControlLoop.ApiServer(
                        new Api(),
                        new NoSecrets(),
                        new SimulatedProcess.NoEvents(),
                        Optional.empty(),
                        new WriteHealth(),
                        Optional.empty()),
                new SimulatedProcess.NoMetrics(),
                Duration.ofSeconds(60));
        framework = new SimulatedFramework(
                sessions, new SimulatedStore(api, cache), cache, Duration.ofMillis(1), time, time::after, bug -> {
                    throw bug;
                });
        sessions.start();
        // the watch brings a change a little later, in order
        api.watch(now -> time.after(Duration.ofMillis(10), () -> deliver(now)));
        for (int i = 0; i < SESSIONS; i++) {
            slots.add(new Slot());
        }
    }

    // --- what the test asks --------------------------------------------------------------------------------------

    long polls() {
        return polls;
    }

    String summary() {
        return "%,d polls, %,d other calls, %,d resources".formatted(polls, calls, resources);
    }

    /** Tasks and timers that wait, those that were cancelled and are not yet due included. */
    int queuedTasks() {
        return time.queued();
    }

    SortedMap<String, Integer> registries() {
        return RegistryCensus.of(List.of(sessions, limited));
    }

    /** Has so many polls more be made, while everything happens. */
    void live(long more) {
        isBusy = true;
        long end = polls + more;
        while (polls < end) {
            deed();
            time.pass(BETWEEN_DEEDS);
        }
    }

    /** All resources go, as many are made anew, and nothing happens until what is idle is forgotten. Ends between two polls. */
    void rest() {
        isBusy = false;
        isOut = false;
        slots.forEach(Slot::heal);
        slots.forEach(Slot::delete);
        time.pass(UNTIL_ALL_IS_GONE);
        if (api.list().findAny().isPresent()) {
            throw new IllegalStateException("A deletion hangs: " + api.list().toList());
        }
        engines.clear();
        slots.forEach(slot -> slot.begin(DesiredState.Running, DeletionPolicy.Retain));
        time.pass(UNTIL_IDLE_IS_FORGOTTEN);
        // idle lanes are forgotten with the next command
        slots.get(0).edit(DesiredState.Stopped);
        time.pass(UNTIL_IDLE_IS_FORGOTTEN);
        slots.get(0).edit(DesiredState.Running);
        time.pass(UNTIL_IDLE_IS_FORGOTTEN);
        slots.forEach(Slot::mustWork);
        time.pass(TICK.dividedBy(2));
    }

    /** Half a tick ago everything rested. */
    void goOn() {
        time.pass(TICK.dividedBy(2));
    }

    // --- what happens ----------------------------------------------------------------------------------------------

    private void deed() {
        Slot slot = slots.get(random.nextInt(SESSIONS));
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> slot.edit(any(DesiredState.values()));
            case 4, 5 -> slot.delete();
            case 6 -> slot.annotate(PersonRequests.REQUESTED_AT);
            case 7 -> slot.annotate(PersonRequests.PAIR);
            case 8 -> slot.annotate(PersonRequests.RESTART);
            case 9, 10 -> slot.rotate();
            case 11 -> slot.hideSecret();
            case 12 -> slot.breakEngine();
            case 13, 14 -> slot.engine.scan();
            default -> breakWawp();
        }
        slots.stream().filter(Slot::isGone).forEach(gone -> gone.begin(any(DesiredState.values()), anyPolicy()));
    }

    private void breakWawp() {
        if (!isOut && random.nextInt(20) == 0) {
            isOut = true;
            time.after(Duration.ofSeconds(random.nextInt(LONGEST_OUTAGE_SECONDS)), () -> isOut = false);
        }
    }

    private DeletionPolicy anyPolicy() {
        return any(DeletionPolicy.values());
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    /** The place of one session: one resource after the other, each with a name, a Secret, a token and an instance of its own. */
    private final class Slot {

        private String name;
        private String token;
        private Engine engine;

        Slot() {
            begin(DesiredState.Running, DeletionPolicy.Retain);
        }

        void begin(DesiredState desired, DeletionPolicy policy) {
            made++;
            resources++;
            if (name != null) {
                api.forgetSecret(name);
                engines.remove(engine.instanceId);
            }
            name = "session-" + made;
            token = "token-" + made;
            engine = new Engine("INSTANCE" + made);
            engine.token = token;
            engines.put(engine.instanceId, engine);
            putSecret();
            api.create(
                    name,
                    WhatsAppSessionSpec.builder()
                            .desiredState(desired)
                            .deletionPolicy(policy)
                            .pollInterval(POLL_INTERVAL.toSeconds() + "s")
                            .pairing(new PairingSpec(PairingMode.QR, null))
                            .credentialsSecretRef(new CredentialsSecretRef(name))
                            .build());
        }

        boolean isGone() {
            return !api.has(name);
        }

        void putSecret() {
            api.secret(name, token, engine.instanceId);
        }

        void edit(DesiredState desired) {
            api.named(name)
                    .map(WhatsAppSession::getSpec)
                    .filter(spec -> spec.desiredState() != desired)
                    .ifPresent(spec -> api.edit(
                            name, spec.toBuilder().desiredState(desired).build()));
        }

        void delete() {
            if (!isGone()) {
                api.delete(name);
            }
        }

        void annotate(String annotation) {
            if (!isGone()) {
                api.annotate(name, annotation, "request-" + ++requests);
            }
        }

        void rotate() {
            String next = "token-" + ++made;
            engine.token = next;
            String rotated = name;
            time.after(Duration.ofSeconds(random.nextInt(120)), () -> {
                if (rotated.equals(name)) {
                    token = next;
                    putSecret();
                }
            });
        }

        void hideSecret() {
            api.secretFails(name, random.nextBoolean() ? 404 : 500);
            String hidden = name;
            time.after(Duration.ofSeconds(random.nextInt(LONGEST_OUTAGE_SECONDS)), () -> {
                if (hidden.equals(name)) {
                    putSecret();
                }
            });
        }

        void breakEngine() {
            Engine broken = engine;
            broken.isBroken = true;
            time.after(Duration.ofSeconds(random.nextInt(LONGEST_OUTAGE_SECONDS)), () -> broken.isBroken = false);
        }

        void heal() {
            engine.isBroken = false;
            engine.token = token;
            putSecret();
        }

        void mustWork() {
            if (engine.state != SessionState.WORKING) {
                throw new IllegalStateException("%s is %s: %s"
                        .formatted(
                                name,
                                engine.state,
                                api.named(name)
                                        .map(WhatsAppSession::getStatus)
                                        .map(WhatsAppSessionStatus::conditions)));
            }
        }
    }

    // --- Wawp ----------------------------------------------------------------------------------------------------

    private CompletionStage<WawpResponse> answer(WawpRequest request) {
        CompletableFuture<WawpResponse> answer = new CompletableFuture<>();
        boolean hangs = isOut && random.nextInt(3) == 0;
        WawpResponse response = request.guard().maySend()
                ? response(request, hangs)
                : refused(Kind.GatewayUnavailable, Delivery.Withheld);
        time.after(hangs ? TIMEOUT : ANSWER, () -> answer.complete(response));
        return answer;
    }

    private WawpResponse response(WawpRequest request, boolean hangs) {
        switch (request.operation()) {
            case Info -> polls++;
            case Start, Stop, Logout, OfferLink, RevokeLink, QrCode -> calls++;
        }
        Engine engine = engines.get(request.credentials().instanceId());
        if (isOut || engine != null && engine.isBroken) {
            return refused(Kind.GatewayUnavailable, hangs ? Delivery.Unanswered : Delivery.Answered);
        }
        if (engine == null) {
            return refused(Kind.InstanceNotFound, Delivery.Answered);
        }
        return engine.token.equals(request.credentials().accessToken())
                ? engine.response(request)
                : refused(Kind.Unauthorized, Delivery.Answered);
    }

    private static WawpResponse refused(Kind kind, Delivery delivery) {
        return new WawpResponse.Refused(new Failure(kind, delivery));
    }

    /** One session at Wawp. */
    private final class Engine {

        private final String instanceId;
        private String token;
        private SessionState state = SessionState.STOPPED;
        private boolean isPaired = true;
        private boolean isBroken;
        private int era;

        Engine(String instanceId) {
            this.instanceId = instanceId;
        }

        WawpResponse response(WawpRequest request) {
            switch (request.operation()) {
                case Start -> start();
                case Stop -> enter(SessionState.STOPPED);
                case Logout -> {
                    isPaired = false;
                    enter(SessionState.SCAN_QR_CODE);
                }
                case Info, OfferLink, RevokeLink, QrCode -> {}
            }
            return switch (request.operation()) {
                case Info, Start, Stop, Logout ->
                    new WawpResponse.Success(
                            new SessionInfo(state, Optional.of(state.name()), Optional.of("wawp-1"), Optional.empty()));
                case OfferLink -> new WawpResponse.PairingLink("https://example.com/" + instanceId);
                case QrCode ->
                    state == SessionState.SCAN_QR_CODE
                            ? new WawpResponse.QrCode("2@" + instanceId + era)
                            : refused(Kind.RequestRejected, Delivery.Answered);
                case RevokeLink -> new WawpResponse.Done();
            };
        }

        void scan() {
            if (state == SessionState.SCAN_QR_CODE) {
                isPaired = true;
                enter(SessionState.WORKING);
            }
        }

        private void start() {
            if (state != SessionState.STOPPED) {
                return;
            }
            enter(SessionState.STARTING);
            int begun = era;
            boolean fails = isBusy && random.nextInt(10) == 0;
            time.after(BOOT, () -> {
                if (era == begun) {
                    enter(fails ? SessionState.FAILED : isPaired ? SessionState.WORKING : SessionState.SCAN_QR_CODE);
                }
            });
        }

        private void enter(SessionState next) {
            era++;
            state = next;
            if (next == SessionState.SCAN_QR_CODE) {
                int shown = era;
                time.after(UNSCANNED, () -> {
                    if (era == shown) {
                        enter(SessionState.FAILED);
                    }
                });
            }
        }
    }

    // --- the API server and its watch ------------------------------------------------------------------------------

    private void deliver(WhatsAppSession now) {
        if (deletionsAreLost && now.getMetadata().getResourceVersion() == null) {
            cache.remove(now.getMetadata().getName());
        } else {
            framework.deliver(now);
        }
    }

    private final class Api implements ApiReader {

        @Override
        public CompletionStage<Response<Secret>> secret(String namespace, String name) {
            CompletableFuture<Response<Secret>> answer = new CompletableFuture<>();
            time.after(ANSWER, () -> {
                if (random.nextInt(50) == 0) {
                    answer.completeExceptionally(new IOException("no answer"));
                } else {
                    answer.complete(Optional.ofNullable(api.secret(name))
                            .orElseGet(() -> new Response<>(404, Optional.empty())));
                }
            });
            return answer;
        }

        @Override
        public CompletionStage<Response<List<WhatsAppSession>>> sessionsOfOtherShards(
                String namespace, String instanceId) {
            return CompletableFuture.completedStage(new Response<>(200, Optional.of(List.of())));
        }

        @Override
        public CompletionStage<Response<WhatsAppSession>> session(String namespace, String name) {
            CompletableFuture<Response<WhatsAppSession>> answer = new CompletableFuture<>();
            time.after(ANSWER, () -> {
                Optional<WhatsAppSession> found = api.named(name);
                answer.complete(new Response<>(found.isPresent() ? 200 : 404, found));
            });
            return answer;
        }
    }

    /** Every Secret with a way to pair can be written, and nothing is kept of it. */
    private static final class NoSecrets implements PairingSecrets {

        @Override
        public CompletionStage<Outcome> write(PairingOwner owner, String token, PairingMaterial material) {
            return CompletableFuture.completedFuture(Outcome.Done);
        }

        @Override
        public CompletionStage<Outcome> delete(PairingOwner owner) {
            return CompletableFuture.completedFuture(Outcome.Done);
        }

        @Override
        public void close() {}
    }
}
