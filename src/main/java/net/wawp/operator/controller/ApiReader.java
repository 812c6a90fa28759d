package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/** Reads single objects from the API server, as it has them now. Never blocks. */
public interface ApiReader {

    /**
     * What the API server answered.
     *
     * @param status of HTTP
     * @param body present where it is 200
     */
    record Answer<T>(int status, Optional<T> body) {

        @Override
        public String toString() {
            return "Answer[status=" + status + "]";
        }
    }

    /** Completes exceptionally when there is no answer in time, or none that can be read. */
    CompletionStage<Answer<Secret>> secret(String namespace, String name);

    /** Completes exceptionally when there is no answer in time, or none that can be read. */
    CompletionStage<Answer<WhatsAppSession>> session(String namespace, String name);
}
