package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/**
 * Which resource owns which instance: the oldest claim, by creation time, then namespace and name. A resource claims the
 * instance that it is bound to. Instance ids are compared without regard to case.
 *
 * <p>An owner whose own spec or Secret has been unusable for ten minutes loses the instance to the next one. Not earlier: a Secret that is
 * rotated may be missing for a moment, and the next one may want the session logged out.
 *
 * <p>In {@code protocol.als} this is the guard {@code OlderOwnerFirst}.
 */
final class InstanceClaims {

    static final Duration LAPSES_AFTER = Duration.ofMinutes(10);

    private static final Comparator<Claim> AGE = Comparator.comparing(Claim::created)
            .thenComparing(Claim::namespace)
            .thenComparing(Claim::name)
            .thenComparing(Claim::uid);

    /** The oldest claim first: nearly always it is the only one. */
    private final Map<String, List<Claim>> byInstance = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private final Map<String, Claim> byUid = new HashMap<>();
    private final Map<String, Instant> unusableSince = new HashMap<>();

    /**
     * @param created the creation timestamp, RFC 3339 in UTC: text that sorts as time does
     * @param validity whether spec and Secret name the instance
     * @param deleted whether the resource is being deleted: it may own, but waits for nothing
     */
    record Claim(
            String uid,
            String instanceId,
            String created,
            String namespace,
            String name,
            Validity validity,
            boolean deleted) {

        static Claim of(WhatsAppSession resource, String instanceId, Validity validity) {
            ObjectMeta meta = resource.getMetadata();
            return new Claim(
                    meta.getUid(),
                    instanceId,
                    String.valueOf(meta.getCreationTimestamp()),
                    meta.getNamespace(),
                    meta.getName(),
                    validity,
                    resource.isMarkedForDeletion());
        }

        /** Whether it would take the instance over. */
        boolean isValid() {
            return validity == Validity.Valid && !deleted;
        }

        /** Whether it may yet turn out that it would. */
        boolean isUndecided() {
            return validity == Validity.Unknown && !deleted;
        }

        boolean isOlderThan(Claim other) {
            return AGE.compare(this, other) < 0;
        }
    }

    /** Whether the resource that makes a claim can serve the instance. */
    enum Validity {
        Valid,
        /** Its Secret was not read yet, or cannot be read now. */
        Unknown,
        /** Its Secret is gone, makes no sense, or names another instance. */
        Invalid
    }

    /** Notes a claim, or what changed about it; true when there was a change. */
    synchronized boolean put(Claim claim, Instant now) {
        if (claim.validity() == Validity.Valid) {
            unusableSince.remove(claim.uid());
        } else {
            unusableSince.putIfAbsent(claim.uid(), now);
        }
        return learn(claim);
    }

    /** The same for a resource that nobody has decided about yet: nothing says that it is unusable. */
    synchronized boolean learn(Claim claim) {
        if (claim.equals(byUid.get(claim.uid()))) {
            return false;
        }
        drop(claim.uid());
        byUid.put(claim.uid(), claim);
        byInstance.merge(
                claim.instanceId(), List.of(claim), (claims, added) -> Stream.concat(claims.stream(), added.stream())
                        .sorted(AGE)
                        .toList());
        return true;
    }

    /** Drops the claim of this resource, if it has one. */
    synchronized void remove(String uid) {
        unusableSince.remove(uid);
        drop(uid);
    }

    private void drop(String uid) {
        Claim gone = byUid.remove(uid);
        if (gone != null) {
            byInstance.computeIfPresent(gone.instanceId(), (id, claims) -> {
                List<Claim> left =
                        claims.stream().filter(claim -> !claim.equals(gone)).toList();
                return left.isEmpty() ? null : left;
            });
        }
    }

    /** Who owns the instance instead of the resource that makes this claim, if somebody does. */
    synchronized Optional<Claim> olderOwner(Claim claim, Instant now) {
        return claims(claim.instanceId())
                .filter(other -> !other.uid().equals(claim.uid()) && other.isOlderThan(claim) && !hasLapsed(other, now))
                .findFirst();
    }

    /** The other resources that claim the instance of this one. */
    synchronized List<Claim> competing(String uid) {
        Claim own = byUid.get(uid);
        return own == null
                ? List.of()
                : claims(own.instanceId())
                        .filter(claim -> !claim.uid().equals(uid))
                        .toList();
    }

    /** Whether this resource owns its instance and another valid one waits for it. */
    synchronized boolean hasSuccessor(String uid, Instant now) {
        Claim own = byUid.get(uid);
        return own != null
                && olderOwner(own, now).isEmpty()
                && competing(uid).stream().anyMatch(Claim::isValid);
    }

    /** Whether this resource owns its instance and it is not known yet whether another that claims it could serve it. */
    synchronized boolean hasUndecidedSuccessor(String uid, Instant now) {
        Claim own = byUid.get(uid);
        return own != null
                && olderOwner(own, now).isEmpty()
                && competing(uid).stream().anyMatch(Claim::isUndecided);
    }

    /** Whether another resource claims the instance of this one and is not being deleted, be its Secret usable or not. */
    synchronized boolean isClaimedByAnother(String uid) {
        return competing(uid).stream().anyMatch(claim -> !claim.deleted());
    }

    private Stream<Claim> claims(String instanceId) {
        return byInstance.getOrDefault(instanceId, List.of()).stream();
    }

    private boolean hasLapsed(Claim claim, Instant now) {
        Instant since = unusableSince.get(claim.uid());
        return since != null && !now.isBefore(since.plus(LAPSES_AFTER));
    }

    /** In which ways a resource may write this instance, for the API server, which compares with regard to case: like this, and as people do. */
    static Set<String> spellings(String instanceId) {
        return new LinkedHashSet<>(
                List.of(instanceId, instanceId.toUpperCase(Locale.ROOT), instanceId.toLowerCase(Locale.ROOT)));
    }
}
