package net.wawp.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.controller.PollerEventSource;
import net.wawp.operator.controller.SessionReconciler;
import net.wawp.operator.controller.SessionUpdateFilter;
import net.wawp.operator.events.KubernetesEventRecorder;
import net.wawp.operator.leaderelection.LeaderTask;
import net.wawp.operator.management.Health;
import net.wawp.operator.metrics.OperatorMetrics;
import net.wawp.operator.metrics.SessionInventory;
import net.wawp.operator.poller.EventLoop;
import net.wawp.operator.poller.SessionPoller;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The poller and the framework's controller, as they run while this process leads. */
public final class LeaderWorkload implements LeaderTask, SessionInventory {

    private static final Logger log = LoggerFactory.getLogger(LeaderWorkload.class);

    private static final int RECONCILER_THREADS = 4;
    private static final long LIST_PAGE = 200;
    private static final Duration LIST_DEADLINE = Duration.ofSeconds(60);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(2);
    private static final Duration STANDSTILL = Duration.ofSeconds(30);

    private final OperatorConfig config;
    private final OperatorMetrics metrics;
    private final SessionPoller poller;
    private final CommandSender commands;
    private final KubernetesEventRecorder events;
    private final Operator operator;
    private final SessionReconciler reconciler;
    private final RegisteredController<WhatsAppSession> controller;
    private final InstantSource clock;
    private volatile boolean hasStarted;

    /**
     * @param nextProbe while the client's circuit breaker is open, when it lets the next poll through
     * @param leads asked in the moment before a call goes out
     * @param giveUp run when the watch of the resources has ended for good
     * @param identity names this process in Events
     */
    public LeaderWorkload(
            OperatorConfig config,
            KubernetesClient kubernetes,
            Vertx vertx,
            WawpClient wawp,
            Supplier<Optional<Instant>> nextProbe,
            OperatorMetrics metrics,
            BooleanSupplier leads,
            Runnable giveUp,
            String identity,
            InstantSource clock) {
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
        PollerEventSource pollerEvents = new PollerEventSource();
        SecureRandom random = new SecureRandom();
        EventLoop loop = new EventLoop(vertx.getOrCreateContext());
        SessionPoller poller =
                new SessionPoller(loop, wawp, clock, random, config.maxConcurrentPolls(), nextProbe, pollerEvents);
        this.poller = poller;
        this.commands = new CommandSender(loop, wawp, clock, random, command -> {
            // the controller learns of a command together with the poll that followed it
            if (!poller.pollNow(command.uid(), Priority.Prompt)) {
                pollerEvents.accept(command.uid());
            }
        });
        this.events = new KubernetesEventRecorder(kubernetes, clock, identity);
        this.operator = new Operator(overrider -> overrider
                .withKubernetesClient(kubernetes)
                .withCloseClientOnStop(false)
                .withMetrics(metrics.framework())
                // one way of writing for every API server, the embedded one of the demo included
                .withUseSSAToPatchPrimaryResource(false)
                .checkingCRDAndValidateLocalModel(false)
                .withCacheSyncTimeout(LIST_DEADLINE)
                .withReconciliationTerminationTimeout(STOP_DEADLINE)
                // the framework's own handler would exit the process
                .withInformerStoppedHandler((informer, failure) -> {
                    if (failure != null && informer.hasSynced()) {
                        log.error("The watch of the resources ended", failure);
                        giveUp.run();
                    }
                })
                .withConcurrentReconciliationThreads(RECONCILER_THREADS));
        this.reconciler = new SessionReconciler(
                kubernetes,
                poller,
                commands,
                pollerEvents,
                events,
                metrics.tally(),
                leads,
                config.pollInterval(),
                clock);
        this.controller = operator.register(reconciler, this::configure);
    }

    @Override
    public void start() {
        poller.start();
        operator.start();
        hasStarted = true;
        metrics.show(this);
    }

    @Override
    public void stop(Duration drain) {
        // first, so that the controller learns of each outcome at once
        poller.stop().toCompletableFuture().join();
        commands.drain(drain).toCompletableFuture().join();
        operator.stop();
        metrics.hide();
        events.close();
    }

    @Override
    public Stream<WhatsAppSession> sessions() {
        return reconciler.sessions();
    }

    @Override
    public Duration oldestObservationAge() {
        return poller.oldestObservationAge();
    }

    /** An API server that is away does no harm here: an informer that waits for it still runs. */
    @Override
    public Health liveness() {
        Duration silence = Duration.between(poller.lastTick(), clock.instant());
        if (silence.compareTo(STANDSTILL) > 0) {
            return Health.bad("the poller has stood still for " + silence.toSeconds() + " s");
        }
        return hasStarted && !watches() ? Health.bad("the watch of the resources has ended") : Health.good("leading");
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

    SessionPoller poller() {
        return poller;
    }

    private void configure(ControllerConfigurationOverrider<WhatsAppSession> controller) {
        controller
                .withOnUpdateFilter(new SessionUpdateFilter())
                .withInformerListLimit(LIST_PAGE)
                // what fails is the API server; it comes back, and nothing may be missed then
                .withRetry(new GenericRetry()
                        .setInitialInterval(500)
                        .setIntervalMultiplier(2)
                        .setMaxInterval(15_000)
                        .withoutMaxAttempts());
        Set<String> namespaces = Set.copyOf(config.watchNamespaces());
        if (namespaces.isEmpty()) {
            controller.watchingAllNamespaces();
        } else {
            controller.settingNamespaces(namespaces);
        }
        // with several namespaces there is an informer for each, and the framework would share one store among them
        if (namespaces.size() < 2) {
            controller.withItemStore(new TransformingItemStore<>(LeaderWorkload::withoutBallast));
        }
    }

    /** Field ownership is half of a resource's size, and of no use here; the API server keeps it all the same. */
    private static WhatsAppSession withoutBallast(WhatsAppSession resource) {
        resource.getMetadata().setManagedFields(null);
        return resource;
    }
}
