package net.wawp.operator.controller;

import static net.wawp.operator.controller.ReconcilerFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.PairingMode;
import net.wawp.operator.api.v1alpha1.PairingRequest;
import net.wawp.operator.api.v1alpha1.PairingSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What follows when a resource is gone: for those that share its instance, and for one that has its name by then. */
class GoneResourcesTest {

    private static final ResourceID NAME = new ResourceID("a", "crm");

    private final ReconcilerFixture fixture = new ReconcilerFixture();
    private final InMemorySessionStore store = fixture.store;
    private final List<String> wokenUids = new CopyOnWriteArrayList<>();
    private final List<String> rediscoveredUids = new CopyOnWriteArrayList<>();
    private final List<ResourceID> lookedUp = new CopyOnWriteArrayList<>();
    private Optional<WhatsAppSession> found = Optional.empty();

    @BeforeEach
    void listen() {
        var events = fixture.sessions.trigger.eventSource();
        events.setEventHandler(event -> {
            if (event instanceof ResourceEvent resource && resource.getAction() == ResourceAction.ADDED) {
                rediscoveredUids.add(
                        resource.getResource().orElseThrow().getMetadata().getUid());
            } else {
                fixture.sessions.trigger.uid(event.getRelatedCustomResourceID()).ifPresent(wokenUids::add);
            }
        });
        events.start();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void thoseThatCompeteForItsInstanceAreReconciledAtOnce() {
        String owner = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.clock.advance(Duration.ofSeconds(5));
        String competing = fixture.reconciled("b", spec(DesiredState.Running), SessionState.WORKING);
        fixture.reconcileAsTheFrameworkDoes(competing);
        wokenUids.clear();
        store.delete(owner);

        fixture.sessions.forget(owner);

        assertThat(wokenUids).containsExactly(competing);
    }

    @Test
    void itIsForgottenWhenAnotherOneHasItsNameAndNoDeletionWasSeen() {
        String before = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.reconcileAsTheFrameworkDoes(before);
        fixture.clock.advance(Duration.ofSeconds(5));
        String competing = fixture.reconciled("b", spec(DesiredState.Running), SessionState.WORKING);
        fixture.reconcileAsTheFrameworkDoes(competing);
        store.delete(before);
        String after = store.create("a", spec(DesiredState.Running));
        wokenUids.clear();

        fixture.reconcileAsTheFrameworkDoes(after);

        assertThat(wokenUids).as("its claim is gone").contains(competing);
        assertThat(fixture.sessions.trigger.uid(NAME)).contains(after);
    }

    @Test
    void itIsForgottenAndOneThatWasCreatedAnewMeanwhileIsRediscovered() {
        String before = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.reconcileAsTheFrameworkDoes(before);
        WhatsAppSession gone = store.get(before);
        store.delete(before);
        String after = store.create("a", spec(DesiredState.Running));
        found = store.find(after);

        fixture.sessions.reconciler().reconcile(gone, afterTheDeletion());

        assertThat(fixture.sessions.trigger.uid(NAME)).isEmpty();
        await().untilAsserted(() -> assertThat(rediscoveredUids).containsExactly(after));
        assertThat(lookedUp).containsExactly(NAME);
    }

    @Test
    void oneThatLeftTheSelectorIsForgottenAndNothingIsCalledForIt() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.reconcileAsTheFrameworkDoes(uid);
        fixture.clock.advance(Duration.ofSeconds(5));
        String competing = fixture.reconciled("b", spec(DesiredState.Running), SessionState.WORKING);
        fixture.reconcileAsTheFrameworkDoes(competing);
        store.takeWrites();
        wokenUids.clear();

        fixture.sessions.reconciler().reconcile(store.get(uid), afterTheDeletion());

        assertThat(fixture.sent()).isEmpty();
        assertThat(store.takeWrites()).as("its finalizer stays").isEmpty();
        assertThat(fixture.sessions.trigger.uid(NAME)).isEmpty();
        assertThat(wokenUids).as("its claim is gone").containsExactly(competing);
    }

    @Test
    void theWayToPairOfOneThatLeftTheSelectorStaysForItsNextOperator() {
        String uid = offeringAWayToPair();

        fixture.sessions.reconciler().reconcile(store.get(uid), afterTheDeletion());
        fixture.confirm(uid);
        fixture.sessions.forget(uid);
        fixture.settle();

        assertThat(fixture.wawp.calls()).extracting(Call::operation).doesNotContain(Operation.RevokeLink);
        assertThat(fixture.pairingSecrets.requests()).doesNotContain("delete");
    }

    @Test
    void theWayToPairOfOneThatIsServedHereAgainIsKept() {
        String uid = offeringAWayToPair();

        fixture.sessions.reconciler().reconcile(store.get(uid), afterTheDeletion());
        fixture.wawp.clear();
        fixture.reconcileAsTheFrameworkDoes(uid);
        fixture.confirm(uid);
        fixture.reconcileUntilPolled(uid);
        fixture.observeAll(SessionState.SCAN_QR_CODE);
        fixture.reconcile(uid);
        fixture.reconcile(uid);

        assertThat(fixture.wawp.calls())
                .extracting(Call::operation)
                .contains(Operation.Info)
                .doesNotContain(Operation.RevokeLink, Operation.OfferLink);
        assertThat(fixture.pairingSecrets.requests()).doesNotContain("delete");
    }

    @Test
    void theWayToPairOfOneThatIsForgottenIsTakenBack() {
        String uid = offeringAWayToPair();

        fixture.sessions.forget(uid);

        await().untilAsserted(() ->
                assertThat(fixture.wawp.calls()).extracting(Call::operation).contains(Operation.RevokeLink));
    }

    @Test
    void theWayToPairOfOneThatIsGoneIsTakenBack() {
        String uid = offeringAWayToPair();

        gone(uid);

        assertThat(fixture.wawp.calls()).extracting(Call::operation).contains(Operation.RevokeLink);
    }

    @Test
    void aRequestForWhichNoCodeWasShownYetEndsWithItsResource() {
        String uid = fixture.reconciled("a", pairable(), SessionState.STARTING);
        store.annotate(uid, "wawp.net/pair", "scan");
        fixture.reconcileAsTheFrameworkDoes(uid);
        fixture.reconcile(uid);
        assertThat(fixture.status(uid).pairingRequest().phase()).isEqualTo("Preparing");

        gone(uid);

        assertThat(fixture.pairingSecrets.requests()).containsExactly("delete");
    }

    @Test
    void aRequestThatTheLoopHasNotTakenUpYetEndsWithItsResource() {
        String uid = fixture.reconciled("a", pairable(), SessionState.STARTING);
        store.annotate(uid, "wawp.net/pair", "scan");
        fixture.reconcileAsTheFrameworkDoes(uid);
        assertThat(fixture.status(uid).pairingRequest().phase()).isEqualTo("Preparing");
        CountDownLatch busy = new CountDownLatch(1);
        fixture.loop().run(() -> awaitQuietly(busy));
        try {
            fixture.sessions.reconciler().reconcile(store.get(uid), store, Stream::empty);
            lost(uid);
        } finally {
            busy.countDown();
        }

        fixture.confirm(store.get(store.create("a", pairable())));

        await().untilAsserted(
                        () -> assertThat(fixture.pairingSecrets.requests()).containsExactly("delete"));
    }

    @Test
    void whatAnEarlierLeaderOfferedIsTakenBackThoughNoPollHasShownACodeHereYet() {
        String uid = store.create("a", pairable());
        store.annotate(uid, "wawp.net/pair", "scan");
        String expiresAt = fixture.clock.instant().plus(Duration.ofMinutes(20)).toString();
        store.forge(
                uid,
                WhatsAppSessionStatus.builder()
                        .pairingRequest(new PairingRequest("scan", "Offered", expiresAt))
                        .build());
        fixture.reconcileUntilPolled(uid);
        fixture.reconcileAsTheFrameworkDoes(uid);

        gone(uid);

        assertThat(fixture.wawp.calls()).extracting(Call::operation).contains(Operation.RevokeLink);
        assertThat(fixture.pairingSecrets.requests()).containsExactly("delete");
    }

    @Test
    void nobodyWaitsForTheOutcomeOfItsCall() {
        String uid = fixture.reconciled("a", spec(DesiredState.Stopped), SessionState.WORKING);
        fixture.reconcile(uid);
        assertThat(fixture.sent()).containsExactly(Operation.Stop);
        CompletableFuture<Void> written = fixture.sessions.outcomesWritten().toCompletableFuture();
        assertThat(written).isNotDone();

        fixture.sessions.forget(uid);

        assertThat(written).isCompleted();
    }

    @Test
    void aMissingRightIsForgottenWithTheResourceThatItWasFoundMissingFor() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.WORKING);
        fixture.writes.failed(
                "crm",
                "a",
                new KubernetesClientException(
                        "User \"wawp-operator\" cannot update resource \"whatsappsessions/status\"", 403, null));
        assertThat(fixture.writes.readiness().isGood()).isFalse();

        fixture.sessions.reconciler().reconcile(store.get(uid), afterTheDeletion());

        assertThat(fixture.writes.readiness().isGood()).isTrue();
    }

    private static WhatsAppSessionSpec pairable() {
        return spec(DesiredState.Running).toBuilder()
                .pairing(new PairingSpec(PairingMode.Link, null))
                .build();
    }

    /** Has the watch lose it, and the API server say that another one has its name by now. */
    private void gone(String uid) {
        lost(uid);
        fixture.confirm(store.get(store.create("a", spec(DesiredState.Running))));
    }

    private void lost(String uid) {
        WhatsAppSession gone = store.get(uid);
        store.delete(uid);
        fixture.sessions.reconciler().reconcile(gone, afterTheDeletion());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String offeringAWayToPair() {
        String uid = fixture.reconciled("a", pairable(), SessionState.SCAN_QR_CODE);
        store.annotate(uid, "wawp.net/pair", "scan");
        for (int pass = 0; pass < 2; pass++) {
            fixture.reconcileAsTheFrameworkDoes(uid);
            fixture.reconcile(uid);
        }
        fixture.wawp.calls().stream()
                .filter(call -> call.operation() == Operation.OfferLink)
                .forEach(call -> call.answer().complete(new WawpResponse.PairingLink("https://example.com/link")));
        fixture.reconcile(uid);
        assertThat(fixture.pairingSecrets.of("a")).isPresent();
        return uid;
    }

    /** The last reconciliation of a resource, as the framework asks for it. */
    @SuppressWarnings("unchecked")
    private Context<WhatsAppSession> afterTheDeletion() {
        IndexedResourceCache<WhatsAppSession> cache = proxy(IndexedResourceCache.class, (self, method, arguments) -> {
            lookedUp.add((ResourceID) arguments[0]);
            return found;
        });
        return proxy(
                Context.class,
                (self, method, arguments) -> method.getName().equals("isPrimaryResourceDeleted") ? true : cache);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
