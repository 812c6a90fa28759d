package net.wawp.operator.controller;

import static net.wawp.operator.controller.ReconcilerFixture.INSTANCE;
import static net.wawp.operator.controller.ReconcilerFixture.SECRET;
import static net.wawp.operator.controller.ReconcilerFixture.TOKEN;
import static net.wawp.operator.controller.ReconcilerFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.Priority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reconciliation by reconciliation: what each reads, writes and polls. */
class SessionReconcilerTest {

    private static final String ANOTHER_INSTANCE = "A1B2C3D4E5F6";

    private final ReconcilerFixture fixture = new ReconcilerFixture();
    private final InMemorySessionStore store = fixture.store;
    private final ScriptedWawpClient wawp = fixture.wawp;

    @AfterEach
    void close() {
        fixture.close();
    }

    // --- the first reconciliations -------------------------------------------------------------------------------

    @Test
    void theFirstReconciliationReadsTheSecretAndNothingElse() {
        String uid = store.create("a", spec(DesiredState.Running));

        assertThat(fixture.reconcile(uid)).isEmpty();

        assertThat(fixture.secretReads).containsExactly("crm/" + SECRET);
        assertThat(store.takeWrites()).isEmpty();
        assertThat(wawp.polls()).isEmpty();
    }

    @Test
    void theSecondOneBeginsToPollAndWritesNothingYet() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcile(uid);

        assertThat(fixture.reconcile(uid)).isEmpty();

        assertThat(wawp.polls())
                .extracting(ScriptedWawpClient.Call::credentials)
                .containsExactly(new Credentials(INSTANCE, TOKEN));
        assertThat(fixture.secretReads).hasSize(1);
        assertThat(store.takeWrites()).isEmpty();
    }

    @Test
    void theThirdOneWritesWhatThePollShowed() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.WORKING);

        assertThat(fixture.reconcile(uid)).as("the poller wakes it").isEmpty();

        assertThat(store.takeWrites()).containsExactly("status");
        assertThat(fixture.reason(uid)).isEqualTo("Working");
        assertThat(fixture.condition(uid, "Ready").status()).isEqualTo("True");
        assertThat(fixture.status(uid).instanceId()).isEqualTo(INSTANCE);
        assertThat(fixture.status(uid).pairing()).isEqualTo("Paired");
        assertThat(fixture.status(uid).observedGeneration()).isEqualTo(1);
        assertThat(fixture.events).containsExactly("normal Working");
    }

    @Test
    void whereNothingHasChangedNothingIsWrittenReadOrPolled() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofMinutes(1));

        for (int i = 0; i < 3; i++) {
            assertThat(fixture.reconcile(uid)).isEmpty();
        }

        assertThat(store.takeWrites()).isEmpty();
        assertThat(fixture.secretReads).isEmpty();
        assertThat(wawp.polls()).isEmpty();
    }

    // --- calls ---------------------------------------------------------------------------------------------------

    @Test
    void aCallIsAnnouncedInTheStatus() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.STOPPED);
        fixture.reconcile(uid);

        assertThat(store.takeWrites()).containsExactly("status");
        assertThat(fixture.reason(uid)).isEqualTo("Starting");
        assertThat(fixture.status(uid).lastAction().type()).isEqualTo("Start");
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Intended");
        assertThat(fixture.status(uid).lastAction().purpose()).isEqualTo("Desired");
        assertThat(fixture.status(uid).lastAction().generation()).isEqualTo(1);
    }

    @Test
    void anAnnouncedCallIsSentOnceHoweverOftenTheResourceIsReconciled() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.STOPPED);
        for (int i = 0; i < 3; i++) {
            fixture.reconcile(uid);
        }

        assertThat(fixture.sent()).containsExactly(Operation.Start);
        assertThat(store.takeWrites()).containsExactly("status");
    }

    @Test
    void aCallThatWorkedIsPolledForAndItsOutcomeWritten() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.STOPPED);
        fixture.reconcile(uid);
        fixture.clock.advance(Duration.ofSeconds(1));

        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STARTING));
        fixture.observe(SessionState.WORKING);
        fixture.reconcile(uid);

        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Confirmed");
        assertThat(fixture.reason(uid)).isEqualTo("Working");
        assertThat(fixture.sent()).containsExactly(Operation.Start);
    }

    @Test
    void aPollThatBeganBeforeTheCallOfAnotherResourceEndedIsRepeated() {
        String first = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(first);
        fixture.observe(SessionState.STOPPED);
        fixture.reconcile(first);
        String second = store.create("b", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(second);

        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STARTING));
        wawp.unansweredPolls()
                .forEach(poll -> poll.answer().complete(ScriptedWawpClient.observed(SessionState.STARTING)));
        fixture.reconcile(first);
        fixture.reconcile(second);

        fixture.observe(SessionState.STARTING);
        fixture.reconcile(second);
        assertThat(fixture.reason(second)).isEqualTo("InstanceConflict");
    }

    @Test
    void aResourceWhoseSecretComesTogetherWithARequestIsPolledAgainAndDecided() {
        fixture.secretFails(404);
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcile(uid);
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("SecretNotFound");

        fixture.secret(TOKEN);
        fixture.clock.advance(Duration.ofSeconds(10));
        fixture.sessions.refreshSecrets();
        fixture.clock.advance(Duration.ofSeconds(1));
        store.annotate(uid, "now");
        fixture.reconcile(uid);
        fixture.clock.advance(Duration.ofMillis(10));
        fixture.reconcile(uid);
        fixture.observeAll(SessionState.WORKING);
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("Working");
    }

    @Test
    void aForgedActionDoesNotMakeTheProcessForgetItsOwnCall() {
        String uid = store.create("a", spec(DesiredState.LoggedOut));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.WORKING);
        fixture.reconcile(uid);
        fixture.confirm(uid);
        fixture.clock.advance(Duration.ofSeconds(1));
        store.forge(
                uid,
                fixture.status(uid).toBuilder()
                        .lastAction(
                                new LastAction("Stop", "forged", "Desired", "Abandoned", 3, 1L, "2099-01-01T00:00:00Z"))
                        .build());

        fixture.answerCall(ScriptedWawpClient.observed(SessionState.WORKING));
        fixture.observe(SessionState.WORKING);
        for (int i = 0; i < 3; i++) {
            fixture.reconcile(uid);
        }

        assertThat(fixture.sent()).containsExactly(Operation.Logout);
        assertThat(fixture.status(uid).lastAction().type()).isEqualTo("Logout");
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Confirmed");
    }

    @Test
    void aForgedInstanceIdDoesNotBindAResourceWhoseStatusThisProcessWrote() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.answer(ScriptedWawpClient.refused(Kind.InstanceNotFound));
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("InstanceNotFound");
        store.forge(uid, fixture.status(uid).toBuilder().instanceId("OTHER1").build());

        fixture.reconcile(uid);

        assertThat(fixture.reason(uid)).isEqualTo("InstanceNotFound");
        assertThat(fixture.status(uid).instanceId()).isNull();
    }

    @Test
    void aRequestIsAnsweredAlsoWhileTheSecretNamesAnotherInstance() {
        String uid = store.create("a", spec(DesiredState.Running));
        store.forge(uid, WhatsAppSessionStatus.builder().instanceId("OTHER1").build());
        fixture.reconcile(uid);
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("SecretInvalid");

        fixture.clock.advance(Duration.ofSeconds(1));
        store.annotate(uid, "now");
        fixture.reconcile(uid);
        fixture.reconcile(uid);

        assertThat(fixture.status(uid).lastHandledRequestAt()).isEqualTo("now");
    }

    @Test
    void aProcessThatLeadsNoMoreSendsNothing() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.STOPPED);
        fixture.leads = false;

        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void aLogoutIsSentOnlyOnceTheApiServerHasConfirmedIt() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        assertThat(fixture.confirmations).containsExactly("crm/a");
        assertThat(fixture.sent()).isEmpty();

        fixture.confirm(uid);

        assertThat(fixture.sent()).containsExactly(Operation.Logout);
    }

    @Test
    void aLogoutThatSomebodyWithdrewIsNotSentAlthoughTheCacheDoesNotKnowYet() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        WhatsAppSession edited = store.get(uid);
        edited.getMetadata().setGeneration(edited.getMetadata().getGeneration() + 1);
        fixture.clock.advance(Duration.ofMillis(1));

        fixture.confirm(edited);
        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Abandoned");
    }

    @Test
    void aLogoutIsNotSentForAResourceWhoseLabelsMayHaveMadeItAnotherOperators() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        WhatsAppSession moved = store.get(uid);
        moved.getMetadata().getLabels().put("wawp.net/shard", "another");

        fixture.confirm(moved);

        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void aLogoutWhoseIntentIsGoneFromTheStatusIsNotSent() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        WhatsAppSession wiped = store.get(uid);
        wiped.setStatus(null);

        fixture.confirm(wiped);
        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void aLogoutIsNotSentWhenAnotherResourceHasTheNameByThen() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        WhatsAppSession another = store.get(uid);
        another.getMetadata().setUid("another");

        fixture.confirm(another);

        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void aLogoutIsNotSentWhenTheStatusHoldsAnotherIntentByThen() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);

        fixture.confirm(withIntent(uid, "another", "Intended"));

        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void aLogoutIsNotSentWhenItsIntentIsClosedByThen() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);

        fixture.confirm(withIntent(uid, fixture.status(uid).lastAction().id(), "Abandoned"));

        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void aLogoutThatTheApiServerCannotConfirmIsNotSent() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);

        fixture.failToConfirm();
        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void aStatusThatSomebodyWipesAfterAnAcceptedLogoutDoesNotBringASecondOne() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        fixture.confirm(uid);
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STOPPED));
        store.forge(uid, null);
        fixture.observe(SessionState.STOPPED);

        for (int i = 0; i < 3; i++) {
            fixture.reconcile(uid);
        }

        assertThat(fixture.sent()).containsExactly(Operation.Logout);
        assertThat(fixture.status(uid).lastAction().type()).isEqualTo("Logout");
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Confirmed");
    }

    @Test
    void aResourceThatIsReplacedDuringALogoutDoesNotSendASecondOne() {
        String before = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(before);
        String intent = fixture.status(before).lastAction().id();
        fixture.confirm(before);
        store.delete(before);
        fixture.sessions.forget(before);
        String after = store.create("a", spec(DesiredState.LoggedOut));
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.reconcileUntilPolled(after);
        fixture.observe(SessionState.WORKING);

        for (int i = 0; i < 3; i++) {
            fixture.reconcile(after);
        }

        assertThat(fixture.sent()).as("the lane is busy").containsExactly(Operation.Logout);

        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STOPPED));
        fixture.reconcile(after);
        fixture.observeAll(SessionState.WORKING);
        fixture.reconcile(after);
        assertThat(fixture.status(after).lastAction())
                .as("it may show for a minute, and no other is announced")
                .extracting(LastAction::id, LastAction::phase)
                .containsExactly(intent, "Confirmed");

        fixture.clock.advance(Duration.ofSeconds(30));
        store.annotate(after, "now");
        fixture.reconcileUntilPolled(after);
        fixture.observeAll(SessionState.SCAN_QR_CODE);
        fixture.reconcile(after);
        assertThat(fixture.reason(after)).isEqualTo("LoggedOut");
        assertThat(fixture.sent()).containsExactly(Operation.Logout);
    }

    @Test
    void whatAPollSettledIsWrittenBeforeTheSecretIsReadForTheNextCall() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        fixture.confirm(uid);
        fixture.answerCall(ScriptedWawpClient.refused(Kind.GatewayUnavailable));
        fixture.observeAll(SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(61));
        store.annotate(uid, "now");
        fixture.reconcile(uid); // reads the Secret
        fixture.reconcile(uid);
        fixture.clock.advance(Duration.ofSeconds(11));
        fixture.observeAll(SessionState.WORKING);
        fixture.secretReads.clear();

        fixture.reconcile(uid);

        assertThat(fixture.secretReads).hasSize(1);
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Ineffective");
    }

    @Test
    void whatIsSettledIsWrittenBeforeAPollIsMadeForTheNextCall() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        fixture.failToConfirm();
        fixture.observeAll(SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(40));
        wawp.clear();

        fixture.reconcile(uid);

        assertThat(wawp.unansweredPolls()).hasSize(1);
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Abandoned");
    }

    @Test
    void theAnswerToALogoutIsWrittenEvenWhenNoPollSucceeds() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        fixture.confirm(uid);
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.drain();
        CompletionStage<Void> written = fixture.sessions.outcomesWritten();
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STOPPED));
        assertThat(written.toCompletableFuture()).isNotDone();

        fixture.reconcile(uid);

        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Confirmed");
        assertThat(fixture.status(uid).pairing()).isEqualTo("Unpaired");
        assertThat(written.toCompletableFuture()).isCompleted();
    }

    @Test
    void beforeACallTheSecretIsReadAgain() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.clock.advance(Duration.ofSeconds(11));
        fixture.observe(SessionState.STOPPED);

        fixture.reconcile(uid);
        assertThat(fixture.secretReads).hasSize(2);
        assertThat(store.takeWrites()).isEmpty();

        fixture.reconcile(uid);
        assertThat(fixture.secretReads).hasSize(2);
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Intended");
    }

    @Test
    void aSecretThatNamesAnotherTokenByThenLeadsToAPollAndNotToTheCall() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.clock.advance(Duration.ofSeconds(11));
        fixture.observe(SessionState.STOPPED);
        fixture.secret("another-token");
        fixture.reconcile(uid);

        fixture.reconcile(uid);

        assertThat(store.takeWrites()).isEmpty();
        assertThat(wawp.unansweredPolls())
                .extracting(ScriptedWawpClient.Call::credentials)
                .containsExactly(new Credentials(INSTANCE, "another-token"));
    }

    @Test
    void aCallThatIsBasedOnAnOldPollWaitsForANewOne() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.STOPPED);
        fixture.clock.advance(Duration.ofSeconds(31));

        fixture.reconcile(uid);

        assertThat(store.takeWrites()).isEmpty();
        assertThat(wawp.unansweredPolls()).hasSize(1);
    }

    @Test
    void aSuspendedResourceShowsTheCallInsteadOfAnnouncingIt() {
        String uid = fixture.reconciled("a", suspended(DesiredState.Running), SessionState.STOPPED);

        assertThat(fixture.reason(uid)).isEqualTo("Suspended");
        assertThat(fixture.status(uid).plannedAction()).isEqualTo("Start");
        assertThat(fixture.status(uid).lastAction()).isNull();
    }

    @Test
    void aProcessThatStopsAnnouncesNothing() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.STOPPED);
        fixture.drain();

        fixture.reconcile(uid);

        assertThat(store.takeWrites()).isEmpty();
        assertThat(fixture.status(uid)).isNull();
    }

    @Test
    void aResourceThatChangedMeanwhileIsLeftAsItIs() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.STOPPED);
        WhatsAppSession old = store.get(uid);
        store.touch(uid);

        assertThatThrownBy(() -> fixture.sessions.reconciler().reconcile(old, store))
                .isInstanceOfSatisfying(KubernetesClientException.class, conflict -> assertThat(conflict.getCode())
                        .isEqualTo(409));
        assertThat(store.takeWrites()).isEmpty();
        assertThat(fixture.events).isEmpty();

        fixture.reconcile(uid);
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Intended");
    }

    // --- what stands in the way ----------------------------------------------------------------------------------

    @Test
    void aMissingSecretIsWaitedForTwoMinutesAndThenIsAMatterForPeople() {
        fixture.secretFails(404);
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcile(uid);

        assertThat(fixture.reconcile(uid)).contains(Duration.ofMinutes(2));
        assertThat(fixture.reason(uid)).isEqualTo("SecretNotFound");
        assertThat(fixture.isStalled(uid)).isFalse();

        fixture.clock.advance(Duration.ofMinutes(2));
        assertThat(fixture.reconcile(uid)).isEmpty();
        assertThat(fixture.isStalled(uid)).isTrue();
        assertThat(wawp.polls()).isEmpty();
        assertThat(fixture.events).containsExactly("warning SecretNotFound", "warning SecretNotFound");
    }

    @Test
    void aSecretThatComesIsPolledWith() {
        fixture.secretFails(404);
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcile(uid);
        fixture.reconcile(uid);
        fixture.secret(TOKEN);
        fixture.clock.advance(Duration.ofSeconds(5));
        fixture.sessions.refreshSecrets();

        fixture.reconcile(uid);

        assertThat(wawp.unansweredPolls()).hasSize(1);
    }

    /** A kustomization that has the hash of a Secret in its name does this. */
    @Test
    void anEditThatNamesACopyOfTheSecretAsWellIsPolledForAtOnce() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);

        stopWithACopyOfTheSecret(uid, spec(DesiredState.Running));

        assertThat(wawp.unansweredPolls()).hasSize(1);
        fixture.observe(SessionState.WORKING);
        fixture.reconcile(uid);
        assertThat(fixture.sent()).containsExactly(Operation.Stop);
    }

    @Test
    void wherePollsAreRareAndTheOneThatSuchAnEditAsksForFailsAnotherFollowsSoon() {
        WhatsAppSessionSpec rarely =
                spec(DesiredState.Running).toBuilder().pollInterval("1h").build();
        String uid = fixture.reconciled("a", rarely, SessionState.WORKING);
        stopWithACopyOfTheSecret(uid, rarely);
        fixture.answer(ScriptedWawpClient.refused(Kind.GatewayUnavailable));
        fixture.reconcile(uid);
        assertThat(fixture.sent()).isEmpty();

        fixture.sessions.start();
        fixture.clock.advance(Duration.ofSeconds(30));

        await().untilAsserted(() -> assertThat(wawp.unansweredPolls()).hasSize(1));
    }

    /** Edits a resource that was polled before, and reconciles it until the copy has been read. */
    private void stopWithACopyOfTheSecret(String uid, WhatsAppSessionSpec before) {
        fixture.clock.advance(Duration.ofSeconds(20));
        fixture.secret("copy", TOKEN);
        store.edit(
                uid,
                before.toBuilder()
                        .desiredState(DesiredState.Stopped)
                        .credentialsSecretRef(new CredentialsSecretRef("copy"))
                        .build());
        fixture.reconcile(uid);
        fixture.reconcile(uid);
    }

    @Test
    void aSecretThatCannotBeReadIsReportedAsThat() {
        fixture.secretFails(500);
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcile(uid);
        fixture.reconcile(uid);

        assertThat(fixture.reason(uid)).isEqualTo("SecretNotFound");
        assertThat(fixture.condition(uid, "Ready").message()).contains("the API server answered 500");
        assertThat(wawp.polls()).isEmpty();
    }

    @Test
    void whileTheSecretCannotBeReadAgainTheSessionIsPolledAsBefore() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.secretFails(500);
        fixture.clock.advance(Duration.ofMinutes(10));
        fixture.sessions.refreshSecrets();

        fixture.reconcile(uid);

        assertThat(fixture.reason(uid)).isEqualTo("Working");
        assertThat(store.takeWrites()).isEmpty();
    }

    @Test
    void aSpecWithoutSenseIsReportedWithoutReadingTheSecretItNames() {
        String uid = store.create(
                "a",
                WhatsAppSessionSpec.builder()
                        .desiredState(DesiredState.Running)
                        .credentialsSecretRef(new CredentialsSecretRef("../configmaps/a"))
                        .build());

        assertThat(fixture.reconcile(uid)).isEmpty();

        assertThat(fixture.reason(uid)).isEqualTo("RequestRejected");
        assertThat(fixture.isStalled(uid)).isTrue();
        assertThat(fixture.condition(uid, "Ready").message()).contains("spec.credentialsSecretRef.name");
        assertThat(fixture.secretReads).isEmpty();
        assertThat(wawp.polls()).isEmpty();
    }

    @Test
    void anEditThatGivesItSenseGoesOn() {
        String uid = store.create(
                "a",
                WhatsAppSessionSpec.builder()
                        .credentialsSecretRef(new CredentialsSecretRef(SECRET))
                        .build());
        fixture.reconcile(uid);
        store.edit(uid, spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.WORKING);
        fixture.reconcile(uid);

        assertThat(fixture.reason(uid)).isEqualTo("Working");
        assertThat(fixture.status(uid).observedGeneration()).isEqualTo(2);
    }

    @Test
    void aSecondResourceOnTheSameInstanceIsToldWhoOwnsItAndLooksAgainEachMinute() {
        fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(5));
        String younger = store.create("b", spec(DesiredState.LoggedOut));
        fixture.reconcileUntilPolled(younger);
        fixture.observe(SessionState.WORKING);

        assertThat(fixture.reconcile(younger)).contains(Duration.ofMinutes(1));

        assertThat(fixture.reason(younger)).isEqualTo("InstanceConflict");
        assertThat(fixture.condition(younger, "Ready").message()).contains("the WhatsAppSession a");
        assertThat(fixture.status(younger).lastAction()).isNull();
    }

    @Test
    void anOwnerInAnotherNamespaceIsNotNamed() {
        String older = store.create("hidden", "secret-customer", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(older);
        fixture.observe(SessionState.WORKING);
        fixture.reconcile(older);
        fixture.clock.advance(Duration.ofSeconds(5));
        String younger = fixture.reconciled("b", spec(DesiredState.Running), SessionState.WORKING);

        assertThat(fixture.reason(younger)).isEqualTo("InstanceConflict");
        assertThat(fixture.condition(younger, "Ready").message())
                .contains("a WhatsAppSession in another namespace")
                .doesNotContain("hidden", "secret-customer");
        assertThat(store.get(younger).toString()).doesNotContain("secret-customer");
    }

    @Test
    void aResourceInConflictDoesNotReportTheCallOfTheOwner() {
        String older = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(older);
        fixture.observe(SessionState.STOPPED);
        fixture.reconcile(older);
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STARTING));
        fixture.observeAll(SessionState.STARTING);
        fixture.reconcile(older);
        assertThat(fixture.sent()).containsExactly(Operation.Start);
        fixture.clock.advance(Duration.ofSeconds(5));
        String younger = store.create("b", spec(DesiredState.Running));

        for (int step = 0; step < 4; step++) {
            fixture.reconcile(younger);
            fixture.observeAll(SessionState.STARTING);
        }

        assertThat(fixture.reason(younger)).isEqualTo("InstanceConflict");
        assertThat(fixture.status(younger).lastAction()).isNull();
    }

    @ParameterizedTest(name = "bound: {0}")
    @ValueSource(booleans = {true, false})
    void aDeletionWaitsForASuccessorWhoseSecretCannotBeReadJustNow(boolean isBound) {
        String owner = fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.secretFails("other", 500);
        String successor = store.create(
                "b",
                spec(DesiredState.Running).toBuilder()
                        .credentialsSecretRef(new CredentialsSecretRef("other"))
                        .build());
        if (isBound) {
            store.forge(
                    successor,
                    WhatsAppSessionStatus.builder().instanceId(INSTANCE).build());
        }
        fixture.reconcile(successor);
        fixture.reconcile(successor);
        fixture.clock.advance(Duration.ofMinutes(3));
        fixture.reconcile(successor);
        assertThat(fixture.isStalled(successor)).isTrue();

        deleteWhileItsCallHasToWait(owner);
        assertThat(store.find(owner)).as("it is not let go either").isPresent();

        fixture.secret("other", TOKEN);
        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.sessions.refreshSecrets();
        fixture.reconcile(successor);
        fixture.observeAll(SessionState.WORKING);
        fixture.reconcile(successor);
        fixture.reconcile(owner);

        assertThat(store.find(owner)).isEmpty();
        assertThat(fixture.sent()).isEmpty();
    }

    private void deleteWhileItsCallHasToWait(String uid) {
        store.delete(uid);
        for (int step = 0; step < 4; step++) {
            fixture.reconcile(uid);
            fixture.observeAll(SessionState.WORKING);
            fixture.clock.advance(Duration.ofSeconds(3));
        }
        assertThat(fixture.status(uid).lastAction()).as("no call is announced").isNull();
    }

    /** Whoever renames a resource together with its Secret may delete both first. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereItsSecretWentFirstADeletionWaitsForAnotherResourceThatMissesItToo(boolean isBound) {
        String owner = fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(5));
        String successor = isBound
                ? fixture.reconciled("b", spec(DesiredState.Running), SessionState.WORKING)
                : store.create("b", spec(DesiredState.Running));
        fixture.secretFails(404);
        fixture.clock.advance(Duration.ofMinutes(10));
        fixture.sessions.refreshSecrets();
        fixture.reconcile(successor);
        fixture.clock.advance(Duration.ofMinutes(3));
        fixture.reconcile(successor);
        assertThat(fixture.reason(successor)).isEqualTo("SecretNotFound");
        assertThat(fixture.isStalled(successor)).isTrue();

        deleteWhileItsCallHasToWait(owner);

        fixture.secret(TOKEN);
        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.sessions.refreshSecrets();
        for (int step = 0; step < 3; step++) {
            fixture.reconcile(successor);
            fixture.observeAll(SessionState.WORKING);
        }
        fixture.reconcile(owner);

        assertThat(store.find(owner)).isEmpty();
        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void theYoungerOneTakesOverWhenTheOwnerIsGone() {
        String older = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(5));
        String younger = fixture.reconciled("b", spec(DesiredState.Running), SessionState.WORKING);
        assertThat(fixture.reason(younger)).isEqualTo("InstanceConflict");

        store.delete(older);
        fixture.sessions.forget(older);
        fixture.reconcileUntilPolled(younger);
        fixture.observe(SessionState.WORKING);
        fixture.reconcile(younger);

        assertThat(fixture.reason(younger)).isEqualTo("Working");
    }

    // --- what people ask for -------------------------------------------------------------------------------------

    @Test
    void nothingIsCalledWhileAnOlderResourceHasNotSaidYetWhetherItOwnsTheInstance() {
        String older = store.create("a", spec(DesiredState.Stopped));
        fixture.clock.advance(Duration.ofSeconds(5));
        String younger = store.create("b", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(younger);
        fixture.observe(SessionState.STOPPED);
        for (int i = 0; i < 3; i++) {
            fixture.reconcile(younger);
        }
        assertThat(fixture.sent()).isEmpty();

        fixture.reconcileUntilPolled(older);
        fixture.observeAll(SessionState.STOPPED);
        fixture.reconcile(older);
        fixture.reconcile(younger);

        assertThat(fixture.reason(younger)).isEqualTo("InstanceConflict");
        assertThat(fixture.sent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOwnerWhoseSecretIsGoneOrNamesAnotherInstanceBlocksAValidOneForTenMinutes(boolean isGone) {
        String older = fixture.reconciled("a", withInstanceOfTheSecret(), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(5));
        fixture.secret("its-own", ReconcilerFixture.TOKEN);
        String younger = fixture.reconciled("b", withSecret("its-own"), SessionState.WORKING);
        assertThat(fixture.reason(younger)).isEqualTo("InstanceConflict");

        if (isGone) {
            fixture.secretFails(404);
        } else {
            fixture.secretNames(ANOTHER_INSTANCE);
        }
        fixture.clock.advance(Duration.ofMinutes(10));
        fixture.sessions.refreshSecrets();
        fixture.reconcile(older);
        assertThat(fixture.reason(older)).isEqualTo(isGone ? "SecretNotFound" : "SecretInvalid");
        fixture.clock.advance(Duration.ofMinutes(10).minusSeconds(1));
        fixture.reconcile(younger);
        assertThat(fixture.reason(younger)).isEqualTo("InstanceConflict");

        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.reconcileUntilPolled(younger);
        fixture.observeAll(SessionState.WORKING);
        fixture.reconcile(younger);
        assertThat(fixture.reason(younger)).isEqualTo("Working");
    }

    @Test
    void whereWawpDoesNotKnowTheInstanceAChangedSecretIsUsedWithinAMinute() {
        String uid = store.create("a", withInstanceOfTheSecret());
        fixture.reconcileUntilPolled(uid);
        fixture.answer(ScriptedWawpClient.refused(Kind.InstanceNotFound));
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("InstanceNotFound");
        letPass(Duration.ofMinutes(5));
        wawp.clear();

        fixture.secretNames(ANOTHER_INSTANCE);
        letPass(Duration.ofMinutes(1));
        fixture.reconcile(uid);

        assertThat(wawp.unansweredPolls())
                .extracting(poll -> poll.credentials().instanceId())
                .containsExactly(ANOTHER_INSTANCE);
    }

    @Test
    void aRequestReadsTheSecretPollsAndIsHandled() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofMinutes(1));
        store.annotate(uid, "now");

        fixture.reconcile(uid);
        assertThat(fixture.secretReads).hasSize(1);
        assertThat(wawp.unansweredPolls())
                .extracting(ScriptedWawpClient.Call::priority)
                .containsExactly(Priority.Requested);

        fixture.observe(SessionState.WORKING);
        fixture.reconcile(uid);
        assertThat(fixture.status(uid).lastHandledRequestAt()).isEqualTo("now");
        fixture.reconcile(uid);
        assertThat(wawp.unansweredPolls()).isEmpty();
    }

    @Test
    void anOutageThatFollowsARefusalIsPolledForAtTheUsualPace() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.sessions.start();
        failAfter(Duration.ofMinutes(1), uid, Kind.InstanceNotFound);
        assertThat(fixture.reason(uid)).isEqualTo("InstanceNotFound");
        failAfter(SessionPolicy.TERMINAL_RETRY, uid, Kind.GatewayUnavailable);

        fixture.clock.advance(Duration.ofMinutes(1).plusSeconds(5));

        await().untilAsserted(() -> assertThat(wawp.unansweredPolls()).hasSize(1));
    }

    private void failAfter(Duration pause, String uid, Kind kind) {
        fixture.clock.advance(pause.plusSeconds(5));
        await().untilAsserted(() -> assertThat(wawp.unansweredPolls()).hasSize(1));
        fixture.answer(ScriptedWawpClient.refused(kind));
        fixture.reconcile(uid);
    }

    @Test
    void aRequestThatIsTooLongIsIgnoredAndTheUserIsTold() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        store.annotate(uid, "x".repeat(129));

        fixture.reconcile(uid);

        assertThat(fixture.condition(uid, "Ready").message())
                .endsWith("The annotation wawp.net/requestedAt is longer than 128 characters and is ignored.");
        assertThat(wawp.unansweredPolls()).isEmpty();
    }

    @Test
    void anEditIsPolledForAtOnceAndDecidedByThatPollAlone() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(1));
        store.edit(uid, spec(DesiredState.LoggedOut));

        fixture.reconcile(uid);
        assertThat(store.takeWrites())
                .as("the poll from before says nothing of it")
                .isEmpty();
        fixture.observe(SessionState.WORKING);
        fixture.reconcile(uid);
        assertThat(fixture.secretReads).as("before the call").hasSize(1);
        fixture.reconcile(uid);

        assertThat(fixture.status(uid).lastAction().type()).isEqualTo("Logout");
        assertThat(fixture.status(uid).lastAction().generation()).isEqualTo(2);
    }

    @Test
    void aRefusedTokenHasTheSecretReadOnce() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofMinutes(1));
        store.annotate(uid, "now");
        fixture.reconcile(uid);
        fixture.answer(ScriptedWawpClient.refused(Kind.Unauthorized));
        fixture.secretReads.clear();
        fixture.clock.advance(Duration.ofSeconds(1));

        for (int i = 0; i < 3; i++) {
            fixture.reconcile(uid);
        }

        assertThat(fixture.reason(uid)).isEqualTo("Unauthorized");
        assertThat(fixture.secretReads).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void aTokenThatIsRefusedAfterAnOutageHasTheSecretReadAtOnce() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofMinutes(1));
        store.edit(uid, every(uid, "61s"));
        fixture.reconcile(uid);
        fixture.answer(ScriptedWawpClient.refused(Kind.GatewayUnavailable));
        fixture.clock.advance(Duration.ofMinutes(11));
        fixture.sessions.refreshSecrets();
        fixture.clock.advance(Duration.ofSeconds(1));
        store.edit(uid, every(uid, "62s"));
        fixture.reconcile(uid);
        fixture.secretReads.clear();
        fixture.answer(ScriptedWawpClient.refused(Kind.Unauthorized));

        fixture.reconcile(uid);

        assertThat(fixture.secretReads).hasSize(1);
    }

    private WhatsAppSessionSpec every(String uid, String interval) {
        return store.get(uid).getSpec().toBuilder().pollInterval(interval).build();
    }

    @ParameterizedTest
    @EnumSource(
            value = SessionState.class,
            names = {"WORKING", "STOPPED"})
    void aForgedStatusMakesNoDeclaredLogoutDone(SessionState state) {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(1));
        store.forge(uid, loggedOut("Confirmed", "forged"));
        store.edit(uid, spec(DesiredState.LoggedOut));
        fixture.reconcile(uid);
        fixture.observe(state);
        fixture.reconcile(uid); // reads the Secret
        fixture.reconcile(uid);

        assertThat(fixture.status(uid).lastAction().type()).isEqualTo("Logout");
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Intended");
        assertThat(fixture.status(uid).lastAction().attempt()).isEqualTo(1);
        assertThat(fixture.status(uid).instanceId()).isEqualTo(INSTANCE);
    }

    @Test
    void intentsThatSomebodyForgesAgainAndAgainHoldNothingUp() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(1));
        store.edit(uid, spec(DesiredState.LoggedOut));
        for (int step = 0; fixture.confirmations.isEmpty() && step < 6; step++) {
            store.forge(uid, loggedOut("Intended", "forged-" + step));
            fixture.reconcile(uid);
            fixture.observeAll(SessionState.WORKING);
        }
        fixture.confirm(uid);

        assertThat(fixture.sent()).containsExactly(Operation.Logout);
    }

    @Test
    void aForgedAnswerToARequestDoesNotMakeItForgotten() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(1));
        store.annotate(uid, "now");
        store.forge(
                uid, fixture.status(uid).toBuilder().lastHandledRequestAt("now").build());

        fixture.reconcile(uid);
        fixture.reconcile(uid);

        assertThat(wawp.polls()).hasSize(1);
    }

    /** What somebody could write to have a logout taken for done. */
    private WhatsAppSessionStatus loggedOut(String phase, String id) {
        return WhatsAppSessionStatus.builder()
                .observedGeneration(99L)
                .sessionState("SCAN_QR_CODE")
                .pairing("Unpaired")
                .instanceId("ANOTHER1")
                .lastAction(new LastAction("Logout", id, "Desired", phase, 3, 2L, "2099-01-01T00:00:00Z"))
                .restarts(7)
                .conditions(List.of(new Condition("Ready", "True", "LoggedOut", "Done.", "2099-01-01T00:00:00Z", 99L)))
                .build();
    }

    @Test
    void aForgedStatusIsCorrectedAtTheNextReconciliation() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        WhatsAppSessionStatus right = fixture.status(uid);
        store.forge(
                uid,
                WhatsAppSessionStatus.builder()
                        .observedGeneration(99L)
                        .sessionState("FAILED")
                        .pairing("Unpaired")
                        .instanceId("ANOTHER1")
                        .plannedAction("Stop")
                        .restarts(7)
                        .conditions(right.conditions())
                        .build());

        fixture.reconcile(uid);

        assertThat(fixture.status(uid).observedGeneration()).isEqualTo(1);
        assertThat(fixture.status(uid).instanceId()).isEqualTo(INSTANCE);
        assertThat(fixture.status(uid).sessionState()).isEqualTo("WORKING");
        assertThat(fixture.reason(uid)).isEqualTo("Working");
    }

    // --- the finalizer and deletion ------------------------------------------------------------------------------

    @Test
    void aDeletionPolicyThatAsksForACallGetsItsFinalizerFirst() {
        String uid = store.create("a", spec(DesiredState.Running, DeletionPolicy.Logout));

        assertThat(fixture.reconcile(uid)).isEmpty();

        assertThat(store.takeWrites()).containsExactly("added wawp.net/session");
        assertThat(fixture.secretReads).as("the change comes back as an event").isEmpty();
    }

    @Test
    void aDeletionPolicyThatAsksForNothingAnyMoreLosesIt() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        store.edit(uid, spec(DesiredState.Running));

        fixture.reconcile(uid);

        assertThat(store.takeWrites()).containsExactly("removed wawp.net/session");
    }

    @Test
    void aResourceThatOnlySomebodyElseHoldsIsLeftAlone() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        store.hold(uid);
        store.delete(uid);

        assertThat(fixture.reconcile(uid)).isEmpty();

        assertThat(store.takeWrites()).isEmpty();
        assertThat(wawp.polls()).isEmpty();
    }

    @Test
    void aSessionThatIsAsItsDeletionPolicyWantsItLetsTheResourceGo() {
        String uid = fixture.reconciled("a", spec(DesiredState.Stopped, DeletionPolicy.Stop), SessionState.STOPPED);
        fixture.clock.advance(Duration.ofSeconds(1));
        store.delete(uid);
        fixture.reconcile(uid);
        fixture.observe(SessionState.STOPPED);

        fixture.reconcile(uid);

        assertThat(store.takeWrites()).containsExactly("removed wawp.net/session");
        assertThat(store.find(uid)).isEmpty();
        assertThat(fixture.events).doesNotContain("warning FinalizerReleased");
    }

    @Test
    void aSuspendedResourceGoesWithAWarning() {
        String uid = fixture.reconciled(
                "a",
                WhatsAppSessionSpec.builder()
                        .desiredState(DesiredState.Running)
                        .instanceId(INSTANCE)
                        .credentialsSecretRef(new CredentialsSecretRef(SECRET))
                        .suspend(true)
                        .deletionPolicy(DeletionPolicy.Logout)
                        .build(),
                SessionState.WORKING);
        store.delete(uid);

        fixture.reconcile(uid);

        assertThat(store.takeWrites()).containsExactly("removed wawp.net/session");
        assertThat(fixture.events).contains("warning FinalizerReleased");
    }

    @Test
    void aDeletionWaitsForItsCallAndTenMinutesAtMost() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        store.delete(uid);

        assertThat(fixture.reconcile(uid).orElseThrow()).isLessThanOrEqualTo(Duration.ofMinutes(10));

        fixture.clock.advance(Duration.ofMinutes(10));
        fixture.reconcile(uid);
        assertThat(store.find(uid)).isEmpty();
        assertThat(fixture.events).contains("warning FinalizerReleased");
    }

    @Test
    void aSecretThatCannotBeReadDoesNotHoldTheFinalizerLonger() {
        fixture.secretFails(500);
        String uid = store.create("a", spec(DesiredState.Running, DeletionPolicy.Logout));
        fixture.reconcile(uid);
        fixture.reconcile(uid);
        store.delete(uid);
        assertThat(fixture.reconcile(uid)).isPresent();
        store.takeWrites();

        fixture.clock.advance(Duration.ofMinutes(10));
        fixture.reconcile(uid);

        assertThat(store.takeWrites()).containsExactly("removed wawp.net/session");
        assertThat(store.find(uid)).isEmpty();
    }

    @Test
    void aRenamedResourceIsNotLoggedOut() {
        String before =
                fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(1));
        String after = store.create("b", spec(DesiredState.Running, DeletionPolicy.Logout));
        store.delete(before);
        fixture.reconcile(before);
        fixture.observe(SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(8));

        fixture.reconcile(before);
        assertThat(fixture.status(before).lastAction())
                .as("nobody knows yet what the new one wants")
                .isNull();

        fixture.reconcile(after);
        fixture.reconcileUntilPolled(after);
        fixture.observe(SessionState.WORKING);
        fixture.reconcile(after);
        fixture.reconcile(before);
        assertThat(store.find(before)).isEmpty();
        assertThat(fixture.events).contains("warning FinalizerReleased");
    }

    @Test
    void aDeletionsLogoutIsNotSentWhenASuccessorAppearsAfterItWasAnnounced() {
        String before = deletedWithItsLogoutAnnounced();
        assertThat(fixture.status(before).lastAction().phase()).isEqualTo("Intended");

        store.create("b", spec(DesiredState.Running, DeletionPolicy.Logout));
        fixture.confirm(before);
        assertThat(wawp.commands().get(0).request().guard().maySend())
                .as("the client asks before the first byte")
                .isFalse();
        fixture.answerCall(ScriptedWawpClient.withheld(Kind.GatewayUnavailable));
        fixture.reconcile(before);

        assertThat(fixture.status(before).lastAction().phase()).isEqualTo("Abandoned");
    }

    @Test
    void aDeletionsLogoutIsSentAlthoughAResourceAppearsWhoseSecretIsMissing() {
        String before = deletedWithItsLogoutAnnounced();

        String another = store.create("b", spec(DesiredState.Running));
        store.forge(
                another,
                WhatsAppSessionStatus.builder()
                        .conditions(List.of(
                                new Condition("Ready", "False", "SecretNotFound", "It is missing.", null, 1L),
                                new Condition("Stalled", "True", "SecretNotFound", "It is missing.", null, 1L)))
                        .build());
        fixture.confirm(before);

        assertThat(wawp.commands().get(0).request().guard().maySend()).isTrue();
    }

    @Test
    void anIntentThatIsWrittenWhileTheProcessBeginsToStopIsClosedAsAbandoned() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.STOPPED);
        store.beforeStatusWrites(fixture::drain);

        fixture.reconcile(uid);

        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Abandoned");
        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.counted).singleElement().satisfies(outcome -> assertThat(outcome.phase())
                .isEqualTo(Phase.Abandoned));
    }

    @Test
    void aDeletionsLogoutWaitsForARenameAtLeast() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(1));
        store.delete(uid);
        fixture.reconcile(uid);
        fixture.observe(SessionState.WORKING);

        assertThat(fixture.reconcile(uid)).contains(Duration.ofSeconds(1));
        assertThat(fixture.status(uid).lastAction()).isNull();

        fixture.clock.advance(Duration.ofSeconds(5));
        fixture.reconcile(uid); // reads the Secret
        fixture.reconcile(uid);
        assertThat(fixture.status(uid).lastAction().type()).isEqualTo("Logout");
        assertThat(fixture.status(uid).lastAction().purpose()).isEqualTo("Deletion");
    }

    @Test
    void aDeletionUsesTheLastKnownCredentialsWhereTheSecretWentFirst() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.secretFails(404);
        store.delete(uid);
        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.reconcile(uid);
        fixture.observe(SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(6));

        for (int i = 0; i < 3; i++) {
            fixture.reconcile(uid);
        }

        assertThat(fixture.status(uid).lastAction().type()).isEqualTo("Logout");
    }

    @Test
    void aResourceThatIsForgottenIsPolledNoMore() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        store.delete(uid);
        fixture.sessions.forget(uid);
        fixture.clock.advance(Duration.ofMinutes(10));
        fixture.sessions.refreshSecrets();

        assertThat(fixture.secretReads).isEqualTo(List.of());
        assertThat(wawp.polls()).isEmpty();
    }

    /** Has time pass, in which the operator reads Secrets as often as it does. */
    private void letPass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            fixture.clock.advance(Duration.ofSeconds(1));
            fixture.sessions.refreshSecrets();
        }
        fixture.settle();
    }

    private static WhatsAppSessionSpec withInstanceOfTheSecret() {
        return spec(DesiredState.Running).toBuilder().instanceId(null).build();
    }

    private static WhatsAppSessionSpec withSecret(String name) {
        return spec(DesiredState.Running).toBuilder()
                .credentialsSecretRef(new CredentialsSecretRef(name))
                .build();
    }

    /** Edits a resource whose session works so that a logout is announced. */
    private void announceLogout(String uid) {
        fixture.clock.advance(Duration.ofSeconds(1));
        store.edit(uid, spec(DesiredState.LoggedOut));
        fixture.reconcile(uid);
        fixture.observe(SessionState.WORKING);
        fixture.reconcile(uid); // reads the Secret
        fixture.reconcile(uid);
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Intended");
        wawp.clear();
    }

    /** The resource with the last action in its status having this id and phase. */
    private WhatsAppSession withIntent(String uid, String id, String phase) {
        WhatsAppSession session = store.get(uid);
        LastAction action = session.getStatus().lastAction();
        session.setStatus(session.getStatus().toBuilder()
                .lastAction(new LastAction(
                        action.type(),
                        id,
                        action.purpose(),
                        phase,
                        action.attempt(),
                        action.generation(),
                        action.time()))
                .build());
        return session;
    }

    private static WhatsAppSessionSpec suspended(DesiredState desired) {
        return WhatsAppSessionSpec.builder()
                .desiredState(desired)
                .instanceId(INSTANCE)
                .credentialsSecretRef(new CredentialsSecretRef(SECRET))
                .suspend(true)
                .deletionPolicy(DeletionPolicy.Retain)
                .build();
    }

    @Test
    void aLogoutThatCannotBeConfirmedIsNotAnnouncedAgainAtOnce() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        announceLogout(uid);
        fixture.failToConfirm();

        for (int i = 0; i < 3; i++) {
            fixture.observe(SessionState.WORKING);
            fixture.reconcile(uid);
            fixture.reconcile(uid);
            if (wawp.unansweredPolls().isEmpty()) {
                break;
            }
        }

        assertThat(fixture.confirmations).hasSize(1);
        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void aStartThatWawpAcceptedDoesNotKeepAProcessFromStopping() {
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(uid);
        fixture.observe(SessionState.STOPPED);
        fixture.reconcile(uid);
        fixture.drain();
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STARTING));
        CompletionStage<Void> written = fixture.sessions.outcomesWritten();

        fixture.reconcile(uid);

        assertThat(written.toCompletableFuture()).isCompleted();
    }

    @Test
    void aSecretThatCannotBeReadAgainBeforeACallIsNotReadWithoutAPause() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.secretFails(500);
        store.edit(uid, spec(DesiredState.Stopped));
        fixture.reconcile(uid);
        fixture.observe(SessionState.WORKING);

        for (int i = 0; i < 5; i++) {
            fixture.reconcile(uid); // each failed read wakes it
        }

        assertThat(fixture.secretReads).hasSize(1);
        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void aResourceThatWaitsForACallOfOneThatIsGoneGoesOnByItself() {
        String old = store.create("a", spec(DesiredState.Running));
        fixture.reconcileUntilPolled(old);
        fixture.observe(SessionState.STOPPED);
        fixture.reconcile(old);
        assertThat(fixture.sent()).containsExactly(Operation.Start);
        fixture.sessions.forget(old);
        store.delete(old);
        String uid = store.create("a", spec(DesiredState.Running));
        fixture.reconcile(uid);
        fixture.reconcile(uid);
        fixture.observe(SessionState.STOPPED);

        assertThat(fixture.reconcile(uid)).as("while the call is under way").isPresent();

        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.answerCall(ScriptedWawpClient.refused(Kind.GatewayUnavailable));
        assertThat(fixture.reconcile(uid))
                .as("until the next poll, which shows nothing new")
                .isPresent();
    }

    @Test
    void aRequestToAResourceWhoseInstanceIsTakenReadsTheSecretAndIsHandledWithoutAPoll() {
        fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        String younger = fixture.reconciled("b", spec(DesiredState.Running), SessionState.WORKING);
        assertThat(fixture.reason(younger)).isEqualTo("InstanceConflict");
        fixture.clock.advance(Duration.ofSeconds(20));
        store.annotate(younger, "now");

        fixture.reconcile(younger);
        fixture.reconcile(younger);

        assertThat(fixture.status(younger).lastHandledRequestAt()).isEqualTo("now");
        assertThat(wawp.polls()).isEmpty();
    }

    /** A resource whose deletion asks for a logout, as soon as that is announced. */
    private String deletedWithItsLogoutAnnounced() {
        String before =
                fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(1));
        store.delete(before);
        fixture.reconcile(before);
        fixture.observe(SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(6));
        fixture.reconcile(before); // reads the Secret
        fixture.reconcile(before);
        return before;
    }
}
