package net.wawp.operator.controller;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.InstanceClaims.Validity;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.session.PolicyResult;
import net.wawp.operator.session.policy.SessionPolicy;

/**
 * Gather, decide, apply. Never waits for Wawp, nor for the API server but to write.
 *
 * <p>A reconciliation follows on an event: a resource was added or changed (see {@link SessionUpdateFilter}) or deleted, or the poller, the
 * command sender or the store of Secrets has news.
 *
 * <p>In {@code protocol.als} this is the guard {@code FenceBeforeWrite}.
 */
@ControllerConfiguration(
        name = "whatsappsession",
        generationAwareEventProcessing = false,
        triggerReconcilerOnAllEvents = true)
public final class SessionReconciler implements Reconciler<WhatsAppSession> {

    /** How many may reconcile at a time. A reconciliation waits for nothing but its writes. */
    public static final int THREADS = 4;

    private static final Duration AFTER_DELETION = Duration.ofSeconds(1);
    private static final Duration AFTER_CONFLICT = Duration.ofSeconds(1);

    private static final Duration AFTER_LOST_LEAD = Duration.ofSeconds(1);
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(30);

    private final InputsGatherer gatherer;
    private final DecisionExecutor executor;
    private final InstanceClaims claims;
    private final ReconcileTrigger trigger;
    private final BiConsumer<String, ResourceID> lost;
    private final Consumer<String> forget;
    private final BooleanSupplier fence;
    private final WriteHealth writes;
    private final InstantSource clock;
    private final NamespaceShares shares;
    private final ReconcileTimers timers;
    private final AtomicBoolean claimsKnown = new AtomicBoolean();
    private volatile Supplier<Stream<WhatsAppSession>> known = Stream::empty;

    /**
     * @param lost receives the UID and the name of each resource that the watch has lost: it is gone, or no longer selected
     * @param forget receives the UID of each resource that is gone for certain
     * @param fence whether this process may still act: asked before each reconciliation
     * @param clock steady
     * @param timers wake a resource when it is to be reconciled again
     */
    SessionReconciler(
            InputsGatherer gatherer,
            DecisionExecutor executor,
            InstanceClaims claims,
            ReconcileTrigger trigger,
            BiConsumer<String, ResourceID> lost,
            Consumer<String> forget,
            BooleanSupplier fence,
            WriteHealth writes,
            InstantSource clock,
            ReconcileTimers timers) {
        this.gatherer = gatherer;
        this.executor = executor;
        this.claims = claims;
        this.trigger = trigger;
        this.lost = lost;
        this.forget = forget;
        this.fence = fence;
        this.writes = writes;
        this.clock = clock;
        this.shares = new NamespaceShares(THREADS, clock);
        this.timers = timers;
    }

    @Override
    public List<EventSource<?, WhatsAppSession>> prepareEventSources(EventSourceContext<WhatsAppSession> context) {
        context.getPrimaryCache().addIndexer(UnreconciledSessions.INDEX, UnreconciledSessions::keys);
        known = () -> context.getPrimaryCache().list();
        return List.of(trigger.eventSource());
    }

    /** The resources that are known now; none before the start. */
    public Stream<WhatsAppSession> sessions() {
        return known.get();
    }

    @Override
    public UpdateControl<WhatsAppSession> reconcile(WhatsAppSession resource, Context<WhatsAppSession> context) {
        ResourceID name = ResourceID.fromResource(resource);
        if (context.isPrimaryResourceDeleted()) {
            timers.set(name, Optional.empty());
            writes.forget(name.getNamespace().orElse(""), name.getName());
            deleted(name, context.getPrimaryCache());
        } else {
            timers.set(name, reconcileInTurn(name, resource, context));
        }
        return UpdateControl.noUpdate();
    }

    private Optional<Duration> reconcileInTurn(
            ResourceID name, WhatsAppSession resource, Context<WhatsAppSession> context) {
        String namespace = name.getNamespace().orElse("");
        Optional<Duration> wait = shares.enter(namespace);
        if (wait.isPresent()) {
            return wait;
        }
        Instant begun = clock.instant();
        try {
            return reconcile(resource, new KubernetesSessionStore(context, writes), () -> context.getPrimaryCache()
                    .list());
        } finally {
            shares.leave(namespace, Duration.between(begun, clock.instant()));
        }
    }

    /**
     * Reconciles a resource that is there.
     *
     * @param resources all that are known
     * @return after what time to reconcile again even if nothing happens
     */
    Optional<Duration> reconcile(
            WhatsAppSession resource, SessionStore store, Supplier<Stream<WhatsAppSession>> resources) {
        if (!fence.getAsBoolean()) {
            // a process that was frozen and has lost the lead must not write what it saw before
            return Optional.of(AFTER_LOST_LEAD);
        }
        ResourceID name = ResourceID.fromResource(resource);
        try {
            learnClaims(resources);
            trigger.learn(resource.getMetadata().getUid(), name).ifPresent(forget);
            return reconcile(resource, store);
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                // decided on an old copy: forget all, read again
                case HttpURLConnection.HTTP_CONFLICT -> Optional.of(AFTER_CONFLICT);
                // deleted meanwhile; the event says so
                case HttpURLConnection.HTTP_NOT_FOUND -> Optional.empty();
                // a right is missing, or somebody else forbids it
                case HttpURLConnection.HTTP_FORBIDDEN -> {
                    writes.failed(name.getNamespace().orElse(""), name.getName(), e);
                    yield Optional.of(AFTER_REFUSAL);
                }
                default -> {
                    writes.failed(name.getNamespace().orElse(""), name.getName(), e);
                    throw e;
                }
            };
        } catch (Error e) {
            // The framework catches exceptions alone: an Error would leave this resource stuck for ever.
            throw new IllegalStateException("The reconciliation of " + name + " broke off", e);
        }
    }

    /** @return after what time to reconcile again even if nothing happens */
    Optional<Duration> reconcile(WhatsAppSession session, SessionStore store) {
        Instant now = clock.instant();
        ReconcileInputs inputs = gatherer.gather(session, store, now);
        PolicyResult result = SessionPolicy.decide(inputs.facts(), now);
        return executor.apply(inputs, result, store);
    }

    /** Who owns which instance must be known before the first call, whatever order the resources come in. */
    private void learnClaims(Supplier<Stream<WhatsAppSession>> resources) {
        if (!claimsKnown.get()) {
            synchronized (claimsKnown) {
                if (!claimsKnown.get()) {
                    resources.get().forEach(this::learnClaim);
                    claimsKnown.set(true);
                }
            }
        }
    }

    /** Learns what instance a resource is bound to by its status. */
    private void learnClaim(WhatsAppSession resource) {
        // its name too, so that the claim goes when another resource has that name before this one was reconciled
        trigger.learn(resource.getMetadata().getUid(), ResourceID.fromResource(resource));
        ReconcileInputs.instanceId(resource)
                .ifPresent(instance -> claims.learn(Claim.of(resource, instance, Validity.Unknown)));
    }

    /**
     * Forgets the resource that had this name: it is gone, or has left the label selector. With a deletion the framework ends its work on a
     * name and drops what came meanwhile, so the name is looked up once more when that is over: the resource may have been created anew at once.
     */
    private void deleted(ResourceID name, Cache<WhatsAppSession> resources) {
        trigger.uid(name).ifPresent(uid -> lost.accept(uid, name));
        CompletableFuture.delayedExecutor(AFTER_DELETION.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> resources.get(name).ifPresent(trigger::rediscover));
    }
}
