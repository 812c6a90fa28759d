package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.pairing.InMemoryPairingSecrets;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/**
 * One process of the operator in a {@link SearchedWorld}: the real {@link SessionControlLoop}. What it does by itself it does at once;
 * whatever comes from outside waits until the search lets it come.
 */
final class SearchedProcess {

    private static final Duration RENEWAL = Duration.ofSeconds(1);
    private static final Duration WAWP_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration API_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(120);
    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final Duration WRITE_DEADLINE = Duration.ofSeconds(2);

    /** Something that the process waits for, and what may come of it. */
    static final class Item {
        private final String what;
        private final Instant since;
        private final Object state;
        private final Map<Move.Kind, Runnable> outcomes = new EnumMap<>(Move.Kind.class);

        private Item(String what, Instant since, Object state) {
            this.what = what;
            this.since = since;
            this.state = state;
        }

        private Item may(Move.Kind kind, Runnable outcome) {
            outcomes.put(kind, outcome);
            return this;
        }

        Iterable<Move.Kind> outcomes() {
            return outcomes.keySet();
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private final SearchedWorld world;
    private final SimulatedTime time;
    private final int number;
    private final Consumer<WhatsAppSession> watch = this::changed;
    private final Deque<WhatsAppSession> events = new ArrayDeque<>();
    private final List<Item> items = new ArrayList<>();
    private final SimulatedCache cache = new SimulatedCache();
    private final Set<String> confirmed = new HashSet<>();
    private final Set<String> announced = new HashSet<>();
    private final Set<String> settled = new HashSet<>();
    final SimulatedLife life;
    final SessionControlLoop sessions;
    private final SimulatedFramework framework;
    private boolean watchIsBroken;
    private boolean stops;
    private boolean hasMissedSomething;
    private final Map<Operation, Instant> nextCalls = new EnumMap<>(Operation.class);
    private final Set<String> known = new HashSet<>();

    SearchedProcess(SearchedWorld world, int number) {
        this.world = world;
        this.time = world.time;
        this.number = number;
        this.life = new SimulatedLife(time, RENEWAL, () -> world.holdsLease(this));
        RandomGenerator noJitter = () -> 0;
        sessions = new SessionControlLoop(
                SimulatedLoop.of(life::after),
                noJitter,
                new SessionControlLoop.Clocks(time, time),
                this::leads,
                new SessionControlLoop.Wawp(this::send, Optional::empty, 10),
                new SessionControlLoop.ApiServer(
                        new Api(),
                        new InMemoryPairingSecrets(),
                        new SimulatedProcess.NoEvents(),
                        Optional.empty(),
                        new WriteHealth(),
                        Optional.empty()),
                new SimulatedProcess.NoMetrics(),
                Duration.ofSeconds(60));
        framework = new SimulatedFramework(
                sessions,
                new Store(),
                cache,
                Duration.ZERO,
                time,
                life::after,
                bug -> world.broken("a reconciliation threw " + bug));
        if (world.flaw == SearchedWorld.Flaw.RemindersAreLost) {
            framework.loseReminders();
        }
    }

    // --- its life ------------------------------------------------------------------------------------------------

    /** Begins to work, as the one who holds the Lease. */
    void start() {
        sessions.start();
        life.renew();
        world.api.watch(watch);
        world.api.list().forEach(framework::deliver);
    }

    void end() {
        life.end();
        items.clear();
        events.clear();
        world.api.unwatch(watch);
    }

    void freeze() {
        life.freeze();
        hasMissedSomething = stops;
    }

    /** Stops as on SIGTERM: when it has drained and written what came of its calls, or its time for that is over, it lets go of the Lease. */
    void terminate() {
        stops = true;
        CompletionStage<Void> drained = world.flaw == SearchedWorld.Flaw.StoppingProcessAnnounces
                ? sessions.commands.drain(DRAIN)
                : sessions.drain(DRAIN);
        drained.thenRun(() -> {
            if (world.flaw == SearchedWorld.Flaw.OutcomesAreForgotten) {
                world.stopped(this);
            } else {
                // a reconciliation that is under way goes on to its end
                sessions.outcomesWritten().thenRun(() -> life.after(Duration.ZERO, () -> world.stopped(this)));
                life.after(WRITE_DEADLINE, () -> world.stopped(this));
            }
        });
    }

    boolean stops() {
        return stops;
    }

    /** Whether nothing kept it from writing what came of its calls: it was not frozen meanwhile, and its watch told it all. */
    boolean couldWrite() {
        return !hasMissedSomething && !watchIsBroken && events.isEmpty();
    }

    /** The ids of the calls that it announced. */
    Set<String> announced() {
        return announced;
    }

    /** The ids of the calls whose answer says by itself what came of them. */
    Set<String> settled() {
        return settled;
    }

    int number() {
        return number;
    }

    /** Whether it has written this status, so that it knows by itself what stands there. */
    boolean knows(String uid) {
        return known.contains(uid);
    }

    /** Before when it must not repeat such a call, since Wawp said so. What else holds the token back lies in the client. */
    Instant nextCall(Operation operation) {
        return nextCalls.getOrDefault(operation, Instant.MIN);
    }

    private boolean leads() {
        return world.flaw == SearchedWorld.Flaw.FenceAlwaysYes || life.leads();
    }

    // --- what it waits for -----------------------------------------------------------------------------------------

    List<Item> items() {
        return items;
    }

    boolean hasEvents() {
        return !events.isEmpty();
    }

    boolean isWatchBroken() {
        return watchIsBroken;
    }

    /** Has what it waits for come, in this way. */
    void come(int item, Move.Kind outcome) {
        Item waited = items.remove(item);
        waited.outcomes.get(outcome).run();
    }

    private Item await(String what, Object state, Duration timeout, Runnable timedOut) {
        Item item = new Item(what, time.instant(), state);
        items.add(item);
        life.after(timeout, () -> {
            if (items.remove(item)) {
                world.note(() -> item + " times out at " + this);
                timedOut.run();
            }
        });
        return item;
    }

    private CompletionStage<WawpResponse> send(WawpRequest request) {
        CompletableFuture<WawpResponse> answer = new CompletableFuture<>();
        if (request.operation() == Operation.Info) {
            WawpResponse response =
                    world.engine.refusal(request).map(this::refused).orElseGet(world.engine::answer);
            await("poll", response, WAWP_TIMEOUT, () -> answer.complete(failed(Delivery.Unanswered)))
                    .may(Move.Kind.PollAnswered, () -> answer.complete(response))
                    .may(Move.Kind.PollFails, () -> answer.complete(failed(Delivery.Answered)))
                    .may(Move.Kind.PollUnauthorized, () -> answer.complete(refused(Failure.Kind.Unauthorized)))
                    .may(Move.Kind.PollNotFound, () -> answer.complete(refused(Failure.Kind.InstanceNotFound)))
                    .may(Move.Kind.PollRateLimited, () -> answer.complete(refused(Failure.Kind.RateLimited)));
        } else {
            await("call", request.guard(), WAWP_TIMEOUT, () -> answer.complete(failed(Delivery.Unreached)))
                    .may(Move.Kind.CallReachesWawp, () -> world.engine
                            .refusal(request)
                            .ifPresentOrElse(
                                    kind -> refuse(request, answer, kind), () -> reach(request, answer, Effect.Done)))
                    .may(Move.Kind.CallIgnored, () -> reach(request, answer, Effect.Ignored))
                    .may(Move.Kind.CallOverQuota, () -> refuse(request, answer, Failure.Kind.QuotaExceeded))
                    .may(Move.Kind.CallNotFound, () -> refuse(request, answer, Failure.Kind.InstanceNotFound))
                    .may(Move.Kind.CallRateLimited, () -> refuse(request, answer, Failure.Kind.RateLimited));
        }
        return answer;
    }

    /** What a call does when it reaches Wawp. */
    enum Effect {
        Done,
        /** It is accepted, and has none. */
        Ignored,
        /** It is refused, so it has none. */
        Refused
    }

    private void reach(WawpRequest request, CompletableFuture<WawpResponse> answer, Effect effect) {
        if (mayReach(request, answer)) {
            boolean isLogout = request.operation() == Operation.Logout;
            // a poll may show that it is under way all the same
            boolean isOpen = isLogout || request.operation() == Operation.Start && effect == Effect.Done;
            String id = world.sent(this, request, effect);
            awaitAnswer(request, answer, effect, "accepted")
                    .may(Move.Kind.CallAnswered, () -> answered(answer, world.engine.answer(), id, isLogout))
                    .may(Move.Kind.CallAnsweredBadly, () -> answered(answer, failed(Delivery.Answered), id, !isOpen));
        }
    }

    private void refuse(WawpRequest request, CompletableFuture<WawpResponse> answer, Failure.Kind kind) {
        if (mayReach(request, answer)) {
            String id = world.sent(this, request, Effect.Refused);
            awaitAnswer(request, answer, Effect.Refused, kind).may(Move.Kind.CallAnswered, () -> {
                if (kind == Failure.Kind.RateLimited) {
                    nextCalls.put(request.operation(), time.instant().plus(RETRY_AFTER));
                }
                answered(answer, refused(kind), id, true);
            });
        }
    }

    private boolean mayReach(WawpRequest request, CompletableFuture<WawpResponse> answer) {
        boolean maySend = world.flaw == SearchedWorld.Flaw.GuardIsNotAsked
                || request.guard().maySend();
        if (!maySend) {
            world.note(() -> "the guard says no");
            answer.complete(failed(Delivery.Withheld));
        }
        return maySend;
    }

    private Item awaitAnswer(WawpRequest request, CompletableFuture<WawpResponse> answer, Effect effect, Object state) {
        boolean saysUnsent = world.flaw == SearchedWorld.Flaw.LostCallsCountAsUnsent;
        Duration timeout = saysUnsent ? Duration.ofSeconds(2) : WAWP_TIMEOUT;
        return await("answered call", List.of(request.guard(), state), timeout, () -> {
            if (world.flaw == SearchedWorld.Flaw.ClientRetries) {
                world.sent(this, request, effect);
            }
            answer.complete(failed(saysUnsent ? Delivery.Withheld : Delivery.Unanswered));
        });
    }

    private void answered(
            CompletableFuture<WawpResponse> answer, WawpResponse response, String id, boolean settlesByItself) {
        world.answered();
        if (settlesByItself) {
            settled.add(id);
        }
        answer.complete(response);
    }

    private WawpResponse refused(Failure.Kind kind) {
        boolean namesTime = kind == Failure.Kind.RateLimited && world.flaw != SearchedWorld.Flaw.RetryAfterIsLost;
        Optional<Instant> notBefore = namesTime ? Optional.of(time.instant().plus(RETRY_AFTER)) : Optional.empty();
        return new WawpResponse.Refused(new Failure(kind, Delivery.Answered, notBefore));
    }

    private static WawpResponse failed(Delivery delivery) {
        return new WawpResponse.Refused(new Failure(Failure.Kind.GatewayUnavailable, delivery));
    }

    // --- the watch -----------------------------------------------------------------------------------------------

    private void changed(WhatsAppSession now) {
        if (!watchIsBroken) {
            events.add(now);
        }
    }

    void breakWatch() {
        watchIsBroken = true;
        events.clear();
    }

    /** A watch that broke begins with a list of everything. */
    void relist() {
        watchIsBroken = false;
        if (world.flaw == SearchedWorld.Flaw.LostEventsStayLost) {
            return;
        }
        Set<String> there = new HashSet<>();
        world.api.list().forEach(session -> there.add(session.getMetadata().getName()));
        cache.all()
                .filter(session -> !there.contains(session.getMetadata().getName()))
                .forEach(gone -> {
                    gone.getMetadata().setResourceVersion(null);
                    framework.deliver(gone);
                });
        world.api.list().forEach(framework::deliver);
    }

    void deliverNext() {
        framework.deliver(events.remove());
    }

    SimulatedCache cache() {
        return cache;
    }

    // --- the API server as this process reaches it -------------------------------------------------------------------

    /** Whether the API server has told since this call was announced that it is still wanted, or could have told. */
    boolean isConfirmed(String intentId) {
        return confirmed.contains(intentId);
    }

    private final class Store extends SimulatedStore {

        Store() {
            super(world.api, cache);
        }

        @Override
        public WhatsAppSession writeStatus(WhatsAppSession resource, WhatsAppSessionStatus status) {
            WhatsAppSession now = super.writeStatus(resource, status);
            LastAction action = status.lastAction();
            if (action != null && world.announces(action.id())) {
                announced.add(action.id());
                if (stops) {
                    world.broken("a process that stops announced a call");
                }
            }
            known.add(now.getMetadata().getUid());
            world.written(SearchedProcess.this, now);
            return now;
        }
    }

    private final class Api implements ApiReader {

        private Optional<Response<Secret>> firstSecret = Optional.empty();

        /** A Secret is read at once: it makes no difference to when it changes. */
        @Override
        public CompletionStage<Response<Secret>> secret(String namespace, String name) {
            Response<Secret> now = world.api.secret(name);
            if (world.flaw == SearchedWorld.Flaw.SecretIsReadOnce) {
                firstSecret = firstSecret.or(() -> Optional.of(now));
            }
            return CompletableFuture.completedFuture(firstSecret.orElse(now));
        }

        @Override
        public CompletionStage<Response<List<WhatsAppSession>>> sessionsOfOtherShards(
                String namespace, String instanceId) {
            return CompletableFuture.completedStage(new Response<>(200, Optional.of(List.of())));
        }

        @Override
        public CompletionStage<Response<WhatsAppSession>> session(String namespace, String name) {
            CompletableFuture<Response<WhatsAppSession>> answer = new CompletableFuture<>();
            Runnable failed = () -> answer.completeExceptionally(new IOException("no answer"));
            await("question", name, API_TIMEOUT, failed)
                    .may(Move.Kind.ReadReachesApiServer, () -> {
                        boolean isStale = world.flaw == SearchedWorld.Flaw.StaleConfirmation;
                        Optional<WhatsAppSession> found = isStale ? cache.newest(name) : world.api.named(name);
                        world.api
                                .named(name)
                                .filter(now -> InvariantChecker.asksFor(Operation.Logout, now))
                                .map(WhatsAppSession::getStatus)
                                .ifPresent(status ->
                                        confirmed.add(status.lastAction().id()));
                        await("answered question", found, API_TIMEOUT, failed)
                                .may(
                                        Move.Kind.ReadAnswered,
                                        () -> answer.complete(new Response<>(found.isPresent() ? 200 : 404, found)));
                    })
                    .may(Move.Kind.ReadFails, failed);
            return answer;
        }
    }

    // --- its state -------------------------------------------------------------------------------------------------

    long state(StateHash hash) {
        long state = life.state(hash);
        state = StateHash.mix(state, hash.of(watchIsBroken));
        state = StateHash.mix(state, hash.of(stops));
        state = StateHash.mix(state, hash.of(hasMissedSomething));
        state = StateHash.mix(state, hash.of(announced));
        state = StateHash.mix(state, hash.of(settled));
        state = StateHash.mix(state, hash.of(nextCalls));
        state = StateHash.mix(state, hash.of(known));
        state = StateHash.mix(state, hash.of(events));
        for (Item item : items) {
            state = StateHash.mix(state, hash.of(item.what));
            state = StateHash.mix(state, hash.of(item.since));
            state = StateHash.mix(state, hash.of(item.state));
        }
        state = StateHash.mix(state, hash.of(confirmed));
        state = StateHash.mix(state, framework.state(hash));
        return StateHash.mix(state, hash.of(sessions));
    }

    @Override
    public String toString() {
        return "process " + number;
    }
}
