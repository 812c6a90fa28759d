package net.wawp.operator.controller;

import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;

/** Reads and writes resources: all that a reconciliation changes in the cluster, save Events. */
interface SessionStore {

    /**
     * Replaces the status, if the resource is still at the version that was read.
     *
     * @return the resource as the API server has it now
     * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 when it has changed since
     */
    WhatsAppSession writeStatus(WhatsAppSession resource, WhatsAppSessionStatus status);

    /** The status needs no write. */
    void statusUnchanged(WhatsAppSession resource);

    void addFinalizer(WhatsAppSession resource, String finalizer);

    void removeFinalizer(WhatsAppSession resource, String finalizer);

    /** The newest copy that the watch has brought; empty when the resource is gone. */
    Optional<WhatsAppSession> newest(WhatsAppSession resource);

    /** The resources that stand under this key of {@link UnreconciledSessions#INDEX}. */
    List<WhatsAppSession> unreconciled(String key);
}
