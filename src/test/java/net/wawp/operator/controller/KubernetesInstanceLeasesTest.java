package net.wawp.operator.controller;

import static net.wawp.operator.testing.EmbeddedCluster.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.controller.InstanceLeases.Claimant;
import net.wawp.operator.testing.EmbeddedApiServer;
import net.wawp.operator.testing.EmbeddedCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubernetesInstanceLeasesTest {

    private static final String SYSTEM = "wawp-system";
    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final String SHARD = "wawp.net/shard";
    private static final String ANOTHER = "3EB0BCB2E3D5";
    private static final Claimant OURS = new Claimant(NAMESPACE, "ours");
    private static final Claimant THEIRS = new Claimant(NAMESPACE, "theirs");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

    private final EmbeddedCluster cluster = new EmbeddedCluster();
    private final InstanceLeases leases =
            new KubernetesInstanceLeases(cluster.client(), SYSTEM, SHARD, Optional.of("eu"), true, CLOCK);
    private final InstanceLeases others =
            new KubernetesInstanceLeases(cluster.client(), SYSTEM, SHARD, Optional.of("us"), true, CLOCK);

    @AfterEach
    void close() {
        leases.close();
        others.close();
        cluster.close();
    }

    @Test
    void theFirstHasItAndItsLeaseSaysWhoAndInWhichShard() {
        assertThat(claim(leases, OURS)).isEmpty();

        Lease lease = lease();
        assertThat(lease.getMetadata().getName()).matches("wawp-instance-[0-9a-f]{32}");
        assertThat(lease.getMetadata().getLabels()).containsEntry(SHARD, "eu");
        assertThat(lease.getSpec().getHolderIdentity()).isEqualTo("crm/ours");
        assertThat(lease.getSpec().getAcquireTime().toInstant()).isEqualTo(CLOCK.instant());
    }

    @Test
    void whoHasItWritesNothingAgain() {
        claim(leases, OURS);
        String version = lease().getMetadata().getResourceVersion();

        assertThat(claim(leases, OURS)).isEmpty();

        assertThat(lease().getMetadata().getResourceVersion()).isEqualTo(version);
    }

    @Test
    void itFollowsAResourceIntoAnotherShard() {
        claim(leases, OURS);

        assertThat(claim(others, OURS)).isEmpty();

        assertThat(lease().getMetadata().getLabels()).containsEntry(SHARD, "us");
    }

    @Test
    void anotherResourceDoesNotGetItInWhateverCaseItSpellsTheId() {
        cluster.apply(OURS.name(), INSTANCE, DesiredState.Running);
        claim(leases, OURS);

        assertThat(others.claim(INSTANCE.toLowerCase(Locale.ROOT), THEIRS, Set.of(), () -> true)
                        .toCompletableFuture()
                        .join())
                .contains(OURS);

        assertThat(other(others, THEIRS)).contains(OURS);
        assertThat(other(leases, OURS)).isEmpty();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("crm/ours");
    }

    @Test
    void anotherResourceGetsItOnceTheFirstIsGone() {
        claim(leases, OURS);
        assertThat(other(others, THEIRS)).as("ours was never there").isEmpty();

        assertThat(claim(others, THEIRS)).isEmpty();

        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("crm/theirs");
    }

    @Test
    void anotherResourceGetsItOnceTheFirstNamesAnotherInstance() {
        claim(leases, OURS);
        cluster.apply(OURS.name(), ANOTHER, DesiredState.Running);

        assertThat(claim(others, THEIRS)).isEmpty();
    }

    @Test
    void aResourceWhoseInstanceIsNotKnownKeepsIt() {
        claim(leases, OURS);
        WhatsAppSession ours = cluster.apply(OURS.name(), INSTANCE, DesiredState.Running);
        ours.setSpec(null);
        cluster.client().resource(ours).update();

        assertThat(claim(others, THEIRS)).contains(OURS);
    }

    @Test
    void aYoungerResourceOfTheSameOperatorLeavesItToTheOlder() {
        cluster.apply(THEIRS.name(), INSTANCE, DesiredState.Running);
        claim(leases, THEIRS);

        assertThat(leases.other(INSTANCE, OURS, Set.of(THEIRS))
                        .toCompletableFuture()
                        .join())
                .isEmpty();
        assertThat(leases.claim(INSTANCE, OURS, Set.of(THEIRS), () -> true)
                        .toCompletableFuture()
                        .join())
                .isEmpty();

        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("crm/ours");
    }

    /** An operator that watches named namespaces: the holder may be gone, but it cannot know. */
    @Test
    void aHolderThatItMayNotSeeKeepsIt() {
        claim(leases, OURS);
        EmbeddedApiServer server = new EmbeddedApiServer();
        server.init();
        server.expect()
                .get()
                .withPath("/apis/coordination.k8s.io/v1/namespaces/wawp-system/leases/"
                        + KubernetesInstanceLeases.name(INSTANCE))
                .andReturn(HttpURLConnection.HTTP_OK, lease())
                .always();
        server.expect()
                .get()
                .withPath("/apis/wawp.net/v1alpha1/namespaces/crm/whatsappsessions/ours")
                .andReturn(
                        HttpURLConnection.HTTP_FORBIDDEN,
                        new StatusBuilder()
                                .withCode(HttpURLConnection.HTTP_FORBIDDEN)
                                .build())
                .always();
        try (KubernetesClient client = server.createClient();
                InstanceLeases ofNamedNamespaces =
                        new KubernetesInstanceLeases(client, SYSTEM, SHARD, Optional.of("us"), false, CLOCK)) {
            assertThat(claim(ofNamedNamespaces, THEIRS)).contains(OURS);
        } finally {
            server.destroy();
        }
    }

    @Test
    void whenTheApiServerIsAwayNobodyKnows() {
        cluster.close();

        assertThatThrownBy(() -> claim(leases, OURS)).isInstanceOf(CompletionException.class);
    }

    private static Optional<Claimant> claim(InstanceLeases leases, Claimant resource) {
        return leases.claim(INSTANCE, resource, Set.of(), () -> true)
                .toCompletableFuture()
                .join();
    }

    private static Optional<Claimant> other(InstanceLeases leases, Claimant resource) {
        return leases.other(INSTANCE, resource, Set.of()).toCompletableFuture().join();
    }

    private Lease lease() {
        List<Lease> found = cluster.client().leases().inNamespace(SYSTEM).list().getItems();
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}
