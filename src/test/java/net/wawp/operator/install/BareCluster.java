package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.testing.PackagedOperator;
import net.wawp.operator.testing.kubernetes.AuditEvent;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import net.wawp.operator.testing.kubernetes.ProgramSource;
import net.wawp.operator.testing.kubernetes.ProgramsMissingException;

/** A cluster without the operator, for a test to install it; and Wawp, with a stopped session that is linked to a phone. */
final class BareCluster implements AutoCloseable {

    static final Duration TIMEOUT = Duration.ofMinutes(3);
    static final String INSTANCE = "3EB0BCB2E3D4";
    static final String TOKEN = "token-of-the-account";

    private static Optional<CompletableFuture<KubernetesCluster>> spare = Optional.empty();

    private final KubernetesCluster cluster;
    private final WawpSimulator wawp = WawpSimulator.start();
    private final Set<String> played = new HashSet<>();
    private final List<PodProcess> processes = new ArrayList<>();

    private BareCluster(KubernetesCluster cluster) {
        this.cluster = cluster;
        addSession(INSTANCE, TOKEN);
    }

    /** Gives one with these namespaces. The next one starts meanwhile: tests mostly wait. */
    static synchronized BareCluster with(String... namespaces) {
        CompletableFuture<KubernetesCluster> mine = spare.orElseGet(BareCluster::startOne);
        spare = Optional.empty();
        KubernetesCluster started = mine.join();
        spare = Optional.of(startOne());
        BareCluster bare = new BareCluster(started);
        for (String namespace : namespaces) {
            bare.run("kubectl create namespace " + namespace);
        }
        return bare;
    }

    /** Stops the one that no test of this class has asked for. */
    static synchronized void closeSpare() {
        spare.ifPresent(last -> last.join().close());
        spare = Optional.empty();
    }

    private static CompletableFuture<KubernetesCluster> startOne() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return KubernetesCluster.start(
                                ProgramSource.ofThisCheckout(System.out).get());
                    } catch (ProgramsMissingException e) {
                        throw new IllegalStateException(
                                "Tests on a cluster are skipped where there are no programs for it", e);
                    }
                },
                task -> new Thread(task, "next-cluster").start());
    }

    KubernetesClient client() {
        return cluster.client();
    }

    WawpSimulator wawp() {
        return wawp;
    }

    /** Adds a stopped session that is linked to a phone. */
    SimulatedSession addSession(String instance, String token) {
        SimulatedSession session = wawp.add(instance, token).put(EngineState.WORKING);
        session.stopInDashboard();
        return session;
    }

    /** Runs commands that must all succeed, and returns their output. */
    String run(String commands) {
        return ProgramRun.of(cluster.shell(commands), "", TIMEOUT).orThrow().output();
    }

    /** Runs commands that must fail, and returns their errors. */
    String refused(String commands) {
        ProgramRun run = ProgramRun.of(cluster.shell(commands), "", TIMEOUT);
        assertThat(run.succeeded()).as(run.toString()).isFalse();
        return run.errors();
    }

    /** Runs commands whose last one never ends, until their output has a line that matches. */
    void runUntil(String commands, String line) throws IOException {
        Path output = Files.createTempFile(cluster.directory(), "output-", ".txt");
        Process process = cluster.shell(commands)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(Files.readString(output).lines())
                            .anyMatch(candidate -> candidate.matches(line)));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** The setting with which a release reaches this Wawp, from a process of this machine. */
    Map<String, String> ofThisMachine() {
        return Map.of("WAWP_BASE_URL", wawp.baseUrl().toString());
    }

    /** Waits for a pod of the operator that does not run yet, and runs it as its spec says. */
    PodProcess runPod(String namespace) throws IOException {
        return runPod(namespace, Map.of());
    }

    /** The same, with some variables replaced. */
    PodProcess runPod(String namespace, Map<String, String> otherwise) throws IOException {
        Pod pod = await().atMost(TIMEOUT)
                .until(() -> pods(namespace), pods -> !pods.isEmpty())
                .get(0);
        played.add(pod.getMetadata().getName());
        PodProcess process = PodProcess.start(cluster, pod, otherwise);
        processes.add(process);
        return process;
    }

    /** Waits for the pod of {@code helm test}, and runs it against the operator's process in place of its Service. */
    void runTestOf(PodProcess operator, String namespace) throws IOException {
        PodResource resource = client().pods().inNamespace(namespace).withName("wawp-operator-test-readyz");
        Pod pod = await().atMost(TIMEOUT).until(resource::get, Objects::nonNull);
        List<String> arguments = pod.getSpec().getContainers().get(0).getArgs();
        String address = "http://wawp-operator.%s:8080/readyz".formatted(namespace);
        assertThat(arguments).containsExactly("--ready", address);

        ProgramRun run = ProgramRun.of(
                new ProcessBuilder(PackagedOperator.command(List.of(arguments.get(0), operator.readyz()))),
                "",
                TIMEOUT);

        resource.editStatus(current -> new PodBuilder(current)
                .editStatus()
                .withPhase(run.succeeded() ? "Succeeded" : "Failed")
                .endStatus()
                .build());
    }

    /** Waits until the pod is deleted, and ends its process as the kubelet does. */
    int end(PodProcess process, String namespace) throws InterruptedException {
        await().atMost(TIMEOUT)
                .until(() -> client().pods()
                                .inNamespace(namespace)
                                .withName(process.name())
                                .get()
                        == null);
        return process.terminate();
    }

    private List<Pod> pods(String namespace) {
        return client()
                .pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/name", "wawp-operator")
                .list()
                .getItems()
                .stream()
                .filter(pod -> !played.contains(pod.getMetadata().getName()))
                .toList();
    }

    /** Declares the session as a resource {@code support-line}, with these further fields in its spec. */
    void declareSession(String namespace, String fields) {
        run("""
                kubectl --namespace %s apply -f - <<'EOF'
                apiVersion: v1
                kind: Secret
                metadata: {name: wawp-credentials}
                stringData: {instance_id: %s, access_token: %s}
                ---
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: support-line}
                spec: {desiredState: Running, credentialsSecretRef: {name: wawp-credentials}, %s}
                EOF
                """.formatted(namespace, INSTANCE, TOKEN, fields));
    }

    /** Gives the resource the policy that would log the session out, and waits for its finalizer. */
    void requestLogoutOnDeletion(String namespace) {
        run(
                "kubectl -n %s patch whatsappsession support-line --type merge -p '{\"spec\":{\"deletionPolicy\":\"Logout\"}}'"
                        .formatted(namespace));
        await().atMost(TIMEOUT).until(() -> !session(namespace, "support-line")
                .get()
                .getMetadata()
                .getFinalizers()
                .isEmpty());
    }

    void awaitReady(String namespace, String name) {
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(Conditions.find(
                        session(namespace, name).get().getStatus().conditions(), Conditions.READY))
                .map(Condition::reason)
                .contains("Working"));
    }

    Resource<WhatsAppSession> session(String namespace, String name) {
        return client().resources(WhatsAppSession.class).inNamespace(namespace).withName(name);
    }

    /** Waits for two more polls of the session. */
    void awaitPolls() {
        int before = wawp.ledger().calls(Operation.info, INSTANCE).size();
        await().atMost(TIMEOUT)
                .until(() -> wawp.ledger().calls(Operation.info, INSTANCE).size() > before + 1);
    }

    /** The users that have written the status of a resource. */
    Set<String> writers(String namespace, String name) {
        return cluster.audit().events().stream()
                .filter(request -> request.isWrite() && request.subresource().equals("status"))
                .filter(request ->
                        request.namespace().equals(namespace) && request.name().equals(name))
                .map(AuditEvent::user)
                .collect(Collectors.toSet());
    }

    /** What belongs to the users and must outlive the operator: the CRD and the Secret by their UIDs, the spec of the resource, and the session's state. */
    List<Object> belongings(String namespace) {
        WhatsAppSession session = session(namespace, "support-line").get();
        return List.of(
                client().apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName("whatsappsessions.wawp.net")
                        .get()
                        .getMetadata()
                        .getUid(),
                client().secrets()
                        .inNamespace(namespace)
                        .withName("wawp-credentials")
                        .get()
                        .getMetadata()
                        .getResourceVersion(),
                session.getMetadata().getUid(),
                session.getMetadata().getGeneration(),
                session.getMetadata().getFinalizers(),
                session.isMarkedForDeletion(),
                session.getSpec(),
                wawp.session(INSTANCE).state());
    }

    /** The calls to Wawp that change a session, in order. */
    List<Operation> changes() {
        return wawp.ledger().calls().stream()
                .flatMap(call -> call.operation().stream())
                .filter(Operation::changesSession)
                .toList();
    }

    @Override
    public void close() {
        processes.forEach(PodProcess::close);
        cluster.close();
        wawp.close();
    }
}
