package net.wawp.operator.controller;

import static java.util.stream.Collectors.toCollection;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.time.Timestamps;

/** An API server for resources, in memory: counts generations and versions, knows finalizers, refuses what is based on an old version. */
final class InMemorySessionStore implements SessionStore {

    private final InstantSource clock;
    private final Map<String, WhatsAppSession> resources = new LinkedHashMap<>();
    private final List<String> writes = new ArrayList<>();
    private int created;
    private long version;
    private Runnable beforeStatusWrites = () -> {};

    InMemorySessionStore(InstantSource clock) {
        this.clock = clock;
    }

    // --- what people do ------------------------------------------------------------------------------------------

    /** Creates a resource and gives its UID. */
    String create(String name, WhatsAppSessionSpec spec) {
        return create("crm", name, spec);
    }

    String create(String namespace, String name, WhatsAppSessionSpec spec) {
        WhatsAppSession session = new WhatsAppSession();
        session.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName(name)
                .withUid("uid-" + ++created)
                .withGeneration(1L)
                .withCreationTimestamp(Timestamps.format(clock.instant()))
                .build());
        session.setSpec(spec);
        put(session);
        return session.getMetadata().getUid();
    }

    void edit(String uid, WhatsAppSessionSpec spec) {
        change(uid, session -> {
            session.setSpec(spec);
            nextGeneration(session);
        });
    }

    void annotate(String uid, String token) {
        annotate(uid, "wawp.net/requestedAt", token);
    }

    void annotate(String uid, String annotation, String value) {
        change(uid, session -> session.getMetadata().getAnnotations().put(annotation, value));
    }

    /** Writes a status behind the operator's back. */
    void forge(String uid, WhatsAppSessionStatus status) {
        change(uid, session -> session.setStatus(status));
    }

    /** Adds somebody else's finalizer. */
    void hold(String uid) {
        change(uid, session -> session.getMetadata().getFinalizers().add("example.com/hold"));
    }

    /** Changes something that the operator does not care for. */
    void touch(String uid) {
        change(uid, session -> session.getMetadata().getLabels().put("touched", "yes"));
    }

    void delete(String uid) {
        change(uid, session -> {
            session.getMetadata().setDeletionTimestamp(Timestamps.format(clock.instant()));
            nextGeneration(session);
        });
        dropIfReleased(uid);
    }

    /** Has this happen whenever a status is about to be written. */
    void beforeStatusWrites(Runnable happens) {
        beforeStatusWrites = happens;
    }

    // --- what a test sees ----------------------------------------------------------------------------------------

    Optional<WhatsAppSession> find(String uid) {
        return Optional.ofNullable(resources.get(uid)).map(Serialization::clone);
    }

    WhatsAppSession get(String uid) {
        return find(uid).orElseThrow();
    }

    /** What the operator wrote since the last time this was asked. */
    List<String> takeWrites() {
        List<String> taken = List.copyOf(writes);
        writes.clear();
        return taken;
    }

    // --- what the operator does ----------------------------------------------------------------------------------

    @Override
    public WhatsAppSession writeStatus(WhatsAppSession resource, WhatsAppSessionStatus status) {
        WhatsAppSession stored = stored(resource);
        if (!stored.getMetadata()
                .getResourceVersion()
                .equals(resource.getMetadata().getResourceVersion())) {
            throw new KubernetesClientException("The resource has changed", HttpURLConnection.HTTP_CONFLICT, null);
        }
        beforeStatusWrites.run();
        writes.add("status");
        change(uid(resource), session -> session.setStatus(status));
        return get(uid(resource));
    }

    @Override
    public void statusUnchanged(WhatsAppSession resource) {
        // nothing to write
    }

    @Override
    public void addFinalizer(WhatsAppSession resource, String finalizer) {
        writes.add("added " + finalizer);
        stored(resource);
        change(uid(resource), session -> session.addFinalizer(finalizer));
    }

    @Override
    public void removeFinalizer(WhatsAppSession resource, String finalizer) {
        writes.add("removed " + finalizer);
        stored(resource);
        change(uid(resource), session -> session.removeFinalizer(finalizer));
        dropIfReleased(uid(resource));
    }

    @Override
    public Optional<WhatsAppSession> newest(WhatsAppSession resource) {
        return resources.values().stream()
                .filter(other -> other.getMetadata()
                        .getName()
                        .equals(resource.getMetadata().getName()))
                .findFirst()
                .map(Serialization::clone);
    }

    @Override
    public List<WhatsAppSession> unreconciled(String key) {
        return resources.values().stream()
                .filter(session -> UnreconciledSessions.keys(session).contains(key))
                .collect(toCollection(ArrayList::new));
    }

    private WhatsAppSession stored(WhatsAppSession resource) {
        return Optional.ofNullable(resources.get(uid(resource)))
                .orElseThrow(() ->
                        new KubernetesClientException("The resource is gone", HttpURLConnection.HTTP_NOT_FOUND, null));
    }

    private void change(String uid, Consumer<WhatsAppSession> change) {
        WhatsAppSession session = get(uid);
        change.accept(session);
        put(session);
    }

    private void put(WhatsAppSession session) {
        session.getMetadata().setResourceVersion(String.valueOf(++version));
        resources.put(uid(session), session);
    }

    private void dropIfReleased(String uid) {
        WhatsAppSession session = resources.get(uid);
        if (session.isMarkedForDeletion()
                && session.getMetadata().getFinalizers().isEmpty()) {
            resources.remove(uid);
        }
    }

    private static void nextGeneration(WhatsAppSession session) {
        session.getMetadata().setGeneration(session.getMetadata().getGeneration() + 1);
    }

    private static String uid(WhatsAppSession session) {
        return session.getMetadata().getUid();
    }
}
