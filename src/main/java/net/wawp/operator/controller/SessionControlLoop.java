package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import net.wawp.operator.command.Command;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.events.EventRecorder;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.metrics.ReconcileMetrics;
import net.wawp.operator.pairing.PairingOffers;
import net.wawp.operator.pairing.PairingSecrets;
import net.wawp.operator.poller.EventLoop;
import net.wawp.operator.poller.SessionPoller;
import net.wawp.operator.time.Backoff;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;

/**
 * All parts that poll, decide and act, joined: the poller, the reconciler, the command sender and the ways to pair. What surrounds them is
 * given: the event loop, Wawp, the API server, the clocks. Whoever holds the watch of the resources has {@link #reconciler} called.
 */
public final class SessionControlLoop implements AutoCloseable {

    private static final Duration SECRET_PERIOD = Duration.ofSeconds(1);
    private static final Backoff READ_AGAIN = new Backoff(Duration.ofSeconds(5), 2, Duration.ofMinutes(5));

    /**
     * How Wawp is reached.
     *
     * @param nextProbe while the client's circuit breaker is open, when it lets the next poll through
     * @param concurrentPolls how many routine polls may be in flight together, and as many requested ones at most
     */
    public record Wawp(WawpClient client, Supplier<Optional<Instant>> nextProbe, int concurrentPolls) {}

    /**
     * How the API server is reached, beside the reconciler's own reads and writes of resources.
     *
     * @param pairingSecrets closed with the control loop
     * @param operator what Events about the operator itself are about; empty where there is nothing
     * @param writes learns what becomes of the reconciler's writes
     * @param instances empty where instances are not claimed across operators; closed with the control loop
     */
    public record ApiServer(
            ApiReader reader,
            PairingSecrets pairingSecrets,
            EventRecorder events,
            Optional<HasMetadata> operator,
            WriteHealth writes,
            Optional<InstanceLeases> instances) {}

    /**
     * The two kinds of time.
     *
     * @param steady all that is due goes by it
     * @param wall what people read: running hours go by it
     */
    public record Clocks(InstantSource steady, InstantSource wall) {}

    private final EventLoop loop;
    private final ApiReader reader;
    final ReconcileTrigger trigger = new ReconcileTrigger();
    private final InstanceClaims claims = new InstanceClaims();
    final ClusterClaims clusterClaims;
    private final UnwrittenOutcomes unwritten = new UnwrittenOutcomes();
    private final Map<String, ResourceMemory> memories = new ConcurrentHashMap<>();
    private final SessionPoller poller;
    final CommandSender commands;
    private final PairingOffers offers;
    private final SecretStore secrets;
    private final DecisionExecutor executor;
    final ReconcileTimers timers;
    private final SessionReconciler reconciler;
    private Runnable stopRefreshing = () -> {};

    /**
     * @param fence whether this process may still act: asked before each reconciliation, and in the moment before a poll or a call goes out
     * @param pollInterval for resources that name none
     */
    public SessionControlLoop(
            EventLoop loop,
            RandomGenerator random,
            Clocks clocks,
            BooleanSupplier fence,
            Wawp wawp,
            ApiServer apiServer,
            ReconcileMetrics metrics,
            Duration pollInterval) {
        this.loop = loop;
        InstantSource clock = clocks.steady();
        this.reader = apiServer.reader();
        OutageRecorder recorder = new OutageRecorder(apiServer.events(), apiServer.operator(), clock);
        poller = new SessionPoller(
                loop, wawp.client(), clock, random, fence, wawp.concurrentPolls(), wawp.nextProbe(), recorder, trigger);
        commands = new CommandSender(loop, wawp.client(), clock, random, this::commandEnded);
        offers = new PairingOffers(loop, wawp.client(), apiServer.pairingSecrets(), fence, clock, trigger);
        clusterClaims = new ClusterClaims(loop, apiServer.instances(), memories::containsKey, trigger);
        secrets =
                new SecretStore(key -> reader.secret(key.namespace(), key.ref().name()), trigger, clock);
        InputsGatherer gatherer = new InputsGatherer(
                new SpecReader(pollInterval),
                secrets,
                claims,
                clusterClaims,
                poller,
                commands,
                offers,
                clocks.wall(),
                memories);
        executor = new DecisionExecutor(
                memories,
                secrets,
                claims,
                new PollPlanner(poller, secrets, commands),
                new IntentSender(commands, claims, clusterClaims, unwritten, reader, fence, clock),
                new RequestExecutor(offers, trigger),
                unwritten,
                new TransitionRecorder(recorder, metrics),
                trigger);
        timers = new ReconcileTimers(loop, trigger::wake);
        reconciler = new SessionReconciler(
                gatherer,
                executor,
                claims,
                trigger,
                this::lost,
                this::forget,
                fence,
                apiServer.writes(),
                clock,
                timers);
    }

    /** To be called for every resource that was added or changed, that is gone, or that this asks for. */
    public SessionReconciler reconciler() {
        return reconciler;
    }

    /** Begins to poll, and to read Secrets again. */
    public void start() {
        poller.start();
        stopRefreshing = loop.every(SECRET_PERIOD, this::refreshSecrets);
    }

    /**
     * Announces no call and begins no poll from now on, for good. What is known of earlier calls is still written.
     *
     * @param limit how long, in real time, calls in flight may take
     * @return completes when no call is in flight, or when the time is over
     */
    public CompletionStage<Void> drain(Duration limit) {
        executor.stopAnnouncing();
        return poller.stop().thenCompose(stopped -> commands.drain(limit));
    }

    /** Completes when the outcome of every call that was sent stands in a status; it may never do so. To be called after {@link #drain}. */
    public CompletionStage<Void> outcomesWritten() {
        return unwritten.allWritten(trigger);
    }

    /** Reads no Secret again, makes no way to pair and wakes no resource any more. */
    @Override
    public void close() {
        stopRefreshing.run();
        timers.close();
        offers.close();
        clusterClaims.close();
    }

    /** See {@link SessionPoller#lastTick}. */
    public Instant lastTick() {
        return poller.lastTick();
    }

    /** See {@link SessionPoller#oldestObservationAge}. */
    public Duration oldestObservationAge() {
        return poller.oldestObservationAge();
    }

    /** Reads the Secrets that are due. */
    void refreshSecrets() {
        secrets.refresh();
    }

    /** A call has ended: the session is polled, and what came of both is reconciled together. */
    private void commandEnded(Command command) {
        if (!poller.pollNow(command.uid(), Priority.Prompt)) {
            trigger.accept(command.uid());
        }
        claims.competing(command.uid()).forEach(other -> trigger.accept(other.uid()));
    }

    /** Forgets a resource that is gone; those that competed for its instance get their turn. The lane of its instance stays. */
    void forget(String uid) {
        forgetAllButItsOffer(uid);
        offers.forget(uid);
    }

    /**
     * Forgets a resource that the watch has lost: it is gone, or its labels have made it another operator's. Nothing is called for it. A call
     * in flight has its intent in the status, and whoever serves the resource next settles that without repeating it.
     */
    void lost(String uid, ResourceID name) {
        forgetAllButItsOffer(uid);
        // after the plans that its reconciliations have made
        loop.run(() -> endOffer(uid, name, 0));
    }

    /** A way to pair is taken back if the resource is gone, and left to the next operator if it is not. The watch does not tell which. */
    private void endOffer(String uid, ResourceID name, int failedReads) {
        if (!offers.isKnown(uid)) {
            return;
        }
        loop.await(() -> reader.session(name.getNamespace().orElse(""), name.getName()), (answer, error) -> {
            boolean isAnswered = error == null
                    && (answer.status() == HttpURLConnection.HTTP_OK
                            || answer.status() == HttpURLConnection.HTTP_NOT_FOUND);
            if (memories.containsKey(uid)) {
                // it is served here again, and its way to pair with it
                return;
            }
            if (!isAnswered) {
                loop.after(READ_AGAIN.after(failedReads), () -> endOffer(uid, name, failedReads + 1));
            } else if (answer.body()
                    .filter(there -> uid.equals(there.getMetadata().getUid()))
                    .isPresent()) {
                offers.leave(uid);
            } else {
                offers.forget(uid);
            }
        });
    }

    private void forgetAllButItsOffer(String uid) {
        poller.forget(uid);
        secrets.forget(uid);
        memories.remove(uid);
        clusterClaims.forget(uid);
        unwritten.forget(uid);
        List<Claim> competing = claims.competing(uid);
        claims.remove(uid);
        competing.forEach(other -> trigger.accept(other.uid()));
        trigger.forget(uid);
    }
}
