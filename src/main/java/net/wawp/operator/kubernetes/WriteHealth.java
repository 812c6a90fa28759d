package net.wawp.operator.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.wawp.operator.logging.FailureLog;
import net.wawp.operator.management.Health;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the API server accepts what the operator writes to resources. A failure is logged once for a namespace, until each resource in question was
 * written, is gone, or needs no write any more.
 * Thread-safe.
 */
public final class WriteHealth {

    private static final Logger log = LoggerFactory.getLogger(WriteHealth.class);
    private static final Health LEADING = Health.good("leading");

    /** By namespace. */
    private final Map<String, Failing> failing = new ConcurrentHashMap<>();

    private final Map<String, Health> withoutRight = new ConcurrentHashMap<>();
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();

    /** The resources of a namespace whose last write failed, and what was logged of that. */
    private record Failing(Set<String> names, FailureLog failures) {}

    /** A write to a resource failed. For the readiness only a missing right counts: all else passes, or concerns single resources. */
    public void failed(String namespace, String name, KubernetesClientException e) {
        log.debug("Cannot write to {} in namespace {}", name, namespace, e);
        failing.compute(namespace, (key, known) -> {
            Failing all = known == null ? new Failing(ConcurrentHashMap.newKeySet(), new FailureLog(log)) : known;
            all.names().add(name);
            report(namespace, name, e, all.failures());
            return all;
        });
    }

    private void report(String namespace, String name, KubernetesClientException e, FailureLog failures) {
        String detail = name + ": " + ApiServerError.cause(e);
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
            failures.failing(
                    "The operator cannot write to resources in namespace %s. It tries again.".formatted(namespace),
                    detail);
            return;
        }
        Optional<String> grant = ApiServerError.missingRight(e);
        String refusal = "The operator cannot write to resources in namespace %s: %s. It tries again."
                .formatted(namespace, grant.orElse("ask whoever runs the cluster for the reason"));
        if (grant.isPresent()) {
            accepted.remove(namespace);
            withoutRight.put(namespace, Health.bad(refusal + " " + ApiServerError.cause(e)));
            failures.failing(refusal);
        } else {
            // an admission plugin is asked only once the right is there
            withoutRight.remove(namespace);
            failures.failing(refusal, detail);
        }
    }

    /** A write to a resource succeeded. */
    public void succeeded(String namespace, String name) {
        accepted.add(namespace);
        withoutRight.remove(namespace);
        end(namespace, name, "The operator can write to resources in namespace %s again");
    }

    /** A resource needed no write. One that failed before may have arrived. A missing right is missing until a write succeeds. */
    public void unneeded(String namespace, String name) {
        if (withoutRight.containsKey(namespace)) {
            Optional.ofNullable(failing.get(namespace))
                    .ifPresent(all -> all.names().remove(name));
        } else {
            forget(namespace, name);
        }
    }

    /** A resource is gone. */
    public void forget(String namespace, String name) {
        end(namespace, name, "No write to resources in namespace %s is failing any more");
    }

    /** Number of resources whose last write failed or was refused. */
    public int failing() {
        return failing.values().stream().mapToInt(all -> all.names().size()).sum();
    }

    private void end(String namespace, String name, String message) {
        failing.computeIfPresent(namespace, (key, all) -> {
            all.names().remove(name);
            if (!all.names().isEmpty()) {
                return all;
            }
            withoutRight.remove(namespace);
            all.failures().ended(message.formatted(namespace));
            return null;
        });
    }

    /**
     * Bad while no namespace accepts a write and the right to write is missing in at least one. What else forbids a write concerns single
     * resources: one tenant's admission webhook must not make the leader of all unready.
     */
    public Health readiness() {
        return accepted.isEmpty() ? withoutRight.values().stream().findFirst().orElse(LEADING) : LEADING;
    }
}
