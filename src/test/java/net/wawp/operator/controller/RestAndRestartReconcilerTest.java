package net.wawp.operator.controller;

import static net.wawp.operator.controller.ReconcilerFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.PairingRequest;
import net.wawp.operator.api.v1alpha1.RunningHours;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.time.Timestamps;
import net.wawp.operator.wawp.Operation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands beside the declared state, reconciliation by reconciliation: running hours, the idle time-out, restarts. It is midnight at first. */
class RestAndRestartReconcilerTest {

    private final ReconcilerFixture fixture = new ReconcilerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void theEndOfTheHoursIsInTheStatusAndWrittenOnce() {
        String uid = fixture.reconciled("a", hours("0 0 * * *", "10h"), SessionState.WORKING);
        assertThat(fixture.reason(uid)).isEqualTo("Working");
        assertThat(fixture.status(uid).nextTransitionAt()).isEqualTo("2026-01-01T10:00:00Z");

        for (int i = 0; i < 3; i++) {
            fixture.clock.advance(Duration.ofSeconds(20));
            assertThat(fixture.reconcile(uid)).isPresent();
        }
        assertThat(fixture.store.takeWrites()).isEmpty();
    }

    @Test
    void aClockThatJumpsOverTheEndOfTheHoursIsNoticedWithinAMinute() {
        String uid = fixture.reconciled("a", hours("0 0 * * *", "10h"), SessionState.WORKING);
        assertThat(fixture.reconcile(uid)).contains(Duration.ofMinutes(1));

        fixture.wallClockSetBy = Duration.ofHours(11);
        reconcileUntilCalled(uid, Operation.Stop);

        assertThat(fixture.reason(uid)).isEqualTo("Stopping");
        assertThat(fixture.status(uid).nextTransitionAt()).isEqualTo("2026-01-02T00:00:00Z");
    }

    @Test
    void aClockThatIsSetBackIntoTheHoursStartsTheSessionAgain() {
        fixture.wallClockSetBy = Duration.ofHours(11);
        String uid = fixture.reconciled("a", hours("0 0 * * *", "10h"), SessionState.STOPPED);
        assertThat(fixture.reason(uid)).isEqualTo("OutsideRunningHours");

        fixture.wallClockSetBy = Duration.ofHours(9);
        reconcileUntilCalled(uid, Operation.Start);

        assertThat(fixture.reason(uid)).isEqualTo("Starting");
    }

    @Test
    void hoursThatMakeNoSenseAreNamedAndNothingIsCalled() {
        String uid = fixture.store.create("a", hours("61 0 * * *", "10h"));

        fixture.reconcile(uid);

        assertThat(fixture.reason(uid)).isEqualTo("RequestRejected");
        assertThat(fixture.condition(uid, "Ready").message()).startsWith("spec.runningHours[0].start must be");
        assertThat(fixture.wawp.polls()).isEmpty();
    }

    @Test
    void anUnusedSessionIsStoppedAndWokenByItsNextUse() {
        String uid = fixture.reconciled("a", idle("24h"), SessionState.WORKING);
        assertThat(fixture.status(uid).nextTransitionAt()).isEqualTo("2026-01-02T00:00:00Z");

        fixture.clock.advance(Duration.ofHours(24));
        reconcileUntilCalled(uid, Operation.Stop);
        assertThat(fixture.status(uid).idleSince()).isNotNull();
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STOPPED));
        fixture.observeAll(SessionState.STOPPED);
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("Idle");
        assertThat(fixture.condition(uid, "Ready").status()).isEqualTo("True");

        use(uid, fixture.clock.instant());
        reconcileUntilCalled(uid, Operation.Start);
        assertThat(fixture.reason(uid)).isEqualTo("Starting");
        assertThat(fixture.status(uid).idleSince()).isNull();
    }

    @Test
    void aSessionThatWasReadyAsStoppedIsNotIdleSinceThen() {
        String uid = fixture.reconciled(
                "a", spec(DesiredState.Stopped).toBuilder().idleTimeout("24h").build(), SessionState.STOPPED);
        fixture.clock.advance(Duration.ofDays(7));
        fixture.store.edit(uid, idle("24h"));
        fixture.reconcile(uid);
        // somebody has started it in the dashboard
        fixture.observeAll(SessionState.WORKING);
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("Working");

        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.reconcile(uid);

        assertThat(fixture.reason(uid)).isEqualTo("Working");
        assertThat(fixture.status(uid).nextTransitionAt()).isEqualTo("2026-01-09T00:00:00Z");
    }

    @Test
    void whereTheOnePollBeforeAStartFailsAnotherFollowsSoon() {
        WhatsAppSessionSpec rarely =
                hours("0 8 * * *", "10h").toBuilder().pollInterval("1h").build();
        String uid = fixture.reconciled("a", rarely, SessionState.STOPPED);
        fixture.clock.advance(Duration.ofHours(8).plusMinutes(1));
        fixture.reconcile(uid);

        failAndAwaitTheNextPoll(uid);

        assertThat(fixture.sent()).isEmpty();
    }

    @Test
    void whereTheOnePollBeforeARecoveryFailsAnotherFollowsSoon() {
        WhatsAppSessionSpec rarely =
                spec(DesiredState.Running).toBuilder().pollInterval("1h").build();
        String uid = fixture.reconciled("a", rarely, SessionState.FAILED);
        fixture.sessions.start();
        fixture.clock.advance(Duration.ofSeconds(10));
        await().until(() -> !fixture.wawp.unansweredPolls().isEmpty());

        failAndAwaitTheNextPoll(uid);
    }

    @Test
    void whereThePollThatAPersonRequestedFailsAnotherFollowsSoon() {
        WhatsAppSessionSpec rarely =
                spec(DesiredState.Running).toBuilder().pollInterval("1h").build();
        String uid = fixture.reconciled("a", rarely, SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(20));
        fixture.store.annotate(uid, "wawp.net/requestedAt", "now");
        fixture.reconcile(uid);
        fixture.reconcile(uid);

        failAndAwaitTheNextPoll(uid);
    }

    private void failAndAwaitTheNextPoll(String uid) {
        fixture.answer(ScriptedWawpClient.refused(Kind.GatewayUnavailable));
        fixture.reconcile(uid);
        fixture.sessions.start();
        fixture.clock.advance(Duration.ofSeconds(10));

        await().untilAsserted(() -> assertThat(fixture.wawp.unansweredPolls()).hasSize(1));
    }

    @Test
    void aUseThatIsNoTimeIsNoneAndTheUserIsTold() {
        String uid = fixture.reconciled("a", idle("24h"), SessionState.WORKING);
        fixture.store.annotate(uid, "wawp.net/lastUsedAt", "yesterday");

        fixture.reconcile(uid);

        assertThat(fixture.status(uid).nextTransitionAt()).isEqualTo("2026-01-02T00:00:00Z");
        assertThat(fixture.condition(uid, "Ready").message()).contains("wawp.net/lastUsedAt is not a time");
    }

    @Test
    void aUseIsComparedByTheClockThatPeopleRead() {
        String uid = fixture.reconciled("a", idle("1h"), SessionState.WORKING);
        fixture.wallClockSetBy = Duration.ofHours(-2);
        fixture.clock.advance(Duration.ofMinutes(50));
        use(uid, fixture.wallClock.instant());

        fixture.clock.advance(Duration.ofMinutes(50));
        for (int i = 0; i < 3; i++) {
            fixture.reconcile(uid);
            fixture.observeAll(SessionState.WORKING);
        }
        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.reason(uid)).isEqualTo("Working");
        assertThat(fixture.status(uid).nextTransitionAt())
                .as("an hour after the use at 22:50")
                .isEqualTo("2025-12-31T23:50:00Z");
    }

    @Test
    void aUseByTheClockThatPeopleReadWakesTheSession() {
        String uid = fixture.reconciled("a", idle("1h"), SessionState.WORKING);
        fixture.wallClockSetBy = Duration.ofHours(-2);
        fixture.clock.advance(Duration.ofHours(1));
        reconcileUntilCalled(uid, Operation.Stop);
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STOPPED));
        fixture.observeAll(SessionState.STOPPED);
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("Idle");

        use(uid, fixture.wallClock.instant());
        reconcileUntilCalled(uid, Operation.Start);
        assertThat(fixture.reason(uid)).isEqualTo("Starting");
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 2})
    void aUseThatIsFarInTheFutureCountsAsNowAndOneThatIsFarInThePastAsNone(int wallClockSetByHours) {
        fixture.wallClockSetBy = Duration.ofHours(wallClockSetByHours);
        String uid = fixture.reconciled("a", idle("24h"), SessionState.WORKING);
        String dayAfterStart = fixture.status(uid).nextTransitionAt();
        fixture.clock.advance(Duration.ofHours(3));

        use(uid, Instant.MIN);
        fixture.reconcile(uid);
        assertThat(fixture.status(uid).nextTransitionAt()).isEqualTo(dayAfterStart);

        use(uid, Instant.MAX);
        fixture.reconcile(uid);
        assertThat(fixture.status(uid).nextTransitionAt())
                .isEqualTo(Timestamps.format(fixture.wallClock.instant().plus(Duration.ofHours(24))));
    }

    @Test
    void aRestartIsHandledWithItsAnnouncementAndThusOnce() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.store.annotate(uid, "wawp.net/restart", "now");

        reconcileUntilCalled(uid, Operation.Stop);

        assertThat(fixture.status(uid).lastHandledRestart()).isEqualTo("now");
        assertThat(fixture.status(uid).lastAction().purpose()).isEqualTo("Restart");
        assertThat(fixture.reason(uid)).isEqualTo("Restarting");
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STOPPED));
        fixture.observeAll(SessionState.WORKING); // started by somebody else meanwhile: the stop took effect unseen
        fixture.reconcile(uid);
        assertThat(fixture.sent()).containsExactly(Operation.Stop);
    }

    @Test
    void aRestartThatIsRefusedIsSaidAsLongAsThatIsSoAndNotMadeLater() {
        String uid = fixture.reconciled("a", spec(DesiredState.Stopped), SessionState.STOPPED);
        fixture.store.annotate(uid, "wawp.net/restart", "now");
        fixture.reconcile(uid);
        assertThat(fixture.status(uid).lastHandledRestart()).isEqualTo("now");
        assertThat(fixture.condition(uid, "Ready").message()).contains("spec.desiredState is not Running");

        fixture.reconcile(uid);
        assertThat(fixture.condition(uid, "Ready").message()).contains("spec.desiredState is not Running");

        fixture.store.edit(uid, spec(DesiredState.Running));
        reconcileUntilCalled(uid, Operation.Start);
        assertThat(fixture.status(uid).lastAction().purpose()).isEqualTo("Desired");
        assertThat(fixture.condition(uid, "Ready").message()).doesNotContain("refused");
    }

    @Test
    void whatSomebodyForgesOfRequestsCausesNothingAndIsCorrected() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.store.annotate(uid, "wawp.net/restart", "now");
        reconcileUntilCalled(uid, Operation.Stop);
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.STOPPED));
        while (!fixture.sent().contains(Operation.Start)) {
            fixture.reconcile(uid);
            fixture.observeAll(SessionState.STOPPED);
        }
        fixture.answerCall(ScriptedWawpClient.observed(SessionState.WORKING));
        for (int i = 0; i < 3; i++) {
            fixture.observeAll(SessionState.WORKING);
            fixture.reconcile(uid);
        }
        assertThat(fixture.reason(uid)).isEqualTo("Working");

        fixture.store.forge(
                uid,
                fixture.status(uid).toBuilder()
                        .lastHandledRestart("another")
                        .idleSince("2026-01-01T00:00:00Z")
                        .pairingRequest(new PairingRequest("forged", "Offered", "2026-01-01T09:00:00Z"))
                        .build());
        for (int i = 0; i < 3; i++) {
            fixture.reconcile(uid);
            fixture.observeAll(SessionState.WORKING);
        }

        assertThat(fixture.sent()).as("no second restart").containsExactly(Operation.Stop, Operation.Start);
        assertThat(fixture.status(uid).lastHandledRestart()).isEqualTo("now");
        assertThat(fixture.status(uid).idleSince()).isNull();
        assertThat(fixture.status(uid).pairingRequest()).isNull();
    }

    private void use(String uid, Instant time) {
        fixture.store.annotate(uid, "wawp.net/lastUsedAt", Timestamps.format(time));
    }

    /** Answers each poll with what the last one showed, until this call is sent. */
    private void reconcileUntilCalled(String uid, Operation operation) {
        SessionState state = SessionState.of(fixture.status(uid).sessionState());
        for (int pass = 0; !fixture.sent().contains(operation); pass++) {
            assertThat(pass)
                    .as("reconciliations before %s, %s", operation, fixture.status(uid))
                    .isLessThan(8);
            fixture.reconcile(uid);
            fixture.observeAll(state);
        }
    }

    private static WhatsAppSessionSpec hours(String start, String duration) {
        return spec(DesiredState.Running).toBuilder()
                .runningHours(List.of(new RunningHours(start, duration, "UTC")))
                .build();
    }

    private static WhatsAppSessionSpec idle(String timeout) {
        return spec(DesiredState.Running).toBuilder().idleTimeout(timeout).build();
    }
}
