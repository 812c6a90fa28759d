package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.events.EventRecorder;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.metrics.ReconcileMetrics;
import net.wawp.operator.pairing.InMemoryPairingSecrets;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Reason;

/**
 * One process of the operator that leads: the real {@link SessionControlLoop}. Simulated is what surrounds it: the watch, the framework, the
 * connection to the API server, and the life of the process.
 */
final class SimulatedProcess {

    private static final Duration RENEWAL = Duration.ofSeconds(2);

    private final World world;
    private final int number;
    private final SimulatedTime time;
    private final SimulatedApiServer api;
    private final SplittableRandom random;
    private final Consumer<WhatsAppSession> watch = this::changed;

    private final SimulatedCache cache = new SimulatedCache();
    private final Map<String, Instant> confirmed = new HashMap<>();
    private final Map<String, Instant> deletions = new HashMap<>();
    private Instant delivered = Instant.MIN;

    final SimulatedLife life;
    final SessionControlLoop sessions;
    private final SimulatedFramework framework;
    private Instant watchHangsUntil = Instant.MIN;

    SimulatedProcess(World world, int number, SplittableRandom random) {
        this.number = number;
        this.world = world;
        this.time = world.time;
        this.api = world.api;
        this.random = random;
        this.life = new SimulatedLife(time, RENEWAL, () -> world.holdsLease(this));
        this.sessions = new SessionControlLoop(
                SimulatedLoop.of(life::after),
                random.split(),
                new SessionControlLoop.Clocks(time, time),
                this::leads,
                new SessionControlLoop.Wawp(request -> world.wawp.send(this, request), Optional::empty, 10),
                new SessionControlLoop.ApiServer(
                        new Api(),
                        new InMemoryPairingSecrets(),
                        new NoEvents(),
                        Optional.empty(),
                        new WriteHealth(),
                        Optional.empty()),
                new NoMetrics(),
                Duration.ofSeconds(60));
        this.framework = new SimulatedFramework(
                sessions,
                new Store(),
                cache,
                Duration.ofMillis(1),
                time,
                life::after,
                bug -> world.checker.violation("a reconciliation threw " + bug));
        if (world.remindersAreLost) {
            framework.loseReminders();
        }
        sessions.start();
        life.renew();
        api.watch(watch);
        api.list().forEach(this::deliver);
    }

    // --- its life ------------------------------------------------------------------------------------------------

    void crash() {
        world.note(this + " is gone");
        life.end();
        api.unwatch(watch);
        world.checker.crashed(this);
    }

    /** Stops as on SIGTERM, and calls back when no call of this process is under way. */
    void stop(Runnable stopped) {
        sessions.drain(Duration.ofSeconds(10)).thenRun(() -> {
            sessions.outcomesWritten();
            life.after(Duration.ofSeconds(2), () -> {
                crash();
                stopped.run();
            });
        });
    }

    private boolean leads() {
        return world.fenceIsBroken || life.leads();
    }

    // --- the watch -----------------------------------------------------------------------------------------------

    /** Has the watch bring nothing for that long. */
    void hangWatch(Duration duration) {
        watchHangsUntil = time.instant().plus(duration);
    }

    void calmDown() {
        watchHangsUntil = Instant.MIN;
    }

    private void changed(WhatsAppSession now) {
        Instant due = time.instant().plusMillis(random.nextInt(100));
        due = due.isBefore(watchHangsUntil) ? watchHangsUntil : due;
        due = due.isBefore(delivered) ? delivered : due;
        delivered = due;
        life.after(Duration.between(time.instant(), due), () -> deliver(now));
    }

    private void deliver(WhatsAppSession now) {
        String name = now.getMetadata().getName();
        boolean isGone = now.getMetadata().getResourceVersion() == null;
        if (!isGone && now.isMarkedForDeletion()) {
            deletions.putIfAbsent(name, time.instant());
        } else {
            deletions.remove(name);
        }
        framework.deliver(now);
    }

    /** The newest copy that this process has. */
    Optional<WhatsAppSession> cached(String name) {
        return cache.newest(name);
    }

    /** Since when it knows that the resource is being deleted. */
    Optional<Instant> deletedSince(String name) {
        return Optional.ofNullable(deletions.get(name));
    }

    /** When the API server last told it whether a logout is still wanted. */
    Optional<Instant> confirmedAt(String name) {
        return Optional.ofNullable(confirmed.get(name));
    }

    // --- the API server as this process reaches it -------------------------------------------------------------------

    @Override
    public String toString() {
        return "process " + number;
    }

    private final class Store extends SimulatedStore {

        Store() {
            super(api, cache);
        }

        /** The write may fail, before it is made or after. */
        @Override
        <T> T write(Supplier<T> write) {
            if (world.isChaos && random.nextInt(40) == 0) {
                throw new KubernetesClientException("Not now", HttpURLConnection.HTTP_UNAVAILABLE, null);
            }
            T result = write.get();
            if (world.isChaos && random.nextInt(40) == 0) {
                throw new KubernetesClientException("The answer was lost", new IOException());
            }
            return result;
        }
    }

    private final class Api implements ApiReader {

        @Override
        public CompletionStage<Response<Secret>> secret(String namespace, String name) {
            world.checker.secretRead();
            return read(() -> api.secret(name));
        }

        @Override
        public CompletionStage<Response<List<WhatsAppSession>>> sessionsOfOtherShards(
                String namespace, String instanceId) {
            return CompletableFuture.completedStage(new Response<>(200, Optional.of(List.of())));
        }

        @Override
        public CompletionStage<Response<WhatsAppSession>> session(String namespace, String name) {
            return read(() -> {
                confirmed.put(name, time.instant());
                Optional<WhatsAppSession> found = world.confirmationIsStale ? cached(name) : api.named(name);
                return new Response<>(found.isPresent() ? 200 : 404, found);
            });
        }

        /** The API server answers with what it has when the request arrives. */
        private <T> CompletionStage<T> read(Supplier<T> read) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            boolean slow = world.isChaos && random.nextInt(10) == 0;
            Duration way = Duration.ofMillis(1 + random.nextInt(slow ? 2_400 : 20));
            boolean lost = world.isChaos && random.nextInt(20) == 0;
            life.after(way, () -> {
                if (lost) {
                    life.after(Duration.ofSeconds(5), () -> answer.completeExceptionally(new IOException("no answer")));
                } else {
                    T value = read.get();
                    life.after(way, () -> answer.complete(value));
                }
            });
            return answer;
        }
    }

    static final class NoEvents implements EventRecorder {
        @Override
        public void normal(HasMetadata about, Reason reason, String message) {}

        @Override
        public void warning(HasMetadata about, Reason reason, String message) {}
    }

    static class NoMetrics implements ReconcileMetrics {
        @Override
        public void settled(LastAction action) {}

        @Override
        public void recovering() {}

        @Override
        public void ready(Duration waited) {}
    }
}
