package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.wawp.operator.testing.PackagedOperator;
import net.wawp.operator.testing.kubernetes.InCluster;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;

/**
 * Does with a pod what the kubelet does, as far as a process can: arguments and environment, the volume with the service-account token, and the
 * probes, whose results become the pod's status. The packaged jar replaces the image. Limits and the read-only file system are not enforced.
 */
final class PodProcess implements AutoCloseable {

    private static final String MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final String PORT = "WAWP_HTTP_PORT";
    private static final Pattern SERVED = Pattern.compile("served on port (\\d+)");
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Pod pod;
    private final Container container;
    private final Process process;
    private final Path log;
    private final Thread closeAtExit;

    private PodProcess(Pod pod, Process process, Path log) {
        this.pod = pod;
        this.container = container(pod);
        this.process = process;
        this.log = log;
        this.closeAtExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(closeAtExit);
    }

    /**
     * Runs a pod and waits until it is ready.
     *
     * @param otherwise variables that differ from the pod's
     */
    static PodProcess start(KubernetesCluster cluster, Pod pod, Map<String, String> otherwise) throws IOException {
        Path directory = Files.createDirectory(
                cluster.directory().resolve(pod.getMetadata().getName()));
        Container container = container(pod);
        assertThat(container.getCommand())
                .as("what replaces the image's entry point")
                .isEmpty();
        List<String> command = PackagedOperator.command(container.getArgs());
        Path log = directory.resolve("log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        Map<String, String> environment = variables(container, pod);
        assertThat(environment.get(PORT))
                .as("where it listens, and where the pod says so")
                .isEqualTo(container.getPorts().get(0).getContainerPort().toString());
        // a pod has an address of its own; here its port may be somebody else's
        environment.put(PORT, "0");
        environment.putAll(otherwise);
        InCluster.clear(builder.environment());
        builder.environment().putAll(environment);
        builder.environment()
                .putAll(InCluster.variables(
                        cluster.client().getConfiguration(), serviceAccountVolume(cluster, pod, directory)));
        PodProcess started = new PodProcess(pod, builder.start(), log);
        try {
            await().alias("ready").atMost(LIMIT).until(started::isReady);
        } catch (RuntimeException e) {
            started.close();
            throw new IllegalStateException(started.log(), e);
        }
        tellReady(cluster.client(), pod);
        return started;
    }

    String name() {
        return pod.getMetadata().getName();
    }

    /** Where it serves {@code /readyz}, in place of the Service, which no network leads to. */
    String readyz() throws IOException {
        Matcher port = SERVED.matcher(log());
        assertThat(port.find()).isTrue();
        return "http://127.0.0.1:%s/readyz".formatted(port.group(1));
    }

    /** Its output so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** Ends it as the kubelet does, and returns its exit status. */
    int terminate() throws InterruptedException {
        process.destroy();
        long grace = pod.getSpec().getTerminationGracePeriodSeconds();
        if (!process.waitFor(grace, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "The operator did not end within its grace period of %d s".formatted(grace));
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(closeAtExit);
        process.destroyForcibly().onExit().join();
    }

    private static Container container(Pod pod) {
        assertThat(pod.getSpec().getContainers()).hasSize(1);
        return pod.getSpec().getContainers().get(0);
    }

    private static Map<String, String> variables(Container container, Pod pod) {
        Map<String, String> variables = new HashMap<>();
        for (EnvVar variable : container.getEnv()) {
            variables.put(
                    variable.getName(),
                    variable.getValueFrom() == null
                            ? variable.getValue()
                            : field(variable.getValueFrom().getFieldRef().getFieldPath(), pod));
        }
        return variables;
    }

    private static String field(String path, Pod pod) {
        assertThat(path).isEqualTo("metadata.namespace");
        return pod.getMetadata().getNamespace();
    }

    /** The folder that the container would see at {@link #MOUNT}. */
    private static Path serviceAccountVolume(KubernetesCluster cluster, Pod pod, Path directory) throws IOException {
        String volume = container(pod).getVolumeMounts().stream()
                .filter(mount -> mount.getMountPath().equals(MOUNT))
                .findFirst()
                .orElseThrow()
                .getName();
        Path folder = Files.createDirectory(directory.resolve(volume));
        for (VolumeProjection source : pod.getSpec().getVolumes().stream()
                .filter(candidate -> candidate.getName().equals(volume))
                .findFirst()
                .orElseThrow()
                .getProjected()
                .getSources()) {
            if (source.getServiceAccountToken() != null) {
                Files.writeString(
                        folder.resolve(source.getServiceAccountToken().getPath()),
                        cluster.tokenOf(
                                pod.getMetadata().getNamespace(),
                                pod.getSpec().getServiceAccountName(),
                                Duration.ofSeconds(
                                        source.getServiceAccountToken().getExpirationSeconds())));
            } else if (source.getDownwardAPI() != null) {
                for (var item : source.getDownwardAPI().getItems()) {
                    Files.writeString(
                            folder.resolve(item.getPath()),
                            field(item.getFieldRef().getFieldPath(), pod));
                }
            } else {
                // a controller publishes this in every namespace of a cluster with nodes
                assertThat(source.getConfigMap().getName()).isEqualTo("kube-root-ca.crt");
                KeyToPath item = source.getConfigMap().getItems().get(0);
                Files.copy(
                        Path.of(cluster.client().getConfiguration().getCaCertFile()), folder.resolve(item.getPath()));
            }
        }
        return folder;
    }

    private boolean isReady() throws IOException {
        return answers(container.getStartupProbe())
                && answers(container.getLivenessProbe())
                && answers(container.getReadinessProbe());
    }

    private boolean answers(Probe probe) throws IOException {
        HTTPGetAction get = probe.getHttpGet();
        assertThat(container.getPorts()).as("the port of the probe").anyMatch(port -> port.getName()
                .equals(get.getPort().getStrVal()));
        Matcher port = SERVED.matcher(log());
        if (!port.find()) {
            return false;
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.group(1) + get.getPath()))
                .timeout(Duration.ofSeconds(probe.getTimeoutSeconds()))
                .build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The Deployment continues from there as on a cluster with nodes. */
    private static void tellReady(KubernetesClient client, Pod pod) {
        client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .editStatus(current -> new PodBuilder(current)
                        .editStatus()
                        .withPhase("Running")
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build());
    }
}
