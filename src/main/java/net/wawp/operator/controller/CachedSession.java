package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.Recovery;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;

/**
 * What the operator keeps in memory of a resource. Labels and annotations of others, owners and field ownership are left out: the operator
 * does not read them here, and no write of its own touches them, since it writes the status and patches its finalizer alone. What compares
 * labels, to tell whether the resource has become another operator's, takes them from answers of the API server.
 *
 * <p>There are tens of thousands of these, so equal words are kept once: those of the API in the JVM's table of strings, others with the
 * version before.
 *
 * @param labels those of the operator's group
 * @param annotations those of the operator's group
 */
record CachedSession(
        String namespace,
        String name,
        String uid,
        String resourceVersion,
        Long generation,
        String created,
        String deleted,
        List<String> finalizers,
        Map<String, String> labels,
        Map<String, String> annotations,
        WhatsAppSessionSpec spec,
        WhatsAppSessionStatus status) {

    private static final String OWN = WhatsAppSession.GROUP + "/";

    /** @param before the version before, null if there is none */
    static CachedSession of(WhatsAppSession resource, CachedSession before) {
        ObjectMeta meta = resource.getMetadata();
        WhatsAppSessionSpec spec = spec(resource.getSpec(), before == null ? null : before.spec());
        Map<String, String> annotations = own(meta.getAnnotations());
        return new CachedSession(
                word(meta.getNamespace()),
                same(meta.getName(), before == null ? null : before.name()),
                same(meta.getUid(), before == null ? null : before.uid()),
                meta.getResourceVersion(),
                meta.getGeneration(),
                same(meta.getCreationTimestamp(), before == null ? null : before.created()),
                meta.getDeletionTimestamp(),
                meta.getFinalizers() == null
                        ? List.of()
                        : meta.getFinalizers().stream().map(CachedSession::word).toList(),
                own(meta.getLabels()),
                annotations,
                spec,
                status(resource.getStatus(), spec, annotations, before == null ? null : before.status()));
    }

    /** A resource of its own: a change of it changes nothing here. */
    WhatsAppSession copy() {
        ObjectMeta meta = new ObjectMeta();
        meta.setNamespace(namespace);
        meta.setName(name);
        meta.setUid(uid);
        meta.setResourceVersion(resourceVersion);
        meta.setGeneration(generation);
        meta.setCreationTimestamp(created);
        meta.setDeletionTimestamp(deleted);
        meta.setFinalizers(new ArrayList<>(finalizers));
        meta.setLabels(new LinkedHashMap<>(labels));
        meta.setAnnotations(new LinkedHashMap<>(annotations));
        WhatsAppSession resource = new WhatsAppSession();
        resource.setMetadata(meta);
        resource.setSpec(spec);
        resource.setStatus(status);
        return resource;
    }

    /** Gives a resource of this version the same strings: the event about it keeps them. */
    void shareName(WhatsAppSession resource) {
        resource.getMetadata().setNamespace(namespace);
        resource.getMetadata().setName(name);
        resource.getMetadata().setUid(uid);
    }

    private static Map<String, String> own(Map<String, String> all) {
        return all == null
                ? Map.of()
                : all.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(OWN) && entry.getValue() != null)
                        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static WhatsAppSessionSpec spec(WhatsAppSessionSpec spec, WhatsAppSessionSpec before) {
        if (spec == null || spec.equals(before)) {
            return spec == null ? null : before;
        }
        return spec.toBuilder()
                .credentialsSecretRef(spec.credentialsSecretRef() == null ? null : secret(spec.credentialsSecretRef()))
                .pollInterval(word(spec.pollInterval()))
                .recovery(same(spec.recovery(), Recovery.DEFAULT))
                .idleTimeout(word(spec.idleTimeout()))
                .build();
    }

    private static CredentialsSecretRef secret(CredentialsSecretRef secret) {
        return new CredentialsSecretRef(
                word(secret.name()), word(secret.accessTokenKey()), word(secret.instanceIdKey()));
    }

    private static WhatsAppSessionStatus status(
            WhatsAppSessionStatus status,
            WhatsAppSessionSpec spec,
            Map<String, String> annotations,
            WhatsAppSessionStatus before) {
        if (status == null || status.equals(before)) {
            return status == null ? null : before;
        }
        return status.toBuilder()
                .sessionState(word(status.sessionState()))
                .pairing(word(status.pairing()))
                .instanceId(same(status.instanceId(), spec == null ? null : spec.instanceId()))
                .sessionName(same(status.sessionName(), before == null ? null : before.sessionName()))
                .account(same(status.account(), before == null ? null : before.account()))
                .plannedAction(word(status.plannedAction()))
                .lastAction(status.lastAction() == null ? null : action(status.lastAction()))
                .lastHandledRequestAt(same(status.lastHandledRequestAt(), annotations.get(PersonRequests.REQUESTED_AT)))
                .conditions(status.conditions().stream()
                        .map(condition ->
                                condition(condition, status.conditions().get(0).lastTransitionTime()))
                        .toList())
                .build();
    }

    private static LastAction action(LastAction action) {
        return new LastAction(
                word(action.type()),
                action.id(),
                word(action.purpose()),
                word(action.phase()),
                action.attempt(),
                action.generation(),
                action.time());
    }

    /** @param time that of the first condition, which often is that of the others */
    private static Condition condition(Condition condition, String time) {
        return new Condition(
                word(condition.type()),
                word(condition.status()),
                word(condition.reason()),
                word(condition.message()),
                same(condition.lastTransitionTime(), time),
                condition.observedGeneration());
    }

    /** For what many resources have alike. */
    private static String word(String text) {
        return text == null ? null : text.intern();
    }

    private static <T> T same(T value, T before) {
        return value != null && value.equals(before) ? before : value;
    }
}
