package net.wawp.operator.controller;

import static net.wawp.operator.controller.ReconcilerFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.PairingMode;
import net.wawp.operator.api.v1alpha1.PairingSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.pairing.InMemoryPairingSecrets;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.Test;

/** How the parts begin, tell of themselves and end, in virtual time. */
class SessionControlLoopTest {

    private static final ResourceID NAME = new ResourceID("a", "crm");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final SimulatedTime time = new SimulatedTime();
    private final InMemorySessionStore store = new InMemorySessionStore(time);
    private final List<Instant> polls = new ArrayList<>();
    private final List<Operation> calls = new ArrayList<>();
    private final List<Instant> secretReads = new ArrayList<>();
    private final Deque<Integer> resourceReads = new ArrayDeque<>();
    private SessionState state = SessionState.WORKING;
    private final InMemoryPairingSecrets pairingSecrets = new InMemoryPairingSecrets();
    private final SessionControlLoop sessions = new SessionControlLoop(
            SimulatedLoop.of(time::after),
            new SplittableRandom(1),
            new SessionControlLoop.Clocks(time, time),
            () -> true,
            new SessionControlLoop.Wawp(
                    request -> CompletableFuture.completedStage(answer(request.operation())), Optional::empty, 10),
            new SessionControlLoop.ApiServer(
                    new Reader(),
                    pairingSecrets,
                    new SimulatedProcess.NoEvents(),
                    Optional.empty(),
                    new WriteHealth(),
                    Optional.empty()),
            new SimulatedProcess.NoMetrics(),
            MINUTE);

    @Test
    void onceStartedItPollsAndReadsSecretsUntilItEnds() {
        sessions.start();
        settled();
        time.pass(Duration.ofMinutes(25));
        assertThat(polls).hasSizeGreaterThanOrEqualTo(20);
        assertThat(secretReads).hasSizeGreaterThan(2);
        assertThat(sessions.lastTick()).isAfter(time.instant().minusSeconds(2));
        assertThat(sessions.oldestObservationAge()).isPositive().isLessThanOrEqualTo(MINUTE.plusSeconds(1));

        int pollsBefore = polls.size();
        int readsBefore = secretReads.size();
        CompletableFuture<Void> drained = sessions.drain(MINUTE).toCompletableFuture();
        time.pass(Duration.ofSeconds(1));
        assertThat(drained).isCompleted();
        sessions.close();
        time.pass(Duration.ofMinutes(25));

        assertThat(polls).hasSize(pollsBefore);
        assertThat(secretReads).hasSize(readsBefore);
        assertThat(pairingSecrets.isClosed()).isTrue();
    }

    @Test
    void whatIsForgottenIsNotPolledAndHasNoAge() {
        sessions.start();
        String uid = settled();
        time.pass(MINUTE);
        int before = polls.size();

        sessions.forget(uid);
        time.pass(Duration.ofMinutes(10));

        assertThat(polls).hasSize(before);
        assertThat(sessions.oldestObservationAge()).isZero();
    }

    @Test
    void onceItHasEndedNothingWakesAResourceAnyMore() {
        List<ResourceID> woken = new ArrayList<>();
        EventSource<?, WhatsAppSession> events = sessions.trigger.eventSource();
        events.setEventHandler(event -> woken.add(event.getRelatedCustomResourceID()));
        events.start();
        sessions.timers.set(NAME, Optional.of(MINUTE));
        time.pass(MINUTE);
        assertThat(woken).containsExactly(NAME);
        sessions.timers.set(NAME, Optional.of(MINUTE));

        sessions.close();
        time.pass(MINUTE);

        assertThat(woken).hasSize(1);
    }

    @Test
    void aWayToPairIsTakenBackAsSoonAsTheApiServerSaysThatItsResourceIsGone() {
        resourceReads.addAll(List.of(500, 500, 404));
        String uid = settledWithAWayToPair();
        assertThat(calls).contains(Operation.OfferLink);

        sessions.lost(uid, NAME);
        assertThat(calls).doesNotContain(Operation.RevokeLink);
        time.pass(MINUTE);

        assertThat(calls).contains(Operation.RevokeLink);
        assertThat(resourceReads).isEmpty();
    }

    @Test
    void whileTheApiServerDoesNotSayWhetherAResourceIsGoneItIsAskedLessAndLessOften() {
        resourceReads.addAll(Collections.nCopies(100, 403));
        String uid = settledWithAWayToPair();

        sessions.lost(uid, NAME);
        time.pass(Duration.ofMinutes(5));
        assertThat(resourceReads).as("after 0, 5, 15, 35, 75 and 155 s").hasSize(94);
        time.pass(Duration.ofMinutes(25));

        assertThat(resourceReads).as("and then every five minutes").hasSizeBetween(88, 89);
    }

    private String settledWithAWayToPair() {
        state = SessionState.SCAN_QR_CODE;
        sessions.start();
        String uid = settled();
        store.annotate(uid, "wawp.net/pair", "scan");
        for (int pass = 0; pass < 3; pass++) {
            reconcile(uid);
            time.pass(Duration.ofSeconds(2));
        }
        return uid;
    }

    @Test
    void theEndOfACallWakesThoseThatCompeteForItsInstance() {
        try (ReconcilerFixture fixture = new ReconcilerFixture()) {
            String owner = fixture.reconciled("a", spec(DesiredState.Stopped), SessionState.WORKING);
            fixture.clock.advance(Duration.ofSeconds(5));
            String competing = fixture.reconciled("b", spec(DesiredState.Running), SessionState.WORKING);
            fixture.reconcileAsTheFrameworkDoes(owner);
            fixture.reconcileAsTheFrameworkDoes(competing);
            List<String> woken = fixture.wokenUids();

            fixture.answerCall(ScriptedWawpClient.observed(SessionState.STOPPED));

            assertThat(woken).contains(competing);
        }
    }

    /** Otherwise nobody would write what came of it. */
    @Test
    void theEndOfACallWakesItsResourceWhenNothingIsPolledAnyMore() {
        try (ReconcilerFixture fixture = new ReconcilerFixture()) {
            String uid = fixture.reconciled("a", spec(DesiredState.Stopped), SessionState.WORKING);
            fixture.reconcileAsTheFrameworkDoes(uid);
            fixture.drain();
            List<String> woken = fixture.wokenUids();

            fixture.answerCall(ScriptedWawpClient.observed(SessionState.STOPPED));

            assertThat(woken).containsExactly(uid);
        }
    }

    /** A session that works, reconciled until there is nothing to do. */
    private String settled() {
        String uid = store.create(
                "a",
                spec(DesiredState.Running).toBuilder()
                        .pairing(new PairingSpec(PairingMode.Link, null))
                        .build());
        for (int pass = 0; pass < 5; pass++) {
            reconcile(uid);
            time.pass(Duration.ofSeconds(2));
        }
        assertThat(polls).isNotEmpty();
        return uid;
    }

    private void reconcile(String uid) {
        sessions.reconciler().reconcile(store.get(uid), store);
    }

    private WawpResponse answer(Operation operation) {
        calls.add(operation);
        return switch (operation) {
            case Info -> {
                polls.add(time.instant());
                yield ScriptedWawpClient.observed(state);
            }
            case OfferLink -> new WawpResponse.PairingLink("https://example.com/link");
            case RevokeLink -> new WawpResponse.Done();
            case Start, Stop, Logout, QrCode -> throw new UnsupportedOperationException(operation.name());
        };
    }

    private final class Reader implements ApiReader {

        @Override
        public CompletionStage<Response<Secret>> secret(String namespace, String name) {
            secretReads.add(time.instant());
            Secret secret = new SecretBuilder()
                    .withType("Opaque")
                    .addToData("access_token", "d2F3cC10b2tlbi0wMTIzNDU2Nzg5YWJjZGVm")
                    .build();
            return CompletableFuture.completedStage(new Response<>(200, Optional.of(secret)));
        }

        @Override
        public CompletionStage<Response<List<WhatsAppSession>>> sessionsOfOtherShards(
                String namespace, String instanceId) {
            return CompletableFuture.completedStage(new Response<>(200, Optional.of(List.of())));
        }

        @Override
        public CompletionStage<Response<WhatsAppSession>> session(String namespace, String name) {
            return CompletableFuture.completedStage(new Response<>(resourceReads.remove(), Optional.empty()));
        }
    }
}
