package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.time.Timestamps;

/** The truth about resources and Secrets: versions, generations, finalizers, and somebody who is told of each change. */
final class SimulatedApiServer {

    static final String NAMESPACE = "crm";

    private final SimulatedTime time;
    private final Map<String, WhatsAppSession> resources = new LinkedHashMap<>();
    private final Map<String, ApiReader.Response<Secret>> secrets = new HashMap<>();
    private final List<Consumer<WhatsAppSession>> watches = new ArrayList<>();
    private final boolean checksVersions;
    private int created;
    private long version;
    private int statusWrites;

    /** @param checksVersions false for one that lets a write overwrite what it has not seen */
    SimulatedApiServer(SimulatedTime time, boolean checksVersions) {
        this.time = time;
        this.checksVersions = checksVersions;
    }

    // --- what people do ------------------------------------------------------------------------------------------

    void create(String name, WhatsAppSessionSpec spec) {
        WhatsAppSession session = new WhatsAppSession();
        session.setMetadata(new ObjectMetaBuilder()
                .withNamespace(NAMESPACE)
                .withName(name)
                .withUid("uid-" + ++created)
                .withGeneration(1L)
                .withCreationTimestamp(Timestamps.format(time.instant()))
                .build());
        session.setSpec(spec);
        put(session);
    }

    void edit(String name, WhatsAppSessionSpec spec) {
        change(named(name).orElseThrow(), session -> {
            session.setSpec(spec);
            nextGeneration(session);
        });
    }

    void annotate(String name, String annotation, String value) {
        change(named(name).orElseThrow(), session -> session.getMetadata().setAnnotations(Map.of(annotation, value)));
    }

    void forge(String name, WhatsAppSessionStatus status) {
        change(named(name).orElseThrow(), session -> session.setStatus(status));
    }

    void delete(String name) {
        change(named(name).orElseThrow(), session -> {
            if (!session.isMarkedForDeletion()) {
                session.getMetadata().setDeletionTimestamp(Timestamps.format(time.instant()));
                nextGeneration(session);
            }
        });
    }

    /** Has the Secret hold this token and instance id. */
    void secret(String name, String token, String instanceId) {
        secrets.put(
                name,
                new ApiReader.Response<>(
                        HttpURLConnection.HTTP_OK,
                        Optional.of(new SecretBuilder()
                                .withType("Opaque")
                                .addToData("access_token", base64(token))
                                .addToData("instance_id", base64(instanceId))
                                .build())));
    }

    /** Has reads of the Secret answered with this status. */
    void secretFails(String name, int status) {
        secrets.put(name, new ApiReader.Response<>(status, Optional.empty()));
    }

    void forgetSecret(String name) {
        secrets.remove(name);
    }

    // --- what the operator does ----------------------------------------------------------------------------------

    /** Has each change reported, with a copy of the resource; one that is gone has no resource version. */
    void watch(Consumer<WhatsAppSession> watch) {
        watches.add(watch);
    }

    void unwatch(Consumer<WhatsAppSession> watch) {
        watches.remove(watch);
    }

    Stream<WhatsAppSession> list() {
        return List.copyOf(resources.values()).stream().map(SimulatedApiServer::copy);
    }

    Optional<WhatsAppSession> named(String name) {
        return resources.values().stream()
                .filter(session -> session.getMetadata().getName().equals(name))
                .findFirst()
                .map(SimulatedApiServer::copy);
    }

    boolean has(String name) {
        return resources.values().stream()
                .anyMatch(session -> session.getMetadata().getName().equals(name));
    }

    Optional<WhatsAppSession> find(String uid) {
        return Optional.ofNullable(resources.get(uid)).map(SimulatedApiServer::copy);
    }

    ApiReader.Response<Secret> secret(String name) {
        return secrets.get(name);
    }

    WhatsAppSession writeStatus(WhatsAppSession based, WhatsAppSessionStatus status) {
        WhatsAppSession stored = stored(based);
        if (checksVersions
                && !stored.getMetadata()
                        .getResourceVersion()
                        .equals(based.getMetadata().getResourceVersion())) {
            throw new KubernetesClientException("The resource has changed", HttpURLConnection.HTTP_CONFLICT, null);
        }
        statusWrites++;
        change(stored, session -> session.setStatus(status));
        return copy(resources.get(uid(based)));
    }

    void addFinalizer(WhatsAppSession based, String finalizer) {
        change(stored(based), session -> session.addFinalizer(finalizer));
    }

    void removeFinalizer(WhatsAppSession based, String finalizer) {
        change(stored(based), session -> session.removeFinalizer(finalizer));
    }

    /** The newest version of any resource. */
    long version() {
        return version;
    }

    int statusWrites() {
        return statusWrites;
    }

    // --- how it keeps it -----------------------------------------------------------------------------------------

    private WhatsAppSession stored(WhatsAppSession based) {
        return find(uid(based))
                .orElseThrow(() ->
                        new KubernetesClientException("The resource is gone", HttpURLConnection.HTTP_NOT_FOUND, null));
    }

    private void change(WhatsAppSession session, Consumer<WhatsAppSession> change) {
        change.accept(session);
        if (session.isMarkedForDeletion()
                && session.getMetadata().getFinalizers().isEmpty()) {
            resources.remove(uid(session));
            session.getMetadata().setResourceVersion(null);
            tell(session);
        } else {
            put(session);
        }
    }

    private void put(WhatsAppSession session) {
        session.getMetadata().setResourceVersion(String.valueOf(++version));
        resources.put(uid(session), session);
        tell(session);
    }

    private void tell(WhatsAppSession session) {
        List.copyOf(watches).forEach(watch -> watch.accept(copy(session)));
    }

    private static void nextGeneration(WhatsAppSession session) {
        session.getMetadata().setGeneration(session.getMetadata().getGeneration() + 1);
    }

    private static String uid(WhatsAppSession session) {
        return session.getMetadata().getUid();
    }

    /** Spec and status cannot be changed, so they are shared. */
    static WhatsAppSession copy(WhatsAppSession session) {
        WhatsAppSession copy = new WhatsAppSession();
        copy.setMetadata(new ObjectMetaBuilder(session.getMetadata()).build());
        copy.setSpec(session.getSpec());
        copy.setStatus(session.getStatus());
        return copy;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
