package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.PairingMode;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.wawp.Credentials;

/**
 * All that was read for one reconciliation.
 *
 * @param facts what the policy decides on
 * @param secret the Secret that the resource names, where its spec makes sense
 * @param credentials what Wawp is called with, where the Secret gives them
 * @param before what was remembered of the resource until now; empty when it is seen for the first time
 * @param memory what is to be remembered of it
 * @param pairingMode what the resource offers to whoever asks
 * @param wallNow the time that people read; {@code now} is of the steady clock
 */
record ReconcileInputs(
        WhatsAppSession resource,
        PolicyInputs facts,
        Optional<SecretStore.Key> secret,
        Optional<Credentials> credentials,
        Optional<ResourceMemory> before,
        ResourceMemory memory,
        PairingMode pairingMode,
        Instant now,
        Instant wallNow) {

    ObjectMeta meta() {
        return resource.getMetadata();
    }

    String uid() {
        return meta().getUid();
    }

    /** The status as it stands, but for how far people's requests have come: nobody else says that. */
    WhatsAppSessionStatus status() {
        return memory.status().correct(statusOf(resource));
    }

    /** The token of the request to act now that is still to be handled. */
    Optional<String> request() {
        return PersonRequests.openRequest(resource, memory.status().handledRequest());
    }

    /** The status of a resource; an empty one where it has none yet. */
    static WhatsAppSessionStatus statusOf(WhatsAppSession resource) {
        return resource.getStatus() == null ? WhatsAppSessionStatus.EMPTY : resource.getStatus();
    }

    /** The instance that the status of a resource names; none where it names something that can be none. */
    static Optional<String> instanceId(WhatsAppSession resource) {
        return Optional.ofNullable(statusOf(resource).instanceId()).filter(SpecReader::isInstanceId);
    }
}
