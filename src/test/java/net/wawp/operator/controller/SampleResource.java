package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;

/** A resource for tests, to be changed at will. */
final class SampleResource {

    private final WhatsAppSession session = new WhatsAppSession();

    private SampleResource(String namespace, String name) {
        session.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName(name)
                .withUid(namespace + "-" + name)
                .withGeneration(1L)
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .build());
        session.setSpec(WhatsAppSessionSpec.builder()
                .desiredState(DesiredState.Running)
                .credentialsSecretRef(new CredentialsSecretRef("wawp-credentials"))
                .build());
    }

    static SampleResource named(String namespace, String name) {
        return new SampleResource(namespace, name);
    }

    static SampleResource any() {
        return named("crm", "support-line");
    }

    SampleResource uid(String uid) {
        session.getMetadata().setUid(uid);
        return this;
    }

    SampleResource instance(String id) {
        session.setSpec(session.getSpec().toBuilder().instanceId(id).build());
        return this;
    }

    SampleResource secret(String name) {
        session.setSpec(session.getSpec().toBuilder()
                .credentialsSecretRef(new CredentialsSecretRef(name))
                .build());
        return this;
    }

    SampleResource created(String time) {
        session.getMetadata().setCreationTimestamp(time);
        return this;
    }

    SampleResource generation(long generation) {
        session.getMetadata().setGeneration(generation);
        return this;
    }

    SampleResource deleted() {
        session.getMetadata().setDeletionTimestamp("2026-01-01T01:00:00Z");
        return this;
    }

    SampleResource finalizer(String finalizer) {
        session.getMetadata().setFinalizers(List.of(finalizer));
        return this;
    }

    SampleResource annotation(String key, String value) {
        session.getMetadata().getAnnotations().put(key, value);
        return this;
    }

    SampleResource label(String key, String value) {
        session.getMetadata().setLabels(Map.of(key, value));
        return this;
    }

    WhatsAppSession build() {
        return session;
    }
}
