package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.simulator.Call;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.testing.kubernetes.AuditEvent;
import net.wawp.operator.testing.kubernetes.AuditLog.Mark;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import net.wawp.operator.testing.kubernetes.ProgramRun;

/** A namespace with its users at work by kubectl, and an instance at Wawp: stopped, and with no device linked. */
final class SessionFixture {

    /** Longer than anything that is waited for. */
    private static final Duration TIMEOUT = Duration.ofSeconds(150);

    private static final int POLLS_AT_REST = 2;
    private static final int WRITES_PER_TRANSITION = 2;

    /** What the sample Secret holds. */
    static final String TOKEN = "replace-me-with-the-token-of-your-account";

    private static final Path SAMPLES = Path.of("deploy", "samples");

    private final OperatedCluster cluster;
    private final String namespace;
    private final SimulatedSession session;
    private Mark mark;

    SessionFixture(OperatedCluster cluster, String namespace, String instanceId) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.session = cluster.wawp().add(instanceId, TOKEN);
        this.mark = cluster.kubernetes().audit().mark();
    }

    String namespace() {
        return namespace;
    }

    String instanceId() {
        return session.instanceId();
    }

    /** The session as it is at Wawp. */
    SimulatedSession session() {
        return session;
    }

    /** Runs kubectl in the namespace, which must succeed. */
    ProgramRun kubectl(String... arguments) {
        return kubectlReading("", arguments);
    }

    /** Applies one of the samples. */
    SessionFixture sample(String file) {
        kubectl("apply", "-f", SAMPLES.resolve(file).toString());
        return this;
    }

    /** Applies a Secret {@code wawp-credentials} with this token. */
    SessionFixture secret(String token) {
        return apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: wawp-credentials}
                stringData: {access_token: "%s"}
                """.formatted(token));
    }

    /** Applies a resource of this name with these fields in its spec, beside instance and Secret. */
    SessionFixture resource(String name, String fields) {
        return apply("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {name: %s}
                spec:
                  instanceId: %s
                  credentialsSecretRef: {name: wawp-credentials}
                  %s
                """.formatted(name, instanceId(), fields.strip().replace("\n", "\n  ")));
    }

    SessionFixture apply(String yaml) {
        kubectlReading(yaml, "apply", "-f", "-");
        return this;
    }

    /** The same without a process of kubectl in between, for what must happen within seconds. */
    void create(String yaml) {
        cluster.kubernetes().client().resource(yaml).inNamespace(namespace).create();
    }

    /** Likewise, and does not wait until the resource is gone. */
    void delete(String name) {
        at(name).delete();
    }

    /** Edits the resource without a process of kubectl in between, and so that the operator has nothing to do. */
    void annotate(String name, String annotation, int value) {
        at(name).patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"%s\": \"%d\"}}}".formatted(annotation, value));
    }

    void requestNow(String name, String token) {
        kubectl("annotate", "--overwrite", "was/" + name, "wawp.net/requestedAt=" + token);
    }

    /** Waits until the present generation has been reported so, and gives the status. */
    WhatsAppSessionStatus awaitReason(String name, String reason) {
        await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            WhatsAppSession found = find(name).orElseThrow();
            assertThat(found.getStatus().observedGeneration())
                    .as("observed generation of %s", name)
                    .isEqualTo(found.getMetadata().getGeneration());
            assertThat(Conditions.find(found.getStatus().conditions(), Conditions.READY))
                    .map(Condition::reason)
                    .as("reason of %s, %s", name, found.getStatus())
                    .contains(reason);
        });
        return status(name);
    }

    /** Waits until whatever is created is younger than this resource: the API server writes the time of a creation in whole seconds. */
    void awaitSecondAfterCreation(String name) {
        Instant created = Instant.parse(find(name).orElseThrow().getMetadata().getCreationTimestamp());
        await().atMost(TIMEOUT).until(() -> Instant.now().isAfter(created.plusSeconds(1)));
    }

    /** Sees every reason that a resource of the namespace has from now on, however short its life is. */
    RecordedReasons recordReasons() {
        List<String> seen = new CopyOnWriteArrayList<>();
        Watch watch = cluster.kubernetes()
                .client()
                .resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, WhatsAppSession session) {
                        Optional.ofNullable(session.getStatus())
                                .flatMap(status -> Conditions.find(status.conditions(), Conditions.READY))
                                .map(Condition::reason)
                                .ifPresent(seen::add);
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        seen.add("the watch broke: " + cause.getMessage());
                    }
                });
        return new RecordedReasons(watch, seen);
    }

    record RecordedReasons(Watch watch, List<String> seen) implements AutoCloseable {

        void awaitSeen(String reason) {
            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(seen).contains(reason));
        }

        @Override
        public void close() {
            watch.close();
        }
    }

    void awaitSessionState(String name, String state) {
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(status(name).sessionState()).isEqualTo(state));
    }

    WhatsAppSessionStatus status(String name) {
        return find(name).orElseThrow().getStatus();
    }

    Optional<WhatsAppSession> find(String name) {
        return Optional.ofNullable(at(name).get());
    }

    private Resource<WhatsAppSession> at(String name) {
        return cluster.kubernetes()
                .client()
                .resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .withName(name);
    }

    /** The calls of this kind that Wawp got for the instance. */
    List<Call> calls(Operation operation) {
        return cluster.wawp().ledger().calls(operation, instanceId());
    }

    /** The changing calls that Wawp got for the instance, in order. */
    List<Operation> changes() {
        return cluster.wawp().ledger().calls().stream()
                .filter(call -> call.instanceId().equalsIgnoreCase(instanceId()))
                .flatMap(call -> call.operation().stream())
                .filter(Operation::changesSession)
                .toList();
    }

    /** Waits until Wawp has got so many calls of this kind in all. */
    void awaitCalls(Operation operation, int number) {
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(calls(operation)).hasSizeGreaterThanOrEqualTo(number));
    }

    /** Waits until the session has been polled some times more. */
    void awaitPolls() {
        awaitCalls(Operation.info, calls(Operation.info).size() + POLLS_AT_REST);
    }

    /** The operator's writes to resources of the namespace since the last time that this was asked. Events are not among them. */
    List<AuditEvent> writes() {
        List<AuditEvent> writes = operatorWrites(mark)
                .filter(event -> event.resource().equals("whatsappsessions"))
                .toList();
        mark = cluster.kubernetes().audit().mark();
        return writes;
    }

    /** Since the last time that the writes were asked for, the session has changed its state so often, and no write was spent beside. */
    void assertWritesForTransitions(int transitions) {
        assertThat(writes())
                .as("writes for %s transitions", transitions)
                .hasSizeBetween(1, transitions * WRITES_PER_TRANSITION);
    }

    /** Several polls with nothing new to see are not worth a single write, an Event included. */
    void assertAtRest() {
        restBegins().assertKept();
    }

    /** Begins with the next poll; for tests that watch several sessions at once. */
    Rest restBegins() {
        awaitCalls(Operation.info, calls(Operation.info).size() + 1);
        mark = cluster.kubernetes().audit().mark();
        return new Rest(mark, Instant.now(), calls(Operation.info).size() + POLLS_AT_REST);
    }

    /** A time in which nothing changes at Wawp, and nobody wants anything. */
    final class Rest {

        private final Mark begin;
        private final Instant since;
        private final int polls;

        private Rest(Mark begin, Instant since, int polls) {
            this.begin = begin;
            this.since = since;
            this.polls = polls;
        }

        /** Waits for some polls, and makes sure that they were not worth a single write, an Event included. */
        void assertKept() {
            awaitCalls(Operation.info, polls);
            assertThat(operatorWrites(begin).filter(event -> !event.resource().equals("events")))
                    .as("writes at rest")
                    .isEmpty();
            // Events are written off the way, on a busy machine seconds late: what counts is the time that they name
            assertThat(operatorEvents().filter(event -> Instant.parse(event.getLastTimestamp())
                            .isAfter(since)))
                    .as("Events at rest")
                    .isEmpty();
        }
    }

    private Stream<Event> operatorEvents() {
        return cluster.kubernetes().client().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> event.getReportingComponent().equals("wawp.net/operator"));
    }

    private Stream<AuditEvent> operatorWrites(Mark begin) {
        return cluster.kubernetes().audit().since(begin).stream()
                .filter(AuditEvent::isWrite)
                .filter(event -> event.user().equals(cluster.installation().user()))
                .filter(event -> event.namespace().equals(namespace));
    }

    private ProgramRun kubectlReading(String input, String... arguments) {
        KubernetesCluster kubernetes = cluster.kubernetes();
        List<String> inNamespace = Stream.concat(Stream.of(arguments), Stream.of("--namespace", namespace))
                .toList();
        return kubernetes
                .kubectlReading(input, inNamespace.toArray(String[]::new))
                .orThrow();
    }
}
