package net.wawp.operator.e2e;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Releases of the chart that share the namespaces of a cluster: each serves its own shard, with the rights that the chart gives it. */
final class Shards implements AutoCloseable {

    static final String LABEL = "wawp.net/shard";

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final OperatedCluster cluster;
    private final Map<String, Path> kubeconfigs = new HashMap<>();
    private final List<OperatorJar> running = new ArrayList<>();

    /** @param names of the shards; each gets a release */
    Shards(OperatedCluster cluster, String... names) {
        this.cluster = cluster;
        String namespace = cluster.installation().namespace();
        for (String name : names) {
            cluster.kubernetes()
                    .helm(
                            "install",
                            release(name),
                            "helm/wawp-operator",
                            "--namespace",
                            namespace,
                            "--set",
                            "crds.enabled=false,replicas=0,instanceClaims=true,shard.required=true,shard.name=" + name)
                    .orThrow();
            kubeconfigs.put(name, cluster.kubernetes().kubeconfigOf(namespace, release(name)));
        }
    }

    private static String release(String shard) {
        return "wawp-operator-" + shard;
    }

    /** How the audit log names the operators. */
    Set<String> users() {
        return kubeconfigs.keySet().stream()
                .map(shard -> "system:serviceaccount:%s:%s"
                        .formatted(cluster.installation().namespace(), release(shard)))
                .collect(Collectors.toSet());
    }

    static String lease(String shard) {
        return "wawp-operator-" + shard;
    }

    /** Starts a replica of a shard. */
    OperatorJar start(String shard, Map<String, String> otherwise) {
        Map<String, String> settings = new HashMap<>(otherwise);
        settings.put("WAWP_SHARD", shard);
        settings.put("WAWP_SHARD_REQUIRED", "true");
        settings.put("WAWP_INSTANCE_CLAIMS", "true");
        OperatorJar started = cluster.startOperator(kubeconfigs.get(shard), settings);
        running.add(started);
        return started;
    }

    /** Starts a replica of a shard, and waits until it leads. */
    OperatorJar lead(String shard, Map<String, String> otherwise) {
        OperatorJar started = start(shard, otherwise);
        await().alias("shard " + shard + " leads").atMost(TIMEOUT).until(() -> started.log()
                .contains("Leading as"));
        return started;
    }

    /** Labels the resource; a shard {@code ""} takes the label away. */
    static void move(SessionFixture fixture, String name, String shard) {
        fixture.kubectl("label", "--overwrite", "was/" + name, shard.isEmpty() ? LABEL + "-" : LABEL + "=" + shard);
    }

    @Override
    public void close() {
        running.forEach(OperatorJar::close);
    }
}
