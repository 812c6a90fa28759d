package net.wawp.operator.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.kubernetes.UnretriedClient;
import net.wawp.operator.kubernetes.WriteHealth;

/**
 * {@link SessionStore} by the framework's client and cache.
 *
 * <p>In {@code protocol.als} this is the guard {@code VersionChecked}.
 */
record KubernetesSessionStore(Context<WhatsAppSession> context, WriteHealth writes) implements SessionStore {

    /** A status that is written while this process leads is written before another one can lead, with the Lease's default times. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Override
    public WhatsAppSession writeStatus(WhatsAppSession resource, WhatsAppSessionStatus status) {
        String version = resource.getMetadata().getResourceVersion();
        WhatsAppSession changed = new WhatsAppSession();
        changed.setMetadata(resource.getMetadata());
        changed.setSpec(resource.getSpec());
        changed.setStatus(status);
        // The framework's own status patch carries no resourceVersion, so that a stale copy would overwrite.
        WhatsAppSession written =
                client().resource(changed).lockResourceVersion(version).updateStatus();
        writes.succeeded(
                resource.getMetadata().getNamespace(), resource.getMetadata().getName());
        // until the watch brings it, the cache would give the copy from before this write
        context.eventSourceRetriever()
                .getControllerEventSource()
                .handleRecentResourceUpdate(ResourceID.fromResource(resource), written, resource);
        return written;
    }

    @Override
    public void statusUnchanged(WhatsAppSession resource) {
        writes.unneeded(
                resource.getMetadata().getNamespace(), resource.getMetadata().getName());
    }

    @Override
    public void addFinalizer(WhatsAppSession resource, String finalizer) {
        PrimaryUpdateAndCacheUtils.addFinalizer(client(), resource, finalizer);
    }

    @Override
    public void removeFinalizer(WhatsAppSession resource, String finalizer) {
        PrimaryUpdateAndCacheUtils.removeFinalizer(client(), resource, finalizer);
    }

    /** The framework reconciles again. What the client itself repeats could arrive after another process has begun to lead. */
    private KubernetesClient client() {
        return UnretriedClient.of(context.getClient(), TIMEOUT);
    }

    @Override
    public Optional<WhatsAppSession> newest(WhatsAppSession resource) {
        return context.getPrimaryCache().get(ResourceID.fromResource(resource));
    }

    @Override
    public List<WhatsAppSession> unreconciled(String key) {
        return context.getPrimaryCache().byIndex(UnreconciledSessions.INDEX, key);
    }
}
