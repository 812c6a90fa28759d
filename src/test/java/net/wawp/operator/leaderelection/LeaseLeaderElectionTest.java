package net.wawp.operator.leaderelection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import net.wawp.operator.config.LeaseSettings;
import net.wawp.operator.testing.FaultyApiServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseLeaderElectionTest {

    /** So long that no busy machine loses the Lease unasked. */
    private static final LeaseSettings SETTINGS = new LeaseSettings(
            "wawp-system", "wawp-operator", Duration.ofMinutes(2), Duration.ofMinutes(1), Duration.ofMillis(100));

    /** For what takes a whole renew deadline or duration. */
    private static final LeaseSettings SHORT = new LeaseSettings(
            "wawp-system", "wawp-operator", Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofMillis(100));

    private static final Duration FOREIGN_LEASE = Duration.ofSeconds(1);

    private final FaultyApiServer api = new FaultyApiServer();
    private final KubernetesClient client = api.client();
    private final List<Contender> contenders = new ArrayList<>();

    @AfterEach
    void stop() {
        api.recover();
        contenders.forEach(contender -> contender.leadership.close());
        client.close();
        api.close();
    }

    @Test
    void oneLeadsAndTheOtherStandsBy() {
        Contender first = contender("first");
        await().until(first::leads);
        Contender second = contender("second");
        await().until(() -> second.leadership.readiness().isGood());

        assertThat(first.isLeader()).isTrue();
        assertThat(second.fences).isEmpty();
        assertThat(second.leadership.isLeading()).isFalse();
        await().until(() -> second.others.get() == 1);
        assertThat(first.others).hasValue(0);
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("first");
    }

    @Test
    void whoStopsHandsTheLeaseOverAndMayNotActAnyMore() {
        Contender first = contender("first");
        await().until(first::leads);
        // on this clock no Lease ever runs out: only one that was released can be taken
        Contender second = contender("second", () -> 0L);
        await().until(() -> second.leadership.readiness().isGood());

        first.leadership.close();

        assertThat(first.isLeader()).isFalse();
        assertThat(first.losses).hasSize(1);
        await().until(second::leads);
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("second");
        assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
    }

    @Test
    void aReleasedLeaseNamesNobody() {
        Contender only = contender("only");
        await().until(only::leads);

        only.leadership.close();

        assertThat(lease().getSpec().getHolderIdentity()).isEmpty();
        assertThat(lease().getSpec().getLeaseDurationSeconds()).isEqualTo(1);
    }

    @Test
    void aLeaseOfSomebodyWhoDiedIsTakenOnlyAfterItsWholeDurationWasSeenToPass() {
        // written by a machine whose clock is an hour behind: here it seems to have expired long ago
        client.resource(foreignLease(ZonedDateTime.now().minusHours(1))).create();
        AtomicLong nanos = new AtomicLong();
        Contender contender = contender("second", nanos::get);

        await().until(() -> contender.leadership.readiness().isGood());
        await().during(SETTINGS.retryPeriod().multipliedBy(5)).until(() -> !contender.leads());

        nanos.set(FOREIGN_LEASE.toNanos() + 1);
        await().until(contender::leads);
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("second");
    }

    @Test
    void whoCannotReadTheLeaseAtFirstTriesAgain() {
        api.refuse(request -> true, 503, "the API server is away");
        Contender only = contender("only");
        await().until(() -> !only.leadership.readiness().isGood());

        api.recover();

        await().until(only::leads);
    }

    @Test
    void whoCouldNotRenewTheLeaseInTimeDoesNotSayThatItLeadsWhateverTheWallClockSays() {
        AtomicLong nanos = new AtomicLong();
        Contender only = contender("only", nanos::get);
        await().until(only::leads);

        api.refuse(request -> true, 503, "the API server is away");
        nanos.addAndGet(SETTINGS.renewDeadline().toNanos());

        assertThat(only.leads()).isFalse();
    }

    @Test
    void anApiServerThatIsAwayEndsTheLeadAndTheSameProcessLeadsAgainLater() {
        Contender only = contender("only", SHORT);
        await().until(only::leads);

        api.refuse(request -> true, 503, "the API server is away");
        // a busy machine may have lost such a short Lease before, and taken it again
        await().until(() -> !only.isLeader() && !only.leads());
        await().until(() -> !only.losses.isEmpty());
        assertThat(only.leadership.liveness().isGood()).isTrue();

        api.recover();
        await().until(() -> only.fences.size() > 1 && only.isLeader());
        assertThat(only.fences.get(0).isLeader()).as("the first fence").isFalse();
    }

    @Test
    void aLeaderThatWasFrozenMayNotActOnTheFirstQuestionAfterItWakes() {
        AtomicLong lostNanos = new AtomicLong();
        Contender only = contender("only", () -> System.nanoTime() + lostNanos.get());
        await().until(only::leads);
        assertThat(only.isLeader()).isTrue();
        api.refuse(request -> true, 503, "no renewal from here on");

        lostNanos.set(SETTINGS.renewDeadline().toNanos());

        assertThat(only.isLeader()).isFalse();
    }

    @Test
    void aLeaderWhoseLeaseSomebodyElseHoldsStepsDown() {
        Contender first = contender("first");
        await().until(first::leads);

        client.leases()
                .inNamespace("wawp-system")
                .withName("wawp-operator")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"holderIdentity\": \"somebody-else\"}}");

        await().until(() -> first.losses.size() == 1);
        assertThat(first.isLeader()).isFalse();
    }

    @Test
    void whoResignsLetsAnotherLead() {
        Contender first = contender("first");
        await().until(first::leads);
        Contender second = contender("second");

        first.leadership.resign();

        await().until(second::leads);
        assertThat(first.losses).hasSize(1);
        assertThat(first.isLeader()).isFalse();
    }

    @Test
    void whoResignsAloneLeadsAgainAfterAWhile() {
        Contender only = contender("only", SHORT);
        await().until(only::leads);

        only.leadership.resign();

        await().until(() -> only.fences.size() > 1);
        assertThat(only.losses).isNotEmpty();
    }

    @Test
    void aMissingRightIsNamedAndWaitedFor() {
        api.refuse(request -> request.getMethod().equals("POST"), 403, "leases.coordination.k8s.io is forbidden");
        Contender only = contender("only");

        await().until(() -> only.leadership.readiness().reason().contains("may not create"));
        assertThat(only.leadership.readiness().isGood()).isFalse();
        assertThat(only.leadership.readiness().reason())
                .isEqualTo("The operator may not create leases.coordination.k8s.io in namespace wawp-system: grant its"
                        + " service account the verbs get, create and patch");
        assertThat(only.leadership.liveness().isGood()).isTrue();

        api.recover();
        await().until(only::leads);
        assertThat(only.leadership.readiness().isGood()).isTrue();
    }

    @Test
    void aLeaseThatIsOnlyHalfThereIsTaken() {
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace("wawp-system")
                        .withName("wawp-operator")
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity("somebody")
                        .endSpec()
                        .build())
                .create();

        Contender only = contender("only");

        await().until(only::leads);
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("only");
    }

    private Contender contender(String identity) {
        return contender(identity, SETTINGS);
    }

    private Contender contender(String identity, LeaseSettings settings) {
        return contender(identity, settings, System::nanoTime);
    }

    private Contender contender(String identity, LongSupplier nanoTime) {
        return contender(identity, SETTINGS, nanoTime);
    }

    private Contender contender(String identity, LeaseSettings settings, LongSupplier nanoTime) {
        Contender contender = new Contender(identity, settings, nanoTime);
        contenders.add(contender);
        contender.leadership.start();
        return contender;
    }

    private Lease lease() {
        return client.leases()
                .inNamespace("wawp-system")
                .withName("wawp-operator")
                .get();
    }

    private static Lease foreignLease(ZonedDateTime renewed) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace("wawp-system")
                .withName("wawp-operator")
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity("first")
                .withLeaseDurationSeconds((int) FOREIGN_LEASE.toSeconds())
                .withAcquireTime(renewed)
                .withRenewTime(renewed)
                .endSpec()
                .build();
    }

    private final class Contender implements LeaderElection.Listener {

        private final List<LeadershipFence> fences = new CopyOnWriteArrayList<>();
        private final List<LeadershipFence> losses = new CopyOnWriteArrayList<>();
        private final AtomicInteger others = new AtomicInteger();
        private final LeaseLeaderElection leadership;

        Contender(String identity, LeaseSettings settings, LongSupplier nanoTime) {
            leadership = new LeaseLeaderElection(client, settings, identity, nanoTime, this);
        }

        @Override
        public void onLead(LeadershipFence fence) {
            fences.add(fence);
        }

        @Override
        public void onLost() {
            losses.add(fences.get(fences.size() - 1));
        }

        @Override
        public void onOtherLeads() {
            others.incrementAndGet();
        }

        boolean leads() {
            return leadership.isLeading();
        }

        boolean isLeader() {
            return fences.get(fences.size() - 1).isLeader();
        }
    }
}
