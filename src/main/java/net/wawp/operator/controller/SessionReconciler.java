package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.events.KubernetesEventRecorder;
import net.wawp.operator.metrics.ReconcileMetrics;
import net.wawp.operator.poller.SessionPoller;

/**
 * Entry point of the framework: one {@link Pass} for each event. Never waits for Wawp.
 *
 * <p>An event is: a resource was added or changed (see {@link SessionUpdateFilter}) or deleted, or the poller has news.
 */
@ControllerConfiguration(
        name = "whatsappsession",
        generationAwareEventProcessing = false,
        triggerReconcilerOnAllEvents = true)
public final class SessionReconciler implements Reconciler<WhatsAppSession> {

    private static final Duration AFTER_DELETION = Duration.ofSeconds(1);

    private final Pass pass;
    private final PollerEventSource pollerEvents;
    private volatile Supplier<Stream<WhatsAppSession>> known = Stream::empty;
    private final AtomicBoolean claimsKnown = new AtomicBoolean();

    /**
     * @param leads asked in the moment before a call goes out: whether this process may still act
     * @param pollInterval for resources that name none
     */
    public SessionReconciler(
            KubernetesClient client,
            SessionPoller poller,
            CommandSender commands,
            PollerEventSource pollerEvents,
            KubernetesEventRecorder events,
            ReconcileMetrics tally,
            BooleanSupplier leads,
            Duration pollInterval,
            InstantSource clock) {
        InstanceClaims claims = new InstanceClaims();
        Assessor assessor = new Assessor(
                new SpecReader(pollInterval),
                new CredentialsResolver(client, clock),
                claims,
                poller,
                commands,
                pollerEvents);
        this.pass = new Pass(
                assessor, claims, poller, commands, new TransitionRecorder(events, tally), pollerEvents, leads, clock);
        this.pollerEvents = pollerEvents;
    }

    @Override
    public List<EventSource<?, WhatsAppSession>> prepareEventSources(EventSourceContext<WhatsAppSession> context) {
        context.getPrimaryCache().addIndexer(UnreconciledSessions.INDEX, UnreconciledSessions::keys);
        known = () -> context.getPrimaryCache().list();
        return List.of(pollerEvents.eventSource());
    }

    /** The resources that are known now; none before the start. */
    public Stream<WhatsAppSession> sessions() {
        return known.get();
    }

    @Override
    public UpdateControl<WhatsAppSession> reconcile(WhatsAppSession resource, Context<WhatsAppSession> context) {
        if (context.isPrimaryResourceDeleted()) {
            deleted(ResourceID.fromResource(resource), context.getPrimaryCache());
            return UpdateControl.noUpdate();
        }
        ObjectMeta meta = resource.getMetadata();
        try {
            learnClaims(context);
            pollerEvents.learn(meta.getUid(), ResourceID.fromResource(resource)).ifPresent(this::forget);
            Optional<Duration> due = pass.run(resource, new KubernetesSessionStore(context));
            if (due.isPresent()) {
                return UpdateControl.<WhatsAppSession>noUpdate().rescheduleAfter(due.get());
            }
        } catch (KubernetesClientException e) {
            switch (e.getCode()) {
                // decided on an old copy: forget all, read again
                case HttpURLConnection.HTTP_CONFLICT -> {
                    return UpdateControl.<WhatsAppSession>noUpdate().rescheduleAfter(Pass.SOON);
                }
                // deleted while it was polled; the event says so
                case HttpURLConnection.HTTP_NOT_FOUND -> {}
                default -> throw e;
            }
        } catch (Error e) {
            // The framework catches exceptions alone: an Error would leave this resource stuck for ever.
            throw new IllegalStateException("A pass over " + ResourceID.fromResource(resource) + " broke off", e);
        }
        return UpdateControl.noUpdate();
    }

    /** Who owns which instance must be known before the first call, whatever order the resources come in. */
    private void learnClaims(Context<WhatsAppSession> context) {
        if (!claimsKnown.get()) {
            synchronized (claimsKnown) {
                if (!claimsKnown.get()) {
                    context.getPrimaryCache().list().forEach(this::learnClaim);
                    claimsKnown.set(true);
                }
            }
        }
    }

    private void learnClaim(WhatsAppSession resource) {
        // its name too, so that the claim goes when another resource has that name before this one had a pass
        pollerEvents.learn(resource.getMetadata().getUid(), ResourceID.fromResource(resource));
        pass.claim(resource);
    }

    /**
     * Forgets the resource that had this name. With a deletion the framework ends its work on a name and drops what came
     * meanwhile, so the name is polled up once more when that is over: the resource may have been created anew at once.
     */
    private void deleted(ResourceID name, Cache<WhatsAppSession> resources) {
        pollerEvents.uid(name).ifPresent(this::forget);
        CompletableFuture.delayedExecutor(AFTER_DELETION.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> resources.get(name).ifPresent(pollerEvents::rediscover));
    }

    private void forget(String uid) {
        pass.forget(uid);
        pollerEvents.forget(uid);
    }
}
