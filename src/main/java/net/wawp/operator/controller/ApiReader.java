package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/** Reads from the API server what it has now. Never blocks. */
public interface ApiReader {

    /**
     * What the API server answered.
     *
     * @param status of HTTP
     * @param body present where it is 200
     */
    record Response<T>(int status, Optional<T> body) {

        @Override
        public String toString() {
            return "Response[status=" + status + "]";
        }
    }

    /** Of a whole Secret as the API server writes it: a pair of credentials needs a hundredth of it. */
    int MOST_SECRET_BYTES = 128 * 1024;

    /**
     * Completes exceptionally when there is no answer in time, or none that can be read. The status is 413, without a body, where the
     * Secret is larger than {@link #MOST_SECRET_BYTES}.
     */
    CompletionStage<Response<Secret>> secret(String namespace, String name);

    /** Completes exceptionally when there is no answer in time, or none that can be read. */
    CompletionStage<Response<WhatsAppSession>> session(String namespace, String name);

    /**
     * The resources that operators of other shards serve, as far as they may have to do with this instance: those of the namespace, and those of
     * any namespace that are bound to it. Completes exceptionally when there is no answer in time, none that can be read, or more than one page
     * of the namespace's.
     */
    CompletionStage<Response<List<WhatsAppSession>>> sessionsOfOtherShards(String namespace, String instanceId);
}
