package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Quirk;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.FastClock;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;

/**
 * Resources under the whole operator, on a real API server, with the simulator: every version that a watch saw.
 * Together they have every status that there is.
 */
final class RecordedSessions implements AutoCloseable {

    private static final Path RESOURCES = Path.of("src", "test", "resources", "gitops", "sessions.yaml");
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    /** A grace of two minutes passes in fifteen seconds. */
    private static final int SPEED = 8;

    private final KubernetesCluster cluster;
    private final WawpSimulator wawp = WawpSimulator.start();
    private final List<JsonNode> versions = new CopyOnWriteArrayList<>();
    private final String namespace;
    private final Watch watch;
    private final OperatorRuntime operator;

    private RecordedSessions(KubernetesCluster cluster) {
        this.cluster = cluster;
        cluster.installCrd();
        namespace = cluster.createNamespace("recorded");
        watch = cluster.client()
                .genericKubernetesResources("wawp.net/v1alpha1", "WhatsAppSession")
                .inNamespace(namespace)
                .watch(new Recorder(versions));
        operator = OperatorRuntime.create(
                OperatorConfig.from(
                        Map.of(
                                "WAWP_BASE_URL", wawp.baseUrl().toString(),
                                "WAWP_POLL_INTERVAL", "20s",
                                "WAWP_WATCH_NAMESPACES", namespace,
                                "WAWP_LEADER_ELECTION", "false",
                                "WAWP_HTTP_PORT", "0"),
                        Optional.empty()),
                cluster.client(),
                new FastClock(SPEED));
    }

    /** Every version of every resource, from the first creation until each of these moments has occurred. */
    static List<JsonNode> until(Set<String> moments, KubernetesCluster cluster) {
        try (RecordedSessions sessions = new RecordedSessions(cluster)) {
            sessions.live();
            // the framework's timer knows real time alone, so that the fast minutes need somebody who asks
            await().atMost(TIMEOUT).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
                sessions.request("secret-missing");
                sessions.request("second-on-one-instance");
                assertThat(sessions.versions.stream().map(RecordedSessions::moment))
                        .containsAll(moments);
            });
            return List.copyOf(sessions.versions);
        }
    }

    /** The moment that a version shows: the reason of {@code Ready}, with a suffix where one reason has two moments, or why there is none yet. */
    static String moment(JsonNode version) {
        JsonNode observed = version.at("/status/observedGeneration");
        if (version.at("/metadata").has("deletionTimestamp")) {
            return "being-deleted";
        }
        if (observed.asInt(-1) == -1) {
            return "not-polled-yet";
        }
        if (observed.asInt() != version.at("/metadata/generation").asInt()) {
            return "edited-since";
        }
        Map<String, JsonNode> conditions = conditions(version);
        String reason = conditions.get("Ready").get("reason").asText();
        boolean stalled = conditions.containsKey("Stalled");
        return switch (reason) {
            case "Suspended" -> reason + (stalled ? "-otherwise" : "-as-desired");
            case "SecretNotFound", "InstanceConflict" -> reason + (stalled ? "-after-two-minutes" : "-at-first");
            default -> reason;
        };
    }

    static Map<String, JsonNode> conditions(JsonNode version) {
        return version.at("/status/conditions")
                .valueStream()
                .collect(Collectors.toMap(condition -> condition.get("type").asText(), condition -> condition));
    }

    private void live() {
        for (JsonNode resource : Yaml.readAll(Yaml.text(RESOURCES))) {
            prepare(resource.at("/metadata/name").asText());
        }
        cluster.client()
                .secrets()
                .inNamespace(namespace)
                .withName("secret-missing")
                .delete();
        secret("secret-without-token", "another-key", "token");
        secret("token-revoked", "access_token", "a-token-that-was-revoked");
        wawp.remove("goneatwawp");
        wawp.session("starting").put(EngineState.STOPPED).unlink();
        wawp.session("enginefailing").conduct().turnOn(Quirk.BootFails);
        wawp.session("logoutignored").conduct().turnOn(Quirk.LogoutIgnored);
        wawp.inject(Fault.error(403, BodyFormat.Json).at("quotausedup"));
        wawp.inject(Fault.error(422, BodyFormat.Json).at("rejected"));
        wawp.inject(Fault.error(429, BodyFormat.Json).retryAfter("60").at("ratelimited"));
        wawp.inject(Fault.error(503, BodyFormat.Text).at("engineaway"));
        wawp.inject(Fault.of(Fault.Kind.UnknownWord).at("wordunknown"));
        kubectl("apply", "-f", RESOURCES.toString());
        // as an operator of a day before would have left it: the shortest time-out is an hour
        kubectl(
                "patch",
                "was",
                "unused",
                "--subresource=status",
                "--type=merge",
                "-p",
                "{\"status\": {\"idleSince\": \"2026-01-01T00:00:00Z\"}}");
        kubectl("annotate", "was", "unused", "wawp.net/lastUsedAt=2025-12-31T00:00:00Z");
        operator.start();

        awaitMomentOf("working", "Working");
        kubectl("patch", "was", "working", "--type=merge", "-p", "{\"spec\": {\"pollInterval\": \"30s\"}}");
        cluster.kubectlReading("""
                        apiVersion: wawp.net/v1alpha1
                        kind: WhatsAppSession
                        metadata: {name: second-on-one-instance}
                        spec: {desiredState: Running, instanceId: working, credentialsSecretRef: {name: working}}
                        """, "apply", "--namespace", namespace, "-f", "-")
                .orThrow();
        awaitMomentOf("engine-failing", "Working");
        wawp.session("enginefailing").fail();
        awaitMomentOf("restarted", "Working");
        kubectl("annotate", "was", "restarted", "wawp.net/restart=now");
        awaitMomentOf("deleted", "Working");
        kubectl("delete", "was", "deleted", "--wait=false");
    }

    /** Asks for something now, as a person does with {@code kubectl annotate}. */
    private void request(String name) {
        cluster.client()
                .resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .withName(name)
                .edit(session -> {
                    session.getMetadata()
                            .getAnnotations()
                            .put("wawp.net/requestedAt", Instant.now().toString());
                    return session;
                });
    }

    /** A session that works, and its Secret. */
    private void prepare(String name) {
        SimulatedSession session = wawp.add(name.replace("-", ""), "token-of-" + name);
        session.put(EngineState.WORKING);
        secret(name, "access_token", "token-of-" + name);
    }

    private void secret(String name, String key, String value) {
        cluster.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withType("Opaque")
                        .addToStringData(key, value)
                        .build())
                .createOr(NonDeletingOperation::update);
    }

    private void kubectl(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--namespace", namespace));
        cluster.kubectl(all.toArray(String[]::new)).orThrow();
    }

    private void awaitMomentOf(String name, String moment) {
        await().atMost(TIMEOUT).until(() -> versions.stream()
                .filter(version -> version.at("/metadata/name").asText().equals(name))
                .anyMatch(version -> moment(version).equals(moment)));
    }

    @Override
    public void close() {
        operator.close();
        watch.close();
        cluster.kubectl("delete", "namespace", namespace, "--wait=false");
        wawp.close();
    }

    private record Recorder(List<JsonNode> versions) implements Watcher<GenericKubernetesResource> {

        @Override
        public void eventReceived(Action action, GenericKubernetesResource resource) {
            if (action == Action.ADDED || action == Action.MODIFIED) {
                versions.add(Yaml.read(Serialization.asJson(resource)));
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            throw new IllegalStateException("The watch has ended before the recording", cause);
        }
    }
}
