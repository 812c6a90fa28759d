package net.wawp.operator.pairing;

import static net.wawp.operator.testing.EmbeddedCluster.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import net.wawp.operator.leaderelection.LeaderTask;
import net.wawp.operator.leaderelection.LeaderTaskRunner;
import net.wawp.operator.management.Health;
import net.wawp.operator.pairing.PairingSecrets.Outcome;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.FaultyApiServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesPairingSecretsTest {

    private static final PairingOwner OWNER = new PairingOwner("uid-1", NAMESPACE, "support-line");
    private static final PairingMaterial MATERIAL = new PairingMaterial(
            "https://app.example.com/x", Instant.parse("2026-01-01T00:30:00Z"), Optional.of("2@payload"));

    private final EmbeddedCluster cluster = new EmbeddedCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aRequestWritesItsSecretEightTimesAtMostWhoeverLeads() {
        try (PairingSecrets first = secrets(() -> true)) {
            for (int write = 1; write <= 5; write++) {
                assertThat(write(first, "one")).isEqualTo(Outcome.Done);
            }
        }
        try (PairingSecrets next = secrets(() -> true)) {
            for (int write = 6; write <= 8; write++) {
                assertThat(write(next, "one")).as("write %d", write).isEqualTo(Outcome.Done);
            }
            assertThat(write(next, "one")).isEqualTo(Outcome.Exhausted);
            assertThat(write(next, "another")).as("another request counts anew").isEqualTo(Outcome.Done);
        }
    }

    @Test
    void aWriteThatEndsAfterTheLeadWasLostIsTakenBack() {
        AtomicInteger asked = new AtomicInteger();
        // asked at the beginning, right before the write, and after it
        try (PairingSecrets secrets = secrets(() -> asked.incrementAndGet() < 3)) {
            assertThat(write(secrets, "one")).isEqualTo(Outcome.Failed);
        }
        assertThat(asked).hasValue(3);
        assertThat(found()).isEmpty();
    }

    @Test
    void whoDoesNotLeadWritesAndDeletesNothing() {
        try (PairingSecrets leader = secrets(() -> true)) {
            write(leader, "one");
        }
        try (PairingSecrets other = secrets(() -> false)) {
            assertThat(write(other, "another")).isEqualTo(Outcome.Failed);
            assertThat(other.delete(OWNER).toCompletableFuture().join()).isEqualTo(Outcome.Failed);
        }
        assertThat(found().orElseThrow().getMetadata().getAnnotations()).containsEntry("wawp.net/pair", "one");
    }

    @Test
    void aSecretOfSomebodyElseIsNeitherWrittenNorDeleted() {
        cluster.secret(OWNER.secretName(), Map.of("mine", "kept"));
        try (PairingSecrets secrets = secrets(() -> true)) {
            assertThat(write(secrets, "one")).isEqualTo(Outcome.Taken);
            assertThat(secrets.delete(OWNER).toCompletableFuture().join()).isEqualTo(Outcome.Done);
        }
        assertThat(found()).isPresent();
    }

    @Test
    void aResourceThatIsGoneTakesNothingFromTheOneThatHasItsNameNow() {
        PairingOwner gone = new PairingOwner("uid-0", OWNER.namespace(), OWNER.name());
        try (PairingSecrets secrets = secrets(() -> true)) {
            write(secrets, "one");
            assertThat(secrets.delete(gone).toCompletableFuture().join()).isEqualTo(Outcome.Done);
            assertThat(found()).as("Secret of the new resource").isPresent();

            assertThat(secrets.delete(OWNER).toCompletableFuture().join()).isEqualTo(Outcome.Done);
            assertThat(found()).isEmpty();
        }
    }

    @Test
    void aNamespaceWhoseRequestsHangDelaysNoWriteAndNoDeletionOfAnother() {
        Hanging hanging = new Hanging(request -> request.uri().getPath().contains("/namespaces/billing/"));
        try (KubernetesClient client = cluster.newClient(builder -> builder.withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor("hanging", hanging)));
                PairingSecrets secrets = new KubernetesPairingSecrets(client, () -> true)) {
            CompletableFuture<Outcome> hung = secrets.write(
                            new PairingOwner("uid-2", "billing", "billing-line"), "one", MATERIAL)
                    .toCompletableFuture();
            CompletableFuture<Outcome> written =
                    secrets.write(OWNER, "one", MATERIAL).toCompletableFuture();
            CompletableFuture<Outcome> deleted = secrets.delete(OWNER).toCompletableFuture();
            try {
                await().until(() -> written.isDone() && deleted.isDone());
                assertThat(hung).isNotDone();
            } finally {
                hanging.end();
            }
            assertThat(hung.join()).isEqualTo(Outcome.Done);
            assertThat(written.join()).isEqualTo(Outcome.Done);
            assertThat(deleted.join()).isEqualTo(Outcome.Done);
        }
        assertThat(found()).as("the deletion came after the write").isEmpty();
    }

    @Test
    void whatAStoppedWorkHasBegunIsNotWrittenAlthoughTheProcessStillLeads() {
        Hanging hanging = new Hanging(request -> request.method().equals("POST"));
        List<CompletableFuture<Outcome>> writes = new CopyOnWriteArrayList<>();
        AtomicInteger works = new AtomicInteger();
        try (KubernetesClient client = cluster.newClient(builder ->
                builder.withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("hanging", hanging)))) {
            LeaderTaskRunner runner = new LeaderTaskRunner(
                    (fence, giveUp) -> {
                        works.incrementAndGet();
                        return new WritingOnce(new KubernetesPairingSecrets(client, fence::isLeader), writes);
                    },
                    () -> {});
            try {
                runner.onLead(() -> true);
                await().until(hanging::hasBegun);

                runner.restart(Duration.ZERO);
                await().until(() -> works.get() == 2);
            } finally {
                hanging.end();
                runner.close(Duration.ZERO);
            }
            assertThat(writes).singleElement().satisfies(write -> assertThat(write.join())
                    .isEqualTo(Outcome.Failed));
        }
        assertThat(found()).isEmpty();
    }

    @Test
    void aRightThatIsMissingIsReportedAsOne() {
        assertThat(writeRefusedWith(
                        403,
                        "secrets is forbidden: User 'operator' cannot create resource 'secrets' in API group '' in the"
                                + " namespace 'crm'"))
                .isEqualTo(Outcome.Forbidden);
    }

    @Test
    void aQuotaThatIsUsedUpIsNoMissingRight() {
        assertThat(writeRefusedWith(
                        403, "secrets 'support-line-pairing' is forbidden: exceeded quota: secrets, requested: 1"))
                .isEqualTo(Outcome.Refused);
    }

    @Test
    void aNameThatIsTooLongIsReported() {
        assertThat(writeRefusedWith(
                        422, "Secret is invalid: metadata.name: Invalid value: must be no more than 253 characters"))
                .isEqualTo(Outcome.Refused);
    }

    @Test
    void aRequestThatTheApiServerCannotReadIsReported() {
        assertThat(writeRefusedWith(400, "admission webhook denied the request"))
                .isEqualTo(Outcome.Refused);
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 429, 500, 503})
    void whatMayPassIsTriedAgain(int status) {
        assertThat(writeRefusedWith(status, "not now")).isEqualTo(Outcome.Failed);
    }

    private static Outcome writeRefusedWith(int status, String message) {
        try (FaultyApiServer server = new FaultyApiServer();
                KubernetesClient client = server.client();
                PairingSecrets secrets = new KubernetesPairingSecrets(client, () -> true)) {
            server.refuse(request -> request.getMethod().equals("POST"), status, message.replace("'", "\\\""));
            return write(secrets, "one");
        }
    }

    private PairingSecrets secrets(BooleanSupplier fence) {
        return new KubernetesPairingSecrets(cluster.client(), fence);
    }

    private static Outcome write(PairingSecrets secrets, String token) {
        return secrets.write(OWNER, token, MATERIAL).toCompletableFuture().join();
    }

    private Optional<Secret> found() {
        return Optional.ofNullable(cluster.client()
                .secrets()
                .inNamespace(NAMESPACE)
                .withName(OWNER.secretName())
                .get());
    }

    /** The work of a leader that writes a Secret, where none before it has. */
    private record WritingOnce(PairingSecrets secrets, List<CompletableFuture<Outcome>> writes) implements LeaderTask {

        @Override
        public void start() {
            if (writes.isEmpty()) {
                writes.add(secrets.write(OWNER, "one", MATERIAL).toCompletableFuture());
            }
        }

        @Override
        public void stop(Duration drain) {
            secrets.close();
        }

        @Override
        public Health liveness() {
            return Health.good("alive");
        }

        @Override
        public Health readiness() {
            return Health.good("ready");
        }
    }

    /** Holds some requests, and the threads that make them, as a webhook does that does not answer. */
    private static final class Hanging implements Interceptor {

        private final Predicate<HttpRequest> requests;
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);

        Hanging(Predicate<HttpRequest> requests) {
            this.requests = requests;
        }

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            if (requests.test(request)) {
                begun.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        boolean hasBegun() {
            return begun.getCount() == 0;
        }

        void end() {
            end.countDown();
        }
    }
}
