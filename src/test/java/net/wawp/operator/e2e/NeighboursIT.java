package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.testing.kubernetes.AuditEvent;
import net.wawp.operator.testing.kubernetes.AuditLog.Mark;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** A namespace full of resources that cannot work beside one with good ones. */
@OnKubernetes(needs = Program.Helm, cluster = Cluster.Own)
@Tag("proof")
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts an API server and an operator")
class NeighboursIT {

    private static final int CROWD = 3_000;
    private static final int GOOD_ONES = 20;
    private static final long MILLIS_BETWEEN_EDITS = 33;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    @Test
    void aGoodResourceDoesNotWaitForThreeThousandThatMissTheirSecretsAndAreEdited() {
        try (OperatedCluster cluster = OperatedCluster.create()) {
            String crowded = cluster.kubernetes().createNamespace("crowded");
            crowd(cluster, crowded);
            OperatorJar operator = cluster.startOperator().awaitReady();
            await().atMost(TIMEOUT).pollInterval(Duration.ofSeconds(2)).until(() -> judged(cluster, crowded) == CROWD);
            ScheduledExecutorService editor = Executors.newSingleThreadScheduledExecutor();
            AtomicInteger edits = new AtomicInteger();
            Future<?> editing = editor.scheduleAtFixedRate(
                    () -> {
                        edit(cluster, crowded, edits.get());
                        edits.incrementAndGet();
                    },
                    0,
                    MILLIS_BETWEEN_EDITS,
                    TimeUnit.MILLISECONDS);
            try {
                List<Integer> before = new ArrayList<>();
                List<Long> waits = new ArrayList<>();
                int editsMeanwhile = 0;
                for (int i = 0; i < GOOD_ONES; i++) {
                    Mark mark = cluster.kubernetes().audit().mark();
                    SessionFixture good = cluster.newFixture();
                    good.session().put(EngineState.WORKING);
                    int editsBefore = edits.get();
                    good.secret(SessionFixture.TOKEN).resource("good", "desiredState: Running");
                    good.awaitReason("good", "Working");
                    editsMeanwhile += edits.get() - editsBefore;
                    List<AuditEvent> events = cluster.kubernetes().audit().since(mark);
                    Instant created = received(events, good.namespace(), "create", "");
                    Instant written = received(events, good.namespace(), "update", "status");
                    before.add((int) events.stream()
                            .filter(event -> event.namespace().equals(crowded) && event.isWrite())
                            .filter(event ->
                                    event.user().equals(cluster.installation().user()))
                            .filter(event -> event.received().isAfter(created)
                                    && event.received().isBefore(written))
                            .count());
                    waits.add(Duration.between(
                                    created, good.calls(Operation.info).get(0).at())
                            .toMillis());
                }
                waits.sort(null);
                System.out.printf(
                        "%d resources without Secrets, %d edits meanwhile: a good one was polled after %d ms (median), %d ms at"
                                + " most; writes for others before its first: %s%n",
                        CROWD, editsMeanwhile, waits.get(GOOD_ONES / 2), waits.get(GOOD_ONES - 1), before);
                assertThat(before)
                        .as("writes for the crowd between a good resource and its first status")
                        .allMatch(writes -> writes < CROWD / 20);
                // it stops for good at the first edit that fails
                assertThat(editing).as("the edits go on").isNotDone();
                assertThat(editsMeanwhile)
                        .as("edits of the crowd while the good resources were observed")
                        .isGreaterThanOrEqualTo(GOOD_ONES);
            } finally {
                editor.shutdownNow();
                operator.terminate();
            }
        }
    }

    @Test
    void aGoodResourceDoesNotWaitWhileThreeThousandGetTheirFirstStatus() {
        try (OperatedCluster cluster = OperatedCluster.create()) {
            String crowded = cluster.kubernetes().createNamespace("crowded");
            crowd(cluster, crowded);
            SessionFixture good = cluster.newFixture();
            good.session().put(EngineState.WORKING);
            good.secret(SessionFixture.TOKEN).resource("good", "desiredState: Running");
            Mark mark = cluster.kubernetes().audit().mark();
            OperatorJar operator = cluster.startOperator().awaitReady();
            try {
                await().atMost(TIMEOUT)
                        .pollInterval(Duration.ofSeconds(2))
                        .until(() -> withStatus(cluster, crowded, status -> true) == CROWD);

                List<AuditEvent> writes = cluster.kubernetes().audit().since(mark).stream()
                        .filter(event -> event.isWrite() && event.subresource().equals("status"))
                        .toList();
                int before = (int) writes.stream()
                        .takeWhile(event -> !event.namespace().equals(good.namespace()))
                        .count();
                System.out.printf(
                        "After a start %d of %d first statuses were written before that of a good resource%n",
                        before, CROWD);
                assertThat(before).isLessThan(CROWD / 20);
            } finally {
                operator.terminate();
            }
        }
    }

    private static void crowd(OperatedCluster cluster, String namespace) {
        IntStream.range(0, CROWD).parallel().forEach(number -> {
            WhatsAppSession session = new WhatsAppSession();
            session.getMetadata().setName("line-" + number);
            session.getMetadata().setNamespace(namespace);
            session.setSpec(WhatsAppSessionSpec.builder()
                    .desiredState(DesiredState.Running)
                    .instanceId("CR0WD%06d".formatted(number))
                    .credentialsSecretRef(new CredentialsSecretRef("absent-" + number))
                    .build());
            cluster.kubernetes().client().resource(session).create();
        });
    }

    private static long judged(OperatedCluster cluster, String namespace) {
        return withStatus(cluster, namespace, status -> Conditions.find(status.conditions(), Conditions.STALLED)
                .isPresent());
    }

    private static long withStatus(
            OperatedCluster cluster, String namespace, Predicate<WhatsAppSessionStatus> isMeant) {
        return cluster
                .kubernetes()
                .client()
                .resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .list()
                .getItems()
                .stream()
                .map(WhatsAppSession::getStatus)
                .filter(status -> status != null && isMeant.test(status))
                .count();
    }

    private static void edit(OperatedCluster cluster, String namespace, int number) {
        cluster.kubernetes()
                .client()
                .resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .withName("line-" + number % CROWD)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\": {\"pollInterval\": \"%ds\"}}".formatted(60 + number / CROWD));
    }

    private static Instant received(List<AuditEvent> events, String namespace, String verb, String subresource) {
        return events.stream()
                .filter(event -> event.namespace().equals(namespace)
                        && event.resource().equals("whatsappsessions")
                        && event.subresource().equals(subresource)
                        && (event.verb().equals(verb)
                                || verb.equals("create") && event.verb().equals("patch")))
                .map(AuditEvent::received)
                .findFirst()
                .orElseThrow();
    }
}
