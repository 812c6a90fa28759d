package net.wawp.operator.controller;

import static net.wawp.operator.controller.ReconcilerFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.controller.InstanceLeases.Claimant;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.wawp.Operation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances that resources of several operators want. */
class ClusterClaimsTest {

    private final ReconcilerFixture fixture = new ReconcilerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anInstanceIsClaimedBeforeACallThatChangesItAndNotForAPoll() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.STOPPED);

        assertThat(fixture.instances.claimed()).containsExactly(ReconcilerFixture.INSTANCE + " for crm/a");
        assertThat(fixture.sent()).containsExactly(Operation.Start);
        assertThat(fixture.reason(uid)).isEqualTo("Starting");
    }

    @Test
    void aClaimIsWantedForAsLongAsItsCallMayBeSent() {
        fixture.reconciled("a", spec(DesiredState.Running), SessionState.STOPPED);
        assertThat(fixture.instances.isWanted()).isTrue();

        fixture.clock.advance(Duration.ofSeconds(10));

        assertThat(fixture.instances.isWanted()).isFalse();
    }

    @Test
    void nothingIsCalledWhileAResourceOfAnotherOperatorHasTheInstance() {
        fixture.instances.heldBy("sales", "their-line");
        String uid = fixture.reconciled("a", spec(DesiredState.LoggedOut), SessionState.WORKING);

        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Abandoned");
        assertThat(fixture.reason(uid)).isEqualTo("InstanceConflict");
        assertThat(fixture.condition(uid, "Ready").message())
                .isEqualTo(
                        "The instance belongs to a WhatsAppSession in another namespace that another operator serves: delete one"
                                + " of the two.");
        assertThat(fixture.confirmations).as("nothing more was asked").isEmpty();
    }

    @Test
    void theResourceIsNamedToThoseOfItsOwnNamespace() {
        fixture.instances.heldBy("crm", "their-line");
        String uid = fixture.reconciled("a", spec(DesiredState.LoggedOut), SessionState.WORKING);

        fixture.reconcile(uid);

        assertThat(fixture.condition(uid, "Ready").message())
                .contains("the WhatsAppSession their-line that another operator serves");
    }

    @Test
    void nothingIsCalledWhileNobodyKnowsWhoHasTheInstance() {
        fixture.instances.fail();
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.STOPPED);

        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Abandoned");
        assertThat(fixture.reason(uid)).isNotEqualTo("InstanceConflict");
    }

    @Test
    void aDeletedResourceWhoseInstanceAnotherHasIsLetGoWithoutALogout() {
        fixture.instances.heldBy("sales", "their-line");
        String uid = fixture.reconciled("a", spec(DesiredState.Stopped, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("InstanceConflict");
        fixture.store.delete(uid);

        fixture.reconcile(uid);

        assertThat(fixture.store.find(uid)).isEmpty();
        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void whoeverIsForgottenHasNoRivalAndNothingIsClaimedOnceAllHasEnded() {
        fixture.instances.heldBy("sales", "their-line");
        String uid = fixture.reconciled("a", spec(DesiredState.LoggedOut), SessionState.WORKING);
        assertThat(fixture.sessions.clusterClaims.other(uid)).isPresent();

        fixture.sessions.forget(uid);
        assertThat(fixture.sessions.clusterClaims.other(uid)).isEmpty();

        fixture.sessions.close();
        assertThat(fixture.instances.isClosed()).isTrue();
    }

    @Test
    void thoseThatLeaveTheInstanceToTheResourceAreNoRivals() {
        String owner = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(5));
        fixture.reconciled("b", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(5));
        fixture.store.edit(owner, spec(DesiredState.Stopped));

        for (int pass = 0; pass < 5; pass++) {
            fixture.reconcile(owner);
            fixture.observeAll(SessionState.WORKING);
        }

        assertThat(fixture.sent()).containsExactly(Operation.Stop);
        assertThat(fixture.instances.competing()).containsExactly(new Claimant("crm", "b"));
    }

    @Test
    void nobodysPairingIsGivenUpThatAResourceOfAnotherShardMayWant() {
        fixture.ofOtherShards.add(ofAnotherShard(spec(DesiredState.Running)));
        String uid = fixture.reconciled("a", spec(DesiredState.LoggedOut), SessionState.WORKING);

        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.reason(uid)).isEqualTo("InstanceConflict");
        assertThat(fixture.condition(uid, "Ready").message())
                .isEqualTo(
                        "The instance belongs to the WhatsAppSession their-line that another operator serves: delete one of the"
                                + " two.");
    }

    @Test
    void nobodysPairingIsGivenUpThatAResourceOfAnotherShardAndNamespaceIsBoundTo() {
        WhatsAppSession bound = ofAnotherShard(spec(DesiredState.Running));
        bound.getMetadata().setNamespace("sales");
        bound.setStatus(WhatsAppSessionStatus.builder()
                .instanceId(ReconcilerFixture.INSTANCE)
                .build());
        fixture.ofOtherShards.add(bound);
        String uid = fixture.reconciled("a", spec(DesiredState.LoggedOut), SessionState.WORKING);

        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.condition(uid, "Ready").message())
                .contains("a WhatsAppSession in another namespace that another operator serves");
    }

    @Test
    void aRenamedResourceWhoseSuccessorAnotherShardServesIsLetGoWithoutALogout() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.ofOtherShards.add(ofAnotherShard(
                spec(DesiredState.Running).toBuilder().instanceId(null).build()));
        fixture.store.delete(uid);
        for (int pass = 0; pass < 4; pass++) {
            fixture.reconcile(uid);
            fixture.clock.advance(Duration.ofSeconds(6));
            fixture.wawp.unansweredPolls().forEach(poll -> poll.answer()
                    .complete(ScriptedWawpClient.observed(SessionState.WORKING)));
            if (fixture.store.find(uid).isEmpty()) {
                break;
            }
        }

        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.store.find(uid)).isEmpty();
    }

    @Test
    void aResourceOfAnotherShardThatNamesAnotherInstanceKeepsNobodyFromALogout() {
        fixture.ofOtherShards.add(ofAnotherShard(
                spec(DesiredState.Running).toBuilder().instanceId("OTHER1").build()));
        String uid = fixture.reconciled("a", spec(DesiredState.LoggedOut), SessionState.WORKING);

        fixture.confirm(uid);

        assertThat(fixture.sent()).containsExactly(Operation.Logout);
    }

    @Test
    void aResourceOfAnotherShardWantsTheInstanceThatItIsBoundToWhateverItsSecret() {
        WhatsAppSession bound = ofAnotherShard(takesItsInstanceFrom("another-secret"));
        WhatsAppSession unbound = ofAnotherShard(takesItsInstanceFrom("another-secret"));
        WhatsAppSession leaving = ofAnotherShard(spec(DesiredState.Running));
        bound.setStatus(WhatsAppSessionStatus.builder()
                .instanceId(ReconcilerFixture.INSTANCE)
                .build());
        leaving.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
        WhatsAppSession own = fixture.store.get(fixture.store.create("a", spec(DesiredState.LoggedOut)));

        assertThat(UnreconciledSessions.wants(bound, own, ReconcilerFixture.INSTANCE))
                .isTrue();
        assertThat(UnreconciledSessions.wants(unbound, own, ReconcilerFixture.INSTANCE))
                .isFalse();
        assertThat(UnreconciledSessions.wants(leaving, own, ReconcilerFixture.INSTANCE))
                .isFalse();
    }

    @Test
    void aLogoutThatAnotherShardAnnouncedMeanwhileIsNewerThanTheLastCallOfThisOne() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.STOPPED);
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STARTING));
        fixture.sessions.lost(uid, new ResourceID("a", "crm"));
        fixture.clock.advance(Duration.ofSeconds(30));
        fixture.store.edit(uid, spec(DesiredState.LoggedOut));
        String then = fixture.clock.instant().toString();
        fixture.store.forge(
                uid,
                fixture.status(uid).toBuilder()
                        .lastAction(new LastAction("Logout", "of-another-shard", "Desired", "Intended", 1, 2L, then))
                        .build());
        fixture.clock.advance(Duration.ofSeconds(5));

        for (int pass = 0; pass < 6; pass++) {
            fixture.reconcile(uid);
            fixture.observeAll(SessionState.WORKING);
            fixture.clock.advance(Duration.ofSeconds(1));
        }

        assertThat(fixture.status(uid).lastAction().id()).isEqualTo("of-another-shard");
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Intended");
        assertThat(fixture.sent()).doesNotContain(Operation.Logout);
    }

    @Test
    void aConflictNamesWhoeverHasTheInstanceNowAndTheResourceIsWoken() {
        List<String> woken = new CopyOnWriteArrayList<>();
        ClusterClaims claims = rechecking(woken);
        Claimant gone = new Claimant("sales", "their-line");
        Claimant next = new Claimant("sales", "their-next-line");

        claims.lost("uid", gone, () -> CompletableFuture.completedStage(Optional.of(next)));

        await().until(() -> claims.other("uid").equals(Optional.of(next)));
        await().until(() -> woken.size() == 2);
    }

    @Test
    void aConflictThatLastsWakesNobodyAgainAndOneThatHasEndedDoes() {
        List<String> woken = new CopyOnWriteArrayList<>();
        ClusterClaims claims = rechecking(woken);
        Claimant other = new Claimant("sales", "their-line");
        AtomicInteger checks = new AtomicInteger();

        claims.lost(
                "uid",
                other,
                () -> CompletableFuture.completedStage(
                        checks.incrementAndGet() <= 3 ? Optional.of(other) : Optional.empty()));

        await().until(() -> claims.other("uid").isEmpty());
        await().until(() -> woken.size() == 2);
        assertThat(checks).hasValue(4);
    }

    @Test
    void aConflictThatIsFoundAgainIsRecheckedByItsNewestCheckAlone() {
        List<String> woken = new CopyOnWriteArrayList<>();
        ClusterClaims claims = rechecking(woken);
        Claimant other = new Claimant("sales", "their-line");
        CompletableFuture<Optional<Claimant>> firstAnswer = new CompletableFuture<>();
        AtomicInteger firstChecks = new AtomicInteger();
        claims.lost("uid", other, () -> {
            firstChecks.incrementAndGet();
            return firstAnswer;
        });
        await().until(() -> firstChecks.get() == 1);

        claims.forget("uid");
        AtomicInteger secondChecks = new AtomicInteger();
        claims.lost("uid", other, () -> {
            secondChecks.incrementAndGet();
            return CompletableFuture.completedStage(Optional.of(other));
        });
        firstAnswer.complete(Optional.of(other));

        // a loop that went on would have checked several times by then
        await().until(() -> secondChecks.get() >= 20);
        assertThat(firstChecks).hasValue(1);
        assertThat(claims.other("uid")).contains(other);
    }

    @Test
    void aConflictOfAResourceThatIsNotServedAnyMoreIsForgottenAtOnce() {
        List<String> woken = new CopyOnWriteArrayList<>();
        ClusterClaims claims = rechecking(woken);
        Claimant other = new Claimant("sales", "their-line");

        claims.lost("uid-that-is-gone", other, () -> CompletableFuture.completedStage(Optional.of(other)));

        assertThat(claims.other("uid-that-is-gone")).isEmpty();
        assertThat(woken).isEmpty();
    }

    private ClusterClaims rechecking(List<String> woken) {
        return new ClusterClaims(fixture.loop(), Optional.empty(), "uid"::equals, woken::add, Duration.ofMillis(1));
    }

    private static WhatsAppSessionSpec takesItsInstanceFrom(String secret) {
        return spec(DesiredState.Running).toBuilder()
                .instanceId(null)
                .credentialsSecretRef(new CredentialsSecretRef(secret))
                .build();
    }

    private static WhatsAppSession ofAnotherShard(WhatsAppSessionSpec spec) {
        WhatsAppSession session = new WhatsAppSession();
        session.setMetadata(new ObjectMetaBuilder()
                .withNamespace("crm")
                .withName("their-line")
                .withUid("uid-of-another-shard")
                .build());
        session.setSpec(spec);
        return session;
    }
}
