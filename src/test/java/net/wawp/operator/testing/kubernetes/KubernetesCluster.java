package net.wawp.operator.testing.kubernetes;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A real Kubernetes API server with etcd on free ports of this machine and, where there is one,
 * kube-controller-manager. There are no nodes: a pod stays Pending. Everything that it writes is under {@code target/kubernetes}, save etcd's
 * data, which goes when it stops.
 */
public final class KubernetesCluster implements AutoCloseable {

    /** Whether the tests run on the newest version of Kubernetes that the operator supports, rather than on an older one. */
    public static final boolean IS_NEWEST = ProgramSource.chosenVersion().isEmpty();

    private static final Path PARENT = Path.of("target", "kubernetes");
    private static final Path CRD = Path.of("crds", "whatsappsessions.wawp.net.yaml");
    private static final Duration LIMIT = Duration.ofMinutes(3);
    /** The default of kube-api-test. */
    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private static final String CONTROLLERS = String.join(
            ",",
            "namespace-controller",
            "garbage-collector-controller",
            "deployment-controller",
            "replicaset-controller",
            "serviceaccount-controller",
            "clusterrole-aggregation-controller",
            "disruption-controller");

    private final KubernetesPrograms programs;
    private final Path directory;
    private final KubeAPIServer server;
    private final Path kubeconfig;
    private final KubernetesClient client;
    private final AuditLog audit;
    private final List<Process> processes = new ArrayList<>();
    private final Thread closeAtExit = new Thread(this::stop);

    private KubernetesCluster(KubernetesPrograms programs, Path directory) throws IOException {
        this.programs = programs;
        this.directory = directory;
        Path auditLog = directory.resolve("audit.log");
        audit = new AuditLog(auditLog);
        layOut();
        server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(directory.toString())
                .withOfflineMode(true)
                .withApiServerVersion(programs.version())
                .withApiServerFlag(
                        "--audit-policy-file", AuditLog.writePolicy(directory).toString())
                .withApiServerFlag("--audit-log-path", auditLog.toString())
                .withApiServerFlag("--audit-log-maxsize", AuditLog.MOST_MEGABYTES)
                .build());
        Runtime.getRuntime().addShutdownHook(closeAtExit);
        try {
            startServer();
            kubeconfig = Files.writeString(directory.resolve("kubeconfig"), server.getKubeConfigYaml());
            client = new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                    .build();
            if (programs.has(Program.KubeControllerManager)) {
                startControllers(CONTROLLERS);
            }
        } catch (RuntimeException | IOException e) {
            Runtime.getRuntime().removeShutdownHook(closeAtExit);
            stop();
            throw e;
        }
    }

    private void startServer() {
        long begun = System.nanoTime();
        try {
            server.start();
        } catch (KubeAPITestException e) {
            // it computes its limit as a time of day: in the last minute before midnight it gives up at once
            awaitServer(START_LIMIT.minusNanos(System.nanoTime() - begun), e);
        }
    }

    private void awaitServer(Duration left, KubeAPITestException gaveUp) {
        if (left.isNegative()) {
            throw gaveUp;
        }
        try (KubernetesClient first = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                .build()) {
            await().atMost(left)
                    .ignoreExceptions()
                    .until(() -> first.namespaces().withName("default").get() != null
                            && first.raw("/readyz").equals("ok"));
        } catch (ConditionTimeoutException e) {
            throw gaveUp;
        }
    }

    /** Starts one; it is ready when this returns. */
    public static KubernetesCluster start(KubernetesPrograms programs) {
        try {
            return startOnce(programs);
        } catch (KubeAPITestException e) {
            // its ports were free, but another program may have taken one before it did
            return startOnce(programs);
        }
    }

    private static KubernetesCluster startOnce(KubernetesPrograms programs) {
        try {
            Path directory = Files.createTempDirectory(Files.createDirectories(PARENT), "cluster-");
            return new KubernetesCluster(programs, directory.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where its files are: certificates, logs, kubeconfig. */
    public Path directory() {
        return directory;
    }

    /** Access as an administrator. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** A client for an administrator; closed with the cluster. */
    public KubernetesClient client() {
        return client;
    }

    /** What clients asked of the API server. */
    public AuditLog audit() {
        return audit;
    }

    public KubernetesPrograms programs() {
        return programs;
    }

    /** Runs kubectl as an administrator, unless the arguments name another kubeconfig. */
    public ProgramRun kubectl(String... arguments) {
        return run(Program.Kubectl, "", arguments);
    }

    /** The same, with something for {@code -f -} to read. */
    public ProgramRun kubectlReading(String input, String... arguments) {
        return run(Program.Kubectl, input, arguments);
    }

    /** Runs Helm as an administrator, unless the arguments name another kubeconfig. */
    public ProgramRun helm(String... arguments) {
        return run(Program.Helm, "", arguments);
    }

    /**
     * Prepares what a person types into a shell, as an administrator, in the folder of this checkout: kubectl and Helm are found by their names. It
     * ends at the first command that fails.
     */
    public ProcessBuilder shell(String script) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script);
        builder.environment()
                .merge(
                        "PATH",
                        programs.directory().toAbsolutePath().toString(),
                        (path, ours) -> ours + File.pathSeparator + path);
        return prepared(builder);
    }

    /** Installs the CRD, or brings it up to date, and waits until kubectl finds it by its short name and schema. */
    public void installCrd() {
        kubectl("apply", "-f", CRD.toString()).orThrow();
        kubectl("wait", "--for=condition=Established", "-f", CRD.toString()).orThrow();
        await().atMost(LIMIT).until(() -> kubectl("explain", "was.spec").succeeded());
    }

    /** Creates a namespace with a name that begins so and returns the name. */
    public String createNamespace(String prefix) {
        return client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName(prefix + "-")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
    }

    /** Access with a token of this service account, valid for an hour, and nothing else. */
    public Path kubeconfigOf(String namespace, String serviceAccount) {
        String token = tokenOf(namespace, serviceAccount, Duration.ofHours(1));
        Config admin = client.getConfiguration();
        try {
            return Files.writeString(directory.resolve("kubeconfig-" + namespace + "-" + serviceAccount), """
                            apiVersion: v1
                            kind: Config
                            clusters:
                              - name: cluster
                                cluster: {server: "%s", certificate-authority: "%s"}
                            users:
                              - name: user
                                user: {token: "%s"}
                            contexts:
                              - name: context
                                context: {cluster: cluster, user: user, namespace: "%s"}
                            current-context: context
                            """.formatted(
                            admin.getMasterUrl(), admin.getCaCertFile(), token, namespace));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A token of this service account. */
    public String tokenOf(String namespace, String serviceAccount, Duration validity) {
        return client.serviceAccounts()
                .inNamespace(namespace)
                .withName(serviceAccount)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(validity.toSeconds())
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
    }

    /** Starts a second API server on the same data, for a test to kill or freeze while it watches through the first. */
    public ApiServerReplica startReplica() {
        return ApiServerReplica.start(this);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(closeAtExit);
        client.close();
        stop();
    }

    private void stop() {
        processes.forEach(Process::destroyForcibly);
        server.stop();
    }

    private ProgramRun run(Program program, String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(programs.path(program).toString()));
        command.addAll(Arrays.asList(arguments));
        return ProgramRun.of(prepared(new ProcessBuilder(command)), input, LIMIT);
    }

    /** Gives a program the cluster; neither kubectl nor Helm leaves traces in the user's home, nor finds any there. */
    private ProcessBuilder prepared(ProcessBuilder builder) {
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        builder.environment().put("KUBECACHEDIR", directory.resolve("kubectl").toString());
        builder.environment()
                .put("HELM_CACHE_HOME", directory.resolve("helm/cache").toString());
        builder.environment()
                .put("HELM_CONFIG_HOME", directory.resolve("helm/config").toString());
        builder.environment()
                .put("HELM_DATA_HOME", directory.resolve("helm/data").toString());
        return builder;
    }

    /** Starts a kube-controller-manager with these controllers and no others; it ends with the cluster, unless its test ends it earlier. */
    public Process startControllers(String controllers) throws IOException {
        return start(
                Files.createTempFile(directory, "kube-controller-manager-", ".log"),
                programs.path(Program.KubeControllerManager).toString(),
                "--kubeconfig",
                kubeconfig.toString(),
                "--leader-elect=false",
                "--secure-port=0",
                "--controllers=" + controllers);
    }

    /** Starts a program that writes its output into this file; it ends with the cluster, unless its test ends it earlier. */
    public Process start(Path log, String... command) throws IOException {
        Process process = new ProcessBuilder(Watchdog.command(List.of(command)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        processes.add(process);
        return process;
    }

    /** The folder that kube-api-test expects: it writes its certificates there, so each cluster has its own. */
    private void layOut() throws IOException {
        Path bin = Files.createDirectories(KubernetesPrograms.directory(directory, programs.version()));
        Files.createSymbolicLink(bin.resolve(Program.Kubectl.fileName()), programs.path(Program.Kubectl));
        // a test's data need not survive a power cut
        launcher(bin, Program.Etcd, "set -- '%s' --unsafe-no-fsync \"$@\"");
        launcher(
                bin,
                Program.KubeApiServer,
                "printf '%%s\\n' \"$@\" > '" + ApiServerReplica.arguments(directory) + "'; set -- '%s' \"$@\"");
    }

    private void launcher(Path bin, Program program, String line) throws IOException {
        Path script = Files.writeString(
                bin.resolve(program.fileName()),
                "#!/bin/sh\n" + line.formatted(programs.path(program)) + "\n" + Watchdog.script());
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
