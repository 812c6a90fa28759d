package net.wawp.operator.e2e;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.ProgramSource;
import net.wawp.operator.testing.kubernetes.ProgramsMissingException;

/** A cluster of its own with the operator installed, and the simulator that its operators drive. None runs until it is started. */
final class OperatedCluster implements AutoCloseable {

    private final KubernetesCluster kubernetes;
    private final WawpSimulator wawp = WawpSimulator.start();
    private final Installation installation;
    private final AtomicInteger operators = new AtomicInteger();
    private final AtomicInteger scenes = new AtomicInteger();

    private OperatedCluster(KubernetesCluster kubernetes) {
        this.kubernetes = kubernetes;
        this.installation = Installation.on(kubernetes);
    }

    static OperatedCluster create() {
        try {
            return new OperatedCluster(KubernetesCluster.start(
                    ProgramSource.ofThisCheckout(System.out).get()));
        } catch (ProgramsMissingException e) {
            throw new IllegalStateException("Tests on a cluster are skipped where there are no programs for it", e);
        }
    }

    KubernetesCluster kubernetes() {
        return kubernetes;
    }

    WawpSimulator wawp() {
        return wawp;
    }

    Installation installation() {
        return installation;
    }

    /** Starts an operator, as a pod of the installation would run it. */
    OperatorJar startOperator() {
        return startOperator(installation.kubeconfig(), Map.of());
    }

    /**
     * The same, with some settings otherwise.
     *
     * @param kubeconfig its access to the cluster
     */
    OperatorJar startOperator(Path kubeconfig, Map<String, String> otherwise) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "KUBECONFIG",
                kubeconfig.toString(),
                "WAWP_BASE_URL",
                wawp.baseUrl().toString(),
                "WAWP_POLL_INTERVAL",
                "5s",
                "WAWP_LEASE_NAMESPACE",
                installation.namespace(),
                "WAWP_HTTP_PORT",
                "0",
                "WAWP_LOG_FORMAT",
                "text"));
        settings.putAll(otherwise);
        Path log = kubernetes.directory().resolve("operator-" + operators.incrementAndGet() + ".log");
        return OperatorJar.start(settings, log);
    }

    /** A new namespace, and a new instance at Wawp. */
    SessionFixture newFixture() {
        return newFixture("5CENE%07d".formatted(scenes.incrementAndGet()));
    }

    /** The same with this instance. */
    SessionFixture newFixture(String instanceId) {
        return new SessionFixture(this, kubernetes.createNamespace("crm"), instanceId);
    }

    @Override
    public void close() {
        kubernetes.close();
        wawp.close();
    }
}
