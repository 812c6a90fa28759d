package net.wawp.operator.testing.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Set;

/**
 * One request to the API server. What a request has not is the empty string.
 *
 * @param received when the server received it
 * @param verb for example {@code get}, {@code watch}, {@code update}
 * @param user for example {@code system:serviceaccount:NAMESPACE:NAME}
 * @param group of the resource, empty for the core group
 * @param resource plural, empty for what is no resource, such as {@code /readyz}
 * @param code of the HTTP answer
 */
public record AuditEvent(
        Instant received,
        String verb,
        String user,
        String userAgent,
        String group,
        String resource,
        String subresource,
        String namespace,
        String name,
        int code) {

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete", "deletecollection");

    static AuditEvent of(JsonNode event) {
        JsonNode object = event.path("objectRef");
        return new AuditEvent(
                Instant.parse(event.path("requestReceivedTimestamp").asText()),
                event.path("verb").asText(),
                event.path("user").path("username").asText(),
                event.path("userAgent").asText(),
                object.path("apiGroup").asText(),
                object.path("resource").asText(),
                object.path("subresource").asText(),
                object.path("namespace").asText(),
                object.path("name").asText(),
                event.path("responseStatus").path("code").asInt());
    }

    public boolean isWrite() {
        return WRITES.contains(verb);
    }

    /** A watch that became a WebSocket succeeded too. */
    public boolean succeeded() {
        return code == SWITCHING_PROTOCOLS || code >= 200 && code < 300;
    }
}
