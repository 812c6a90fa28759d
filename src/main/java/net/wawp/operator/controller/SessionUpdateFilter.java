package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.List;
import java.util.Objects;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/**
 * Which updates of a resource have it reconciled: its spec, its deletion, its finalizers, a request, a status that somebody has
 * wiped. Not the operator's own status writes.
 */
public final class SessionUpdateFilter implements OnUpdateFilter<WhatsAppSession> {

    /** The annotations by which people and apps ask for something. */
    private static final List<String> ASKING = List.of(
            PersonRequests.REQUESTED_AT, PersonRequests.PAIR, PersonRequests.RESTART, PersonRequests.LAST_USED_AT);

    @Override
    public boolean accept(WhatsAppSession now, WhatsAppSession before) {
        var newMeta = now.getMetadata();
        var oldMeta = before.getMetadata();
        return !Objects.equals(newMeta.getUid(), oldMeta.getUid())
                || !Objects.equals(newMeta.getGeneration(), oldMeta.getGeneration())
                || !Objects.equals(newMeta.getDeletionTimestamp(), oldMeta.getDeletionTimestamp())
                || !Objects.equals(newMeta.getFinalizers(), oldMeta.getFinalizers())
                || ASKING.stream()
                        .anyMatch(name -> !Objects.equals(annotation(name, newMeta), annotation(name, oldMeta)))
                || !isDecided(now) && isDecided(before);
    }

    private static boolean isDecided(WhatsAppSession resource) {
        return resource.getStatus() != null
                && !resource.getStatus().conditions().isEmpty();
    }

    private static String annotation(String name, ObjectMeta meta) {
        return meta.getAnnotations() == null ? null : meta.getAnnotations().get(name);
    }
}
