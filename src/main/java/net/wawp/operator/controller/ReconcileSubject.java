package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Desired;
import net.wawp.operator.time.Timestamps;
import net.wawp.operator.wawp.Credentials;

/** The resource that a pass is about, with what this process remembers of it. */
record ReconcileSubject(WhatsAppSession resource, SessionMemory memory, Instant now) {

    ObjectMeta meta() {
        return resource.getMetadata();
    }

    String uid() {
        return meta().getUid();
    }

    long generation() {
        return meta().getGeneration() == null ? 0 : meta().getGeneration();
    }

    WhatsAppSessionStatus status() {
        return resource.getStatus() == null ? WhatsAppSessionStatus.EMPTY : resource.getStatus();
    }

    /** The instance that the resource is bound to, if it is. */
    Optional<String> bound() {
        return Optional.ofNullable(status().instanceId());
    }

    /** The instance that commands for this resource go to. */
    Optional<String> instance() {
        return bound().or(() -> memory.credentials().map(Credentials::instanceId));
    }

    DeletionPolicy deletionPolicy() {
        return resource.getSpec() == null
                ? DeletionPolicy.Retain
                : resource.getSpec().deletionPolicy();
    }

    /** What the session shall be: the spec's word, or when the resource is being deleted its deletion policy's. */
    Desired desired(Desired bySpec) {
        return deletedAt().isEmpty()
                ? bySpec
                : switch (deletionPolicy()) {
                    case Retain -> bySpec;
                    case Stop -> Desired.Stopped;
                    case Logout -> Desired.LoggedOut;
                };
    }

    Optional<Instant> deletedAt() {
        return resource.isMarkedForDeletion()
                ? Optional.of(Timestamps.parse(meta().getDeletionTimestamp()).orElse(now))
                : Optional.empty();
    }
}
