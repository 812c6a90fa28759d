package net.wawp.operator.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.wawp.operator.logging.FailureLog;
import net.wawp.operator.management.Health;
import org.slf4j.LoggerFactory;

/**
 * Whether the API server accepts what the operator writes to resources. A failure is logged once per namespace, not once per write.
 * Thread-safe.
 */
public final class WriteHealth {

    private static final Health LEADING = Health.good("leading");

    private final Map<String, FailureLog> failing = new ConcurrentHashMap<>();
    private final Map<String, Health> withoutRight = new ConcurrentHashMap<>();
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();

    /** A write to a resource of this namespace failed. For the readiness only a refusal (403) counts: all else passes. */
    public void failed(String namespace, KubernetesClientException e) {
        FailureLog log =
                failing.computeIfAbsent(namespace, name -> new FailureLog(LoggerFactory.getLogger(WriteHealth.class)));
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
            log.failing(
                    "The operator cannot write to resources in namespace %s. It tries again.".formatted(namespace),
                    ApiServerError.cause(e));
            return;
        }
        Optional<String> grant = ApiServerError.missingRight(e);
        String refusal = "The operator cannot write to resources in namespace %s: %s. It tries again."
                .formatted(namespace, grant.orElse("ask whoever runs the cluster for the reason"));
        if (grant.isPresent()) {
            accepted.remove(namespace);
            withoutRight.put(namespace, Health.bad(refusal + " " + ApiServerError.cause(e)));
            log.failing(refusal);
        } else {
            // an admission plugin is asked only once the right is there
            withoutRight.remove(namespace);
            log.failing(refusal, ApiServerError.cause(e));
        }
    }

    /** A write to a resource of this namespace succeeded. */
    public void succeeded(String namespace) {
        accepted.add(namespace);
        withoutRight.remove(namespace);
        FailureLog log = failing.remove(namespace);
        if (log != null) {
            log.ended("The operator can write to resources in namespace %s again".formatted(namespace));
        }
    }

    /** A resource of this namespace is gone, and the namespace may be too. If others are left there, their next write finds out again. */
    public void forget(String namespace) {
        withoutRight.remove(namespace);
        failing.remove(namespace);
    }

    /**
     * Bad while no namespace accepts a write and the right to write is missing in at least one. What else forbids a write concerns single
     * resources: one tenant's admission webhook must not make the leader of all unready.
     */
    public Health readiness() {
        return accepted.isEmpty() ? withoutRight.values().stream().findFirst().orElse(LEADING) : LEADING;
    }
}
