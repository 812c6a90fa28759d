package net.wawp.operator.controller;

import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Map;
import java.util.Objects;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/**
 * Which updates of a resource have it reconciled: its spec, its deletion, its finalizers, a request, a status that somebody has
 * wiped. Not the operator's own status writes.
 */
public final class SessionUpdateFilter implements OnUpdateFilter<WhatsAppSession> {

    @Override
    public boolean accept(WhatsAppSession now, WhatsAppSession before) {
        var newMeta = now.getMetadata();
        var oldMeta = before.getMetadata();
        return !Objects.equals(newMeta.getUid(), oldMeta.getUid())
                || !Objects.equals(newMeta.getGeneration(), oldMeta.getGeneration())
                || !Objects.equals(newMeta.getDeletionTimestamp(), oldMeta.getDeletionTimestamp())
                || !Objects.equals(newMeta.getFinalizers(), oldMeta.getFinalizers())
                || !Objects.equals(annotation(newMeta.getAnnotations()), annotation(oldMeta.getAnnotations()))
                || !isDecided(now) && isDecided(before);
    }

    private static boolean isDecided(WhatsAppSession resource) {
        return resource.getStatus() != null
                && !resource.getStatus().conditions().isEmpty();
    }

    private static String annotation(Map<String, String> annotations) {
        return annotations == null ? null : annotations.get(ReconcileRequest.ANNOTATION);
    }
}
