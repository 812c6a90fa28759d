package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.pairing.InMemoryPairingSecrets;
import net.wawp.operator.poller.EventLoop;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.testing.LoopFixture;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpResponse;

/** The real reconciler and the real poller over an API server, a Wawp and a clock that obey the test. Each reconciliation is asked for. */
final class ReconcilerFixture implements AutoCloseable {

    static final String INSTANCE = "3EB0BCB2E3D4";
    static final String TOKEN = "wawp-token-0123456789abcdef";
    static final String SECRET = "wawp-credentials";

    final ManualClock clock = new ManualClock();
    /** What people read: how far it was set off the other. */
    Duration wallClockSetBy = Duration.ZERO;

    final InstantSource wallClock = () -> clock.instant().plus(wallClockSetBy);
    final InMemorySessionStore store = new InMemorySessionStore(clock);
    final ScriptedWawpClient wawp = new ScriptedWawpClient();
    final List<String> events = new ArrayList<>();
    /** The outcomes that were counted. */
    final List<LastAction> counted = new ArrayList<>();

    final List<String> secretReads = new ArrayList<>();
    /** What operators of other shards serve in the namespace, and what they have bound to the instance in others. */
    final List<WhatsAppSession> ofOtherShards = new ArrayList<>();

    final List<String> confirmations = new ArrayList<>();
    final InMemoryPairingSecrets pairingSecrets = new InMemoryPairingSecrets();
    final WriteHealth writes = new WriteHealth();
    final InMemoryInstanceLeases instances = new InMemoryInstanceLeases();
    final SessionControlLoop sessions;
    volatile boolean leads = true;
    private final CompletableFuture<ApiReader.Response<WhatsAppSession>> confirmation = new CompletableFuture<>();
    private final Map<String, ApiReader.Response<Secret>> secrets = new HashMap<>();
    private final LoopFixture loop = new LoopFixture();

    ReconcilerFixture() {
        // not started: it keeps no time of its own, so that it polls and reads Secrets only when it is asked to
        sessions = new SessionControlLoop(
                loop.loop(),
                new SplittableRandom(1),
                new SessionControlLoop.Clocks(clock, wallClock),
                () -> leads,
                new SessionControlLoop.Wawp(wawp, Optional::empty, 10),
                new SessionControlLoop.ApiServer(
                        new Api(),
                        pairingSecrets,
                        new RecordedEvents(events),
                        Optional.empty(),
                        writes,
                        Optional.of(instances)),
                new SimulatedProcess.NoMetrics() {
                    @Override
                    public void settled(LastAction action) {
                        counted.add(action);
                    }
                },
                Duration.ofSeconds(60));
        secret(TOKEN);
    }

    static WhatsAppSessionSpec spec(DesiredState desired) {
        return spec(desired, DeletionPolicy.Retain);
    }

    static WhatsAppSessionSpec spec(DesiredState desired, DeletionPolicy policy) {
        return WhatsAppSessionSpec.builder()
                .desiredState(desired)
                .instanceId(INSTANCE)
                .credentialsSecretRef(new CredentialsSecretRef(SECRET))
                .deletionPolicy(policy)
                .build();
    }

    /** Has the Secret hold this token. */
    void secret(String token) {
        secret(SECRET, token);
    }

    void secret(String name, String token) {
        secret(name, token, INSTANCE);
    }

    /** Has the Secret name this instance. */
    void secretNames(String instance) {
        secret(SECRET, TOKEN, instance);
    }

    private void secret(String name, String token, String instance) {
        secrets.put(
                name,
                new ApiReader.Response<>(
                        200,
                        Optional.of(new SecretBuilder()
                                .withType("Opaque")
                                .addToData("access_token", base64(token))
                                .addToData("instance_id", base64(instance))
                                .build())));
    }

    /** Has the API server answer reads of the Secret with this status. */
    void secretFails(int status) {
        secretFails(SECRET, status);
    }

    void secretFails(String name, int status) {
        secrets.put(name, new ApiReader.Response<>(status, Optional.empty()));
    }

    /** Reconciles the resource once; gives the time after which to do so again, if there is one. */
    Optional<Duration> reconcile(String uid) {
        Optional<Duration> delay = sessions.reconciler().reconcile(store.get(uid), store);
        settle();
        return delay;
    }

    /** The same, by the framework's way in, which also learns what the resource is called. */
    void reconcileAsTheFrameworkDoes(String uid) {
        sessions.reconciler().reconcile(store.get(uid), store, Stream::empty);
        settle();
    }

    /** Reconciles until the Secret is read and the first poll is under way. */
    void reconcileUntilPolled(String uid) {
        for (int pass = 0; wawp.unansweredPolls().isEmpty(); pass++) {
            assertThat(pass).as("reconciliations before the first poll").isLessThan(5);
            reconcile(uid);
        }
    }

    /** Has Wawp answer the poll that is under way. */
    void observe(SessionState state) {
        answer(ScriptedWawpClient.observed(state));
    }

    /** Has Wawp answer all polls that are under way. */
    void observeAll(SessionState state) {
        wawp.unansweredPolls().forEach(poll -> poll.answer().complete(ScriptedWawpClient.observed(state)));
        settle();
    }

    void answer(WawpResponse response) {
        assertThat(wawp.unansweredPolls()).hasSize(1);
        wawp.unansweredPolls().get(0).answer().complete(response);
        settle();
    }

    /** Has the API server answer the question whether the call is still wanted with what it has now. */
    void confirm(String uid) {
        confirm(store.get(uid));
    }

    /** Has it answer that question with this. */
    void confirm(WhatsAppSession current) {
        confirmation.complete(new ApiReader.Response<>(200, Optional.of(current)));
        settle();
    }

    /** Has that question go without an answer. */
    void failToConfirm() {
        confirmation.completeExceptionally(new IOException("The API server was not reached"));
        settle();
    }

    /** The calls that were sent, in order. */
    List<Operation> sent() {
        return wawp.commands().stream().map(ScriptedWawpClient.Call::operation).toList();
    }

    /** Has Wawp answer the last call that was sent. */
    void answerCall(WawpResponse response) {
        List<ScriptedWawpClient.Call> calls = wawp.commands();
        calls.get(calls.size() - 1).answer().complete(response);
        settle();
    }

    /** A resource whose session was polled and reconciled once. */
    String reconciled(String name, WhatsAppSessionSpec spec, SessionState state) {
        String uid = store.create(name, spec);
        reconcileUntilPolled(uid);
        observe(state);
        reconcile(uid);
        store.takeWrites();
        secretReads.clear();
        wawp.clear();
        return uid;
    }

    /** The UID of each resource that is to be reconciled again, from now on. */
    List<String> wokenUids() {
        List<String> woken = new CopyOnWriteArrayList<>();
        var events = sessions.trigger.eventSource();
        events.setEventHandler(event ->
                sessions.trigger.uid(event.getRelatedCustomResourceID()).ifPresent(woken::add));
        events.start();
        return woken;
    }

    /** Has the process stop: it announces nothing from now on. */
    void drain() {
        sessions.drain(Duration.ofSeconds(10));
        settle();
    }

    WhatsAppSessionStatus status(String uid) {
        return store.get(uid).getStatus();
    }

    Condition condition(String uid, String type) {
        return Conditions.find(status(uid).conditions(), type).orElseThrow();
    }

    String reason(String uid) {
        return condition(uid, Conditions.READY).reason();
    }

    boolean isStalled(String uid) {
        return Conditions.find(status(uid).conditions(), Conditions.STALLED).isPresent();
    }

    EventLoop loop() {
        return loop.loop();
    }

    /** Waits until the loop has nothing to do. */
    void settle() {
        loop.settle();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes());
    }

    @Override
    public void close() {
        loop.close();
    }

    private final class Api implements ApiReader {
        @Override
        public CompletionStage<Response<Secret>> secret(String namespace, String name) {
            secretReads.add(namespace + "/" + name);
            return CompletableFuture.completedStage(secrets.getOrDefault(name, new Response<>(404, Optional.empty())));
        }

        @Override
        public CompletionStage<Response<List<WhatsAppSession>>> sessionsOfOtherShards(
                String namespace, String instanceId) {
            return CompletableFuture.completedStage(new Response<>(200, Optional.of(List.copyOf(ofOtherShards))));
        }

        @Override
        public CompletionStage<Response<WhatsAppSession>> session(String namespace, String name) {
            confirmations.add(namespace + "/" + name);
            return confirmation;
        }
    }
}
