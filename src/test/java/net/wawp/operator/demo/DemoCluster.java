package net.wawp.operator.demo;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.KubernetesPrograms;
import net.wawp.operator.testing.kubernetes.ProgramSource;

/** The Kubernetes API that the demo runs on: a real one where its programs are on the machine, else Fabric8's embedded one. */
sealed interface DemoCluster extends AutoCloseable {

    KubernetesClient client();

    /** Creates what a file of the samples holds. */
    default void create(HasMetadata item) {
        client().resource(item).inNamespace(NAMESPACE).create();
    }

    /** What to say about it. */
    String description();

    @Override
    void close();

    String NAMESPACE = "default";

    /** Starts one, at once: nothing is downloaded or built for a demo. */
    static DemoCluster start(PrintStream progress) {
        return ProgramSource.ofThisCheckout(progress)
                .alreadyThere()
                .<DemoCluster>map(Real::start)
                .orElseGet(() -> new Embedded(new EmbeddedCluster()));
    }

    /** kube-apiserver and etcd. */
    record Real(KubernetesCluster cluster) implements DemoCluster {

        static Real start(KubernetesPrograms programs) {
            try {
                Real real = new Real(KubernetesCluster.start(programs));
                real.cluster().installCrd();
                return real;
            } catch (RuntimeException e) {
                throw new DemoFailedException(
                        ("The real Kubernetes API server did not start (%s). Its output is in target/kubernetes, its programs"
                                        + " are in %s. With XDG_CACHE_HOME=$(mktemp -d) before it, the command shows the"
                                        + " demo without them.")
                                .formatted(e.getMessage(), programs.directory()),
                        e);
            }
        }

        @Override
        public KubernetesClient client() {
            return cluster.client();
        }

        @Override
        public String description() {
            return "a real Kubernetes API server, version " + cluster.programs().version();
        }

        @Override
        public void close() {
            cluster.close();
        }
    }

    /** A server that stores and watches, and does little else of what an API server does. */
    record Embedded(EmbeddedCluster cluster) implements DemoCluster {

        @Override
        public KubernetesClient client() {
            return cluster.client();
        }

        @Override
        public void create(HasMetadata item) {
            item.getMetadata().setGeneration(1L);
            if (item instanceof Secret secret) {
                encode(secret);
            }
            DemoCluster.super.create(item);
        }

        @Override
        public String description() {
            return "an embedded Kubernetes API (mvn verify fetches the programs of a real one)";
        }

        @Override
        public void close() {
            cluster.close();
        }

        private static void encode(Secret secret) {
            Map<String, String> data = new HashMap<>();
            Optional.ofNullable(secret.getStringData())
                    .orElse(Map.of())
                    .forEach((key, value) ->
                            data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
            secret.setData(data);
            secret.setStringData(null);
        }
    }
}
