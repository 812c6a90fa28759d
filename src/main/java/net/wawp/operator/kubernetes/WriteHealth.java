package net.wawp.operator.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.wawp.operator.logging.FailureLog;
import net.wawp.operator.management.Health;
import org.slf4j.LoggerFactory;

/**
 * Whether the API server accepts what the operator writes to resources. A refusal is logged once per namespace, not once per write.
 * Thread-safe.
 */
public final class WriteHealth {

    private final Map<String, FailureLog> refused = new ConcurrentHashMap<>();
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private volatile String lastRefusal = "";

    /** A write to a resource of this namespace failed. Only a refusal (403) counts: all else passes, and the next try may succeed. */
    public void failed(String namespace, KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
            return;
        }
        String advice = ApiServerError.missingRight(e).orElse("ask whoever runs the cluster for the reason");
        lastRefusal = "The operator cannot write to resources in namespace %s: %s. It tries again. %s"
                .formatted(namespace, advice, ApiServerError.cause(e));
        accepted.remove(namespace);
        refused.computeIfAbsent(namespace, name -> new FailureLog(LoggerFactory.getLogger(WriteHealth.class)))
                .failing("The operator cannot write to resources in namespace %s: %s. It tries again."
                        .formatted(namespace, advice));
    }

    /** A write to a resource of this namespace succeeded. */
    public void succeeded(String namespace) {
        accepted.add(namespace);
        FailureLog log = refused.remove(namespace);
        if (log != null) {
            log.ended("The operator can write to resources in namespace %s again".formatted(namespace));
        }
    }

    /** Bad while no namespace accepts a write and at least one refuses it. */
    public Health readiness() {
        return accepted.isEmpty() && !refused.isEmpty() ? Health.bad(lastRefusal) : Health.good("leading");
    }
}
