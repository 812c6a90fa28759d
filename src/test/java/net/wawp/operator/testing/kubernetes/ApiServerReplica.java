package net.wawp.operator.testing.kubernetes;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A second API server of a cluster, as clusters with several control-plane nodes have it: same data, same
 * certificates, a port of its own that it keeps when it starts again. Its audit log is its own too.
 */
public final class ApiServerReplica implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private final KubernetesCluster cluster;
    private final int port;
    private final AuditLog audit;
    private final List<String> command;
    private Process process;

    private ApiServerReplica(KubernetesCluster cluster) throws IOException {
        this.cluster = cluster;
        port = Ports.free(1).get(0);
        Path auditLog = cluster.directory().resolve("audit-" + port + ".log");
        audit = new AuditLog(auditLog);
        command = new ArrayList<>(
                List.of(cluster.programs().path(Program.KubeApiServer).toString()));
        command.addAll(Files.readAllLines(arguments(cluster.directory())));
        replace("--secure-port", Integer.toString(port));
        replace("--audit-log-path", auditLog.toString());
    }

    static ApiServerReplica start(KubernetesCluster cluster) {
        try {
            ApiServerReplica replica = new ApiServerReplica(cluster);
            replica.start();
            return replica;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a cluster's first API server leaves the arguments that it was started with, one a line. */
    static Path arguments(Path clusterDirectory) {
        return clusterDirectory.resolve("kube-apiserver.arguments");
    }

    /** What clients asked of this one. */
    public AuditLog audit() {
        return audit;
    }

    /** The same access as another kubeconfig gives, by way of this server. */
    public Path kubeconfigLike(Path kubeconfig) {
        try {
            return Files.writeString(
                    kubeconfig.resolveSibling(kubeconfig.getFileName() + "-" + port),
                    Files.readString(kubeconfig).replaceAll("https://127[.]0[.]0[.]1:[0-9]+/?", address()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, or starts it again, and waits until it is ready. */
    public void start() {
        try {
            process = new ProcessBuilder(Watchdog.command(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(cluster.directory()
                            .resolve("kube-apiserver-" + port + ".log")
                            .toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path kubeconfig = kubeconfigLike(cluster.kubeconfig());
        await().atMost(START_LIMIT)
                .until(() -> cluster.kubectl("--kubeconfig", kubeconfig.toString(), "get", "--raw", "/readyz")
                        .succeeded());
    }

    /** Ends it at once, as a power cut would. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Freezes it: connections stay open and nothing answers. */
    public void pause() {
        Signal.STOP.sendTo(process.pid());
    }

    /** Lets it go on after {@link #pause}. */
    public void resume() {
        Signal.CONT.sendTo(process.pid());
    }

    @Override
    public void close() {
        kill();
    }

    private String address() {
        return "https://127.0.0.1:" + port;
    }

    private void replace(String flag, String value) {
        command.set(command.indexOf(flag) + 1, value);
    }
}
