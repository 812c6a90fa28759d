package net.wawp.operator.controller;

import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.kubernetes.WriteHealth;

/**
 * {@link SessionStore} by the framework's client and cache.
 *
 * <p>In {@code protocol.als} this is the guard {@code VersionChecked}.
 */
record KubernetesSessionStore(Context<WhatsAppSession> context, WriteHealth writes) implements SessionStore {

    @Override
    public WhatsAppSession writeStatus(WhatsAppSession resource, WhatsAppSessionStatus status) {
        String version = resource.getMetadata().getResourceVersion();
        WhatsAppSession changed = new WhatsAppSession();
        changed.setMetadata(resource.getMetadata());
        changed.setSpec(resource.getSpec());
        changed.setStatus(status);
        // The framework's own status patch carries no resourceVersion, so that a stale copy would overwrite.
        WhatsAppSession written = context.getClient()
                .resource(changed)
                .lockResourceVersion(version)
                .updateStatus();
        writes.succeeded(resource.getMetadata().getNamespace());
        // until the watch brings it, the cache would give the copy from before this write
        context.eventSourceRetriever()
                .getControllerEventSource()
                .handleRecentResourceUpdate(ResourceID.fromResource(resource), written, resource);
        return written;
    }

    @Override
    public void addFinalizer(WhatsAppSession resource, String finalizer) {
        PrimaryUpdateAndCacheUtils.addFinalizer(context.getClient(), resource, finalizer);
    }

    @Override
    public void removeFinalizer(WhatsAppSession resource, String finalizer) {
        PrimaryUpdateAndCacheUtils.removeFinalizer(context.getClient(), resource, finalizer);
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
