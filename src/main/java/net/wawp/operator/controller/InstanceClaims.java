package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/**
 * Which resource owns which instance: the oldest claim, by creation time, then namespace and name. A resource claims the
 * instance that it is bound to. Instance ids are compared without regard to case.
 */
final class InstanceClaims {

    private static final Comparator<Claim> AGE = Comparator.comparing(Claim::created)
            .thenComparing(Claim::namespace)
            .thenComparing(Claim::name)
            .thenComparing(Claim::uid);

    private final Map<String, TreeSet<Claim>> byInstance = new HashMap<>();
    private final Map<String, Claim> byUid = new HashMap<>();

    /**
     * @param created the creation timestamp, RFC 3339 in UTC: text that sorts as time does
     * @param valid whether it would take the instance over. Being deleted, or with a spec or Secret that makes no sense, it may
     *     own, but does not wait for anything
     */
    record Claim(String uid, String instanceId, String created, String namespace, String name, boolean valid) {

        static Claim of(WhatsAppSession resource, String instanceId, boolean usable) {
            ObjectMeta meta = resource.getMetadata();
            return new Claim(
                    meta.getUid(),
                    instanceId,
                    String.valueOf(meta.getCreationTimestamp()),
                    meta.getNamespace(),
                    meta.getName(),
                    usable && !resource.isMarkedForDeletion());
        }

        boolean isOlderThan(Claim other) {
            return AGE.compare(this, other) < 0;
        }
    }

    /** Notes a claim, or what changed about it; true when there was a change. */
    synchronized boolean put(Claim claim) {
        if (claim.equals(byUid.get(claim.uid()))) {
            return false;
        }
        remove(claim.uid());
        byUid.put(claim.uid(), claim);
        byInstance
                .computeIfAbsent(key(claim.instanceId()), id -> new TreeSet<>(AGE))
                .add(claim);
        return true;
    }

    /** Drops the claim of this resource, if it has one. */
    synchronized void remove(String uid) {
        Claim gone = byUid.remove(uid);
        if (gone != null) {
            TreeSet<Claim> claims = byInstance.get(key(gone.instanceId()));
            claims.remove(gone);
            if (claims.isEmpty()) {
                byInstance.remove(key(gone.instanceId()));
            }
        }
    }

    /** The oldest claim on this instance. */
    synchronized Optional<Claim> owner(String instanceId) {
        return Optional.ofNullable(byInstance.get(key(instanceId))).map(TreeSet::first);
    }

    /** The other resources that claim the instance of this one. */
    synchronized List<Claim> rivals(String uid) {
        Claim own = byUid.get(uid);
        return own == null
                ? List.of()
                : byInstance.get(key(own.instanceId())).stream()
                        .filter(claim -> !claim.uid().equals(uid))
                        .toList();
    }

    /** Whether this resource owns its instance and another valid one waits for it. */
    synchronized boolean hasSuccessor(String uid) {
        Claim own = byUid.get(uid);
        return own != null
                && byInstance.get(key(own.instanceId())).first().equals(own)
                && rivals(uid).stream().anyMatch(Claim::valid);
    }

    private static String key(String instanceId) {
        return instanceId.toLowerCase(Locale.ROOT);
    }
}
