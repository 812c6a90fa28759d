package net.wawp.operator.testing.kubernetes;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** How a process finds the API server as in a pod, without a kubeconfig: what the operator loads for one costs memory and time. */
public final class InCluster {

    private static final String ACCOUNT = "in-cluster";

    /** Longer than any run. */
    private static final Duration VALIDITY = Duration.ofDays(1);

    private InCluster() {}

    /** Takes out of a process's environment what the shell of the tests may have set for the operator. */
    public static void clear(Map<String, String> environment) {
        environment.keySet().removeIf(variable -> variable.matches("(WAWP|KUBERNETES)_.*|KUBECONFIG"));
    }

    /**
     * The variables of such a process.
     *
     * @param serviceAccount the folder with {@code token} and {@code ca.crt} that a container would have mounted
     */
    public static Map<String, String> variables(Config admin, Path serviceAccount) {
        URI server = URI.create(admin.getMasterUrl());
        return Map.of(
                "KUBERNETES_SERVICE_HOST",
                server.getHost(),
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(server.getPort()),
                // in a home directory here there may be one
                "KUBERNETES_AUTH_TRYKUBECONFIG",
                "false",
                // these replace the fixed paths in the container's file system
                "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN",
                serviceAccount.resolve("token").toString(),
                "KUBERNETES_CERTS_CA_FILE",
                serviceAccount.resolve("ca.crt").toString());
    }

    /** The variables of a process whose service account, made in this namespace, may do everything. */
    public static Map<String, String> asAdmin(KubernetesCluster cluster, String namespace) throws IOException {
        cluster.kubectl("create", "serviceaccount", ACCOUNT, "--namespace", namespace)
                .orThrow();
        cluster.kubectl(
                        "create",
                        "clusterrolebinding",
                        namespace + "-" + ACCOUNT,
                        "--clusterrole=cluster-admin",
                        "--serviceaccount=" + namespace + ":" + ACCOUNT)
                .orThrow();
        Path folder = Files.createDirectory(cluster.directory().resolve(namespace + "-" + ACCOUNT));
        Files.writeString(folder.resolve("token"), cluster.tokenOf(namespace, ACCOUNT, VALIDITY));
        Config admin = cluster.client().getConfiguration();
        Files.copy(Path.of(admin.getCaCertFile()), folder.resolve("ca.crt"));
        return variables(admin, folder);
    }
}
