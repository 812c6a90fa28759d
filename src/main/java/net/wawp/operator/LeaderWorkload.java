package net.wawp.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.config.LeaseSettings;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.controller.KubernetesApiReader;
import net.wawp.operator.controller.KubernetesInstanceLeases;
import net.wawp.operator.controller.SessionControlLoop;
import net.wawp.operator.controller.SessionControllerConfiguration;
import net.wawp.operator.controller.SessionItemStore;
import net.wawp.operator.controller.SessionReconciler;
import net.wawp.operator.controller.SessionUpdateFilter;
import net.wawp.operator.events.KubernetesEventRecorder;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.leaderelection.LeaderTask;
import net.wawp.operator.leaderelection.LeadershipFence;
import net.wawp.operator.management.Health;
import net.wawp.operator.metrics.OperatorMetrics;
import net.wawp.operator.metrics.SessionInventory;
import net.wawp.operator.pairing.KubernetesPairingSecrets;
import net.wawp.operator.poller.EventLoop;
import net.wawp.operator.wawp.WawpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work of the leader: the control loop of the sessions, and the framework that watches the resources for it. */
final class LeaderWorkload implements LeaderTask, SessionInventory {

    private static final Logger log = LoggerFactory.getLogger(LeaderWorkload.class);

    private static final long LIST_PAGE = 500;

    /** Of all pages together: on a busy API server 100,000 resources take more than a minute. */
    private static final Duration LIST_DEADLINE = Duration.ofMinutes(5);

    private static final Duration STOP_DEADLINE = Duration.ofSeconds(2);
    /** What it may take to write the outcomes of calls when the workload stops. */
    private static final Duration WRITE_DEADLINE = Duration.ofSeconds(2);

    /**
     * The list of the resources and the first polls leave a heap that is larger than the fleet needs. At rest hardly anything outlives a young
     * collection, so no full one would come and give it back. The second is for fleets whose start takes minutes.
     */
    private static final List<Duration> HEAP_IS_GIVEN_BACK_AFTER =
            List.of(Duration.ofSeconds(90), Duration.ofMinutes(15));

    private static final Duration STANDSTILL = Duration.ofSeconds(30);

    private final OperatorMetrics metrics;
    private final SessionControlLoop sessions;
    private final KubernetesEventRecorder events;
    private final Operator operator;
    private final RegisteredController<WhatsAppSession> controller;
    private final InstantSource clock;
    private final WriteHealth writes = new WriteHealth();
    private volatile boolean hasStarted;

    /**
     * @param namespaces to watch; empty for all
     * @param nextProbe while the client's circuit breaker is open, when it lets the next poll through
     * @param fence asked in the moment before a poll or a call goes out
     * @param giveUp run when the watch of the resources has ended for good
     * @param identity names this process in Events
     */
    LeaderWorkload(
            OperatorConfig config,
            List<String> namespaces,
            KubernetesClient kubernetes,
            Vertx vertx,
            WawpClient wawp,
            Supplier<Optional<Instant>> nextProbe,
            OperatorMetrics metrics,
            LeadershipFence fence,
            Runnable giveUp,
            String identity,
            InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
        this.events = new KubernetesEventRecorder(kubernetes, clock, identity);
        this.sessions = new SessionControlLoop(
                new EventLoop(vertx.getOrCreateContext()),
                new SplittableRandom(),
                new SessionControlLoop.Clocks(clock, InstantSource.system()),
                fence::isLeader,
                new SessionControlLoop.Wawp(wawp, nextProbe, config.wawp().maxConcurrentPolls()),
                new SessionControlLoop.ApiServer(
                        new KubernetesApiReader(kubernetes, config.otherShards(), namespaces.isEmpty()),
                        new KubernetesPairingSecrets(kubernetes, fence::isLeader),
                        events,
                        config.lease().map(LeaderWorkload::lease),
                        writes,
                        config.claimNamespace()
                                .map(namespace -> new KubernetesInstanceLeases(
                                        kubernetes,
                                        namespace,
                                        OperatorConfig.SHARD_LABEL,
                                        config.shard(),
                                        namespaces.isEmpty(),
                                        Clock.systemUTC()))),
                metrics.reconciliations(),
                config.pollInterval());
        this.operator = new Operator(overrider -> overrider
                .withKubernetesClient(kubernetes)
                .withCloseClientOnStop(false)
                .withMetrics(metrics.framework())
                // the embedded API server of the demo knows no server-side apply
                .withUseSSAToPatchPrimaryResource(false)
                .withResourceCloner(SessionItemStore.CLONER)
                .checkingCRDAndValidateLocalModel(false)
                .withCacheSyncTimeout(LIST_DEADLINE)
                .withReconciliationTerminationTimeout(STOP_DEADLINE)
                // the framework's own handler ends the process
                .withInformerStoppedHandler((informer, failure) -> {
                    if (failure != null && informer.hasSynced()) {
                        log.error("The watch of the resources ended", failure);
                        giveUp.run();
                    }
                })
                .withConcurrentReconciliationThreads(SessionReconciler.THREADS));
        ControllerConfigurationOverrider<WhatsAppSession> configuration = ControllerConfigurationOverrider.override(
                operator.getConfigurationService().getConfigurationFor(sessions.reconciler()));
        configure(configuration.withLabelSelector(config.watchSelector()), Set.copyOf(namespaces));
        this.controller =
                operator.register(sessions.reconciler(), new SessionControllerConfiguration(configuration.build()));
    }

    @Override
    public void start() {
        sessions.start();
        operator.start();
        hasStarted = true;
        metrics.show(this);
        HEAP_IS_GIVEN_BACK_AFTER.forEach(after -> CompletableFuture.delayedExecutor(after.toSeconds(), TimeUnit.SECONDS)
                .execute(System::gc));
    }

    /** Announces nothing new, waits for the calls in flight, and has what came of them written before the controller stops. */
    @Override
    public void stop(Duration drain) {
        // whatever throws, all that follows stops too
        try (events;
                sessions) {
            try {
                sessions.drain(drain).toCompletableFuture().join();
                awaitWrittenOutcomes(drain);
            } finally {
                operator.stop();
            }
        } finally {
            metrics.hide();
        }
    }

    private void awaitWrittenOutcomes(Duration drain) {
        Duration limit = drain.compareTo(WRITE_DEADLINE) < 0 ? drain : WRITE_DEADLINE;
        if (!hasStarted || limit.isZero()) {
            return;
        }
        try {
            sessions.outcomesWritten()
                    .toCompletableFuture()
                    .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            log.warn("What came of some calls could not be written to the status; the next leader finds it out");
        }
    }

    @Override
    public Stream<WhatsAppSession> sessions() {
        return sessions.reconciler().sessions();
    }

    @Override
    public Duration oldestObservationAge() {
        return sessions.oldestObservationAge();
    }

    @Override
    public int failingWrites() {
        return writes.failing();
    }

    /** An API server that is away does no harm: an informer that waits for it still runs. */
    @Override
    public Health liveness() {
        Duration silence = Duration.between(sessions.lastTick(), clock.instant());
        if (silence.compareTo(STANDSTILL) > 0) {
            return Health.bad("the poller has made no progress for " + silence.toSeconds() + " s");
        }
        return hasStarted && !watches() ? Health.bad("the watch of the resources has ended") : Health.good("leading");
    }

    @Override
    public Health readiness() {
        return writes.readiness();
    }

    private boolean watches() {
        for (InformerWrappingEventSourceHealthIndicator<?> source : controller
                .getControllerHealthInfo()
                .informerEventSourceHealthIndicators()
                .values()) {
            if (!source.informerHealthIndicators().values().stream().allMatch(InformerHealthIndicator::isRunning)) {
                return false;
            }
        }
        return true;
    }

    /** Stands for the operator in Events about all its sessions. */
    private static HasMetadata lease(LeaseSettings settings) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(settings.namespace())
                .withName(settings.name())
                .endMetadata()
                .build();
    }

    private static void configure(
            ControllerConfigurationOverrider<WhatsAppSession> controller, Set<String> namespaces) {
        controller
                .withOnUpdateFilter(new SessionUpdateFilter())
                .withInformerListLimit(LIST_PAGE)
                // only the API server fails; it comes back, and nothing may be missed then
                .withRetry(new GenericRetry()
                        .setInitialInterval(500)
                        .setIntervalMultiplier(2)
                        .setMaxInterval(15_000)
                        .withoutMaxAttempts());
        if (namespaces.isEmpty()) {
            controller.watchingAllNamespaces();
        } else {
            controller.settingNamespaces(namespaces);
        }
    }
}
