package net.wawp.operator.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import net.wawp.operator.pairing.PairingSecrets.Outcome;
import net.wawp.operator.poller.EventLoop;
import net.wawp.operator.session.PairingOffer;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.PairingStep;
import net.wawp.operator.session.PairingStep.Plan;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.Timing;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.HttpWawpClient;
import net.wawp.operator.wawp.WawpEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The making and taking back of ways to pair, against the simulator; the Secrets are in memory. */
class PairingOffersTest {

    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "token-of-the-offers-test");
    private static final PairingOwner OWNER = new PairingOwner("uid-1", "crm", "support-line");
    private static final String TOKEN = "scan";
    private static final Plan OFFER = new PairingStep.Offer(TOKEN);
    private static final Plan WITHDRAW = new PairingStep.Withdraw(TOKEN, true);

    private final ManualClock clock = new ManualClock();
    private final WawpSimulator wawp = WawpSimulator.start(clock);
    private final Vertx vertx = Vertx.vertx();
    private final InMemoryPairingSecrets secrets = new InMemoryPairingSecrets();
    private final List<String> woken = new CopyOnWriteArrayList<>();
    private SimulatedSession session;
    private PairingOffers offers;
    private volatile boolean leads = true;

    @BeforeEach
    void waitForAScan() {
        session = wawp.add(CREDENTIALS.instanceId(), CREDENTIALS.accessToken()).put(EngineState.SCAN_QR_CODE);
        offers = newProcess();
    }

    @AfterEach
    void close() {
        offers.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        wawp.close();
    }

    @Test
    void theSecretHoldsTheLinkItsEndAndTheCodeOfNow() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));

        PairingMaterial material = secrets.of(OWNER.name()).orElseThrow();
        assertThat(material.link()).isEqualTo(session.link().orElseThrow());
        assertThat(material.linkExpiresAt()).isEqualTo(clock.instant().plus(Duration.ofMinutes(30)));
        assertThat(material.payload()).isEqualTo(session.qrPayload());
        assertThat(woken).contains(OWNER.uid());
    }

    @Test
    void withoutTheCodeTheSecretHoldsTheLinkAlone() {
        carryOut(OFFER, false);
        awaitReport(new PairingOffer.Open(TOKEN));

        assertThat(secrets.of(OWNER.name()).orElseThrow().payload()).isEmpty();
        assertThat(wawp.ledger().calls(Operation.qr, CREDENTIALS.instanceId())).isEmpty();
    }

    @Test
    void theSecretIsRenewedWithEachCodeAndNotMoreOften() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));
        for (int code = 2; code <= 6; code++) {
            clock.advance(Duration.ofSeconds(code == 2 ? 60 : 20));
            await().until(() ->
                    secrets.of(OWNER.name()).flatMap(PairingMaterial::payload).equals(session.qrPayload()));
        }
        awaitMoreCalls(Operation.qr);

        assertThat(secrets.requests()).hasSize(6).containsOnly("write " + TOKEN);
        assertThat(wawp.ledger().calls(Operation.offerLink, CREDENTIALS.instanceId()))
                .as("one page for all codes")
                .hasSize(1);
    }

    @Test
    void whatIsWithdrawnIsRevokedAndDeleted() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));

        carryOut(WITHDRAW, true);
        awaitReport(new PairingOffer.Closed(TOKEN, Optional.empty()));

        assertThat(session.link()).isEmpty();
        assertThat(secrets.of(OWNER.name())).isEmpty();
    }

    @Test
    void theLinkOfAnInstanceThatIsAnotherResourcesIsNotRevoked() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));

        carryOut(new PairingStep.Withdraw(TOKEN, false), true);
        awaitReport(new PairingOffer.Closed(TOKEN, Optional.empty()));

        assertThat(secrets.of(OWNER.name())).isEmpty();
        assertThatNothingWasRevoked();
    }

    @Test
    void anInstanceThatIsLostWhileItsLinkIsBeingRevokedIsCalledNoMore() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));
        wawp.inject(Fault.error(503, BodyFormat.Text));
        carryOut(WITHDRAW, true);
        awaitMoreCalls(Operation.revokeLink);

        carryOut(new PairingStep.Withdraw(TOKEN, false), true);
        awaitReport(new PairingOffer.Closed(TOKEN, Optional.empty()));
        int calls = wawp.ledger().calls().size();
        clock.advance(Duration.ofMinutes(1));
        carryOut(new PairingStep.Withdraw(TOKEN, false), true);

        assertThat(wawp.ledger().calls()).hasSize(calls);
    }

    @Test
    void theCredentialsOfAnotherInstanceRevokeNoLinkThere() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));
        Credentials another = new Credentials("A1B2C3D4E5F6", "token-of-another-instance");
        wawp.add(another.instanceId(), another.accessToken()).put(EngineState.SCAN_QR_CODE);
        secrets.answer(Outcome.Failed);
        carryOut(new PairingStep.Withdraw(TOKEN, false), Optional.of(another));
        await().until(() -> secrets.requests().contains("delete"));

        carryOut(WITHDRAW, Optional.empty());
        awaitInTime(() -> session.link().isEmpty());

        assertThat(wawp.ledger().calls(Operation.revokeLink, another.instanceId()))
                .isEmpty();
    }

    @Test
    void whatAnotherProcessHasLeftIsTakenBackToo() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));
        offers.close();
        offers = newProcess();

        carryOut(WITHDRAW, true);
        awaitReport(new PairingOffer.Closed(TOKEN, Optional.empty()));

        assertThat(session.link()).isEmpty();
        assertThat(secrets.of(OWNER.name())).isEmpty();
    }

    @Test
    void theNextProcessReplacesTheLinkOfTheLast() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));
        String first = session.link().orElseThrow();
        offers.close();
        offers = newProcess();

        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));

        assertThat(session.link()).isPresent().get().isNotEqualTo(first);
        assertThat(secrets.of(OWNER.name()).map(PairingMaterial::link)).isEqualTo(session.link());
    }

    @Test
    void anotherRequestGetsALinkOfItsOwn() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));
        String first = session.link().orElseThrow();

        offers.carryOut(
                OWNER,
                Optional.of(PairingRequest.begin("again", clock.instant())),
                new PairingStep.Offer("again"),
                true,
                Optional.of(CREDENTIALS));
        awaitReport(new PairingOffer.Open("again"));

        assertThat(secrets.of(OWNER.name()).map(PairingMaterial::link)).isEqualTo(session.link());
        assertThat(session.link()).isPresent().get().isNotEqualTo(first);
    }

    @Test
    void nothingIsMadeBeforeTheSessionShowsACode() {
        carryOut(new PairingStep.Leave(), true);
        awaitReport(new PairingOffer.None());
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));

        assertThat(secrets.requests()).as("one whole Secret").containsExactly("write " + TOKEN);
        assertThat(secrets.of(OWNER.name()).orElseThrow().payload()).isEqualTo(session.qrPayload());
    }

    // --- the worst day -------------------------------------------------------------------------------------------

    @Test
    void aProcessThatHasLostTheLeadMakesAndTakesBackNothing() {
        leads = false;
        carryOut(OFFER, true);
        carryOut(WITHDRAW, true);
        awaitReport(new PairingOffer.Closing(TOKEN, Optional.empty()));

        assertThat(wawp.ledger().calls()).isEmpty();
        assertThat(secrets.requests()).isEmpty();
    }

    @Test
    void aSecretThatMayNotBeWrittenIsSaidAndTheLinkDoesNotStay() {
        secrets.answer(Outcome.Forbidden);
        carryOut(OFFER, true);
        await().until(() -> offers.report(OWNER.uid()) instanceof PairingOffer.Impossible);
        assertThat(((PairingOffer.Impossible) offers.report(OWNER.uid())).message())
                .contains("may not write Secrets", "pairing.enabled=true");

        secrets.answer(Outcome.Done);
        carryOut(WITHDRAW, true);
        await().until(() -> offers.report(OWNER.uid()) instanceof PairingOffer.Closed);
        assertThat(offers.report(OWNER.uid()).impossible(TOKEN))
                .as("it is kept")
                .isPresent();
        assertThat(session.link()).isEmpty();
    }

    @Test
    void aSecretThatWasWrittenBeforeTheRightWentIsNotCalledGone() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));

        secrets.answer(Outcome.Forbidden);
        clock.advance(Duration.ofSeconds(60));
        await().until(() -> offers.report(OWNER.uid()) instanceof PairingOffer.Impossible);

        assertThatTheSecretIsDeletedOnceTheRightIsBack();
    }

    @Test
    void aSecretThatAnotherProcessWroteBeforeTheRightWentIsNotCalledGone() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));
        offers.close();
        offers = newProcess();

        secrets.answer(Outcome.Forbidden);
        carryOut(PairingRequest.Phase.Offered, OFFER);
        await().until(() -> offers.report(OWNER.uid()) instanceof PairingOffer.Impossible);

        assertThatTheSecretIsDeletedOnceTheRightIsBack();
    }

    private void assertThatTheSecretIsDeletedOnceTheRightIsBack() {
        carryOut(WITHDRAW, true);
        awaitInTime(() -> session.link().isEmpty()
                && secrets.requests().stream().filter("delete"::equals).count() > 1);
        assertThat(offers.report(OWNER.uid())).isInstanceOf(PairingOffer.Closing.class);
        assertThat(secrets.of(OWNER.name())).isPresent();

        secrets.answer(Outcome.Done);
        awaitInTime(() -> offers.report(OWNER.uid()) instanceof PairingOffer.Closed);
        assertThat(secrets.of(OWNER.name())).isEmpty();
    }

    @Test
    void whyARequestWasNotServedIsReportedInTheMomentTooInWhichTheStatusCallsItEnded() {
        List<PairingOffer> read = new CopyOnWriteArrayList<>();
        offers.close();
        // the ticking stops while what is known of the request is cleared
        offers = newProcess(heard(
                Context.class, vertx.getOrCreateContext(), "cancelTimer", () -> read.add(offers.report(OWNER.uid()))));
        secrets.answer(Outcome.Forbidden);
        carryOut(OFFER, true);
        await().until(() -> offers.report(OWNER.uid()) instanceof PairingOffer.Impossible);
        secrets.answer(Outcome.Done);
        carryOut(WITHDRAW, true);
        await().until(() -> offers.report(OWNER.uid()) instanceof PairingOffer.Closed);

        carryOutEnded();
        await().until(() -> !read.isEmpty());

        assertThat(read).allMatch(report -> report.impossible(TOKEN).isPresent());
    }

    @Test
    void aSecretOfSomebodyElseIsSaid() {
        secrets.answer(Outcome.Taken);
        carryOut(OFFER, true);
        await().until(() -> offers.report(OWNER.uid()) instanceof PairingOffer.Impossible);

        assertThat(((PairingOffer.Impossible) offers.report(OWNER.uid())).message())
                .contains("support-line-pairing");
    }

    @Test
    void aSecretThatTheApiServerRefusesIsReportedWithWhatToDo() {
        secrets.answer(Outcome.Refused);
        carryOut(OFFER, true);

        await().until(() -> offers.report(OWNER.uid()).impossible(TOKEN).isPresent());
        assertThat(offers.report(OWNER.uid()).impossible(TOKEN).orElseThrow())
                .contains("support-line-pairing", "quota", "245 characters", "request pairing again")
                .doesNotContain("pairing.enabled");
    }

    @Test
    void aSecretThatCannotBeWrittenForNowIsWrittenLater() {
        secrets.answer(Outcome.Failed);
        carryOut(OFFER, true);
        await().until(() -> secrets.requests().size() == 1);
        assertThat(offers.report(OWNER.uid())).isEqualTo(new PairingOffer.Opening(TOKEN));

        secrets.answer(Outcome.Done);

        awaitInTime(() -> offers.report(OWNER.uid()).equals(new PairingOffer.Open(TOKEN)));
    }

    @Test
    void whileWawpIsAwayTheSecretGoesAllTheSameAndTheLinkOnceWawpIsBack() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));
        wawp.inject(Fault.error(503, BodyFormat.Text));

        carryOut(WITHDRAW, true);
        await().until(() -> secrets.of(OWNER.name()).isEmpty());
        awaitMoreCalls(Operation.revokeLink);
        assertThat(offers.report(OWNER.uid())).isEqualTo(new PairingOffer.Closing(TOKEN, Optional.empty()));
        assertThat(session.link()).isPresent();

        wawp.heal();
        awaitInTime(() -> offers.report(OWNER.uid()).equals(new PairingOffer.Closed(TOKEN, Optional.empty())));
        assertThat(session.link()).isEmpty();
    }

    @Test
    void whileTheApiServerIsAwayTheLinkIsRevokedAllTheSame() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));
        secrets.answer(Outcome.Failed);

        carryOut(WITHDRAW, true);
        awaitInTime(() -> session.link().isEmpty());
        assertThat(offers.report(OWNER.uid())).isEqualTo(new PairingOffer.Closing(TOKEN, Optional.empty()));

        secrets.answer(Outcome.Done);
        awaitInTime(() -> offers.report(OWNER.uid()).equals(new PairingOffer.Closed(TOKEN, Optional.empty())));
    }

    @Test
    void aLinkThatNobodyCanRevokeIsGivenUpOnceItIsGoneByItself() {
        wawp.inject(Fault.error(503, BodyFormat.Text).on(Operation.revokeLink));
        carryOut(WITHDRAW, true);
        awaitMoreCalls(Operation.revokeLink);

        clock.advance(Duration.ofMinutes(31));

        awaitInTime(() -> offers.report(OWNER.uid()).equals(new PairingOffer.Closed(TOKEN, Optional.empty())));
    }

    @Test
    void aWithdrawalWhileTheLinkIsBeingMadeRevokesIt() {
        session.conduct().timing(Timing.DEFAULT.withLatency(300));
        carryOut(OFFER, true);
        await().until(() -> session.link().isPresent());

        carryOut(WITHDRAW, true);
        awaitReport(new PairingOffer.Closed(TOKEN, Optional.empty()));

        assertThat(session.link()).isEmpty();
        assertThat(secrets.of(OWNER.name())).isEmpty();
    }

    @Test
    void whatBelongsToAResourceThatIsGoneIsTakenBackAndForgotten() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));

        offers.forget(OWNER.uid());
        awaitReport(new PairingOffer.None());

        assertThat(session.link()).isEmpty();
        assertThat(secrets.of(OWNER.name())).isEmpty();
    }

    @Test
    void whatBelongsToAResourceThatAnotherProcessServesNowStays() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));

        offers.leave(OWNER.uid());
        awaitReport(new PairingOffer.None());

        assertThat(secrets.of(OWNER.name())).isPresent();
        assertThatNothingWasRevoked();
    }

    @Test
    void aRequestThatTheStatusCallsEndedLeavesNothing() {
        carryOut(OFFER, true);
        awaitReport(new PairingOffer.Open(TOKEN));

        carryOutEnded();
        awaitReport(new PairingOffer.None());

        assertThat(session.link()).isEmpty();
        assertThat(secrets.of(OWNER.name())).isEmpty();
    }

    @Test
    void whereTheCodeCannotBeReadTheLinkAloneIsOffered() {
        wawp.inject(Fault.error(500, BodyFormat.Html).on(Operation.qr));
        carryOut(OFFER, true);

        awaitInTime(() -> offers.report(OWNER.uid()).equals(new PairingOffer.Open(TOKEN)));
        assertThat(secrets.of(OWNER.name()).orElseThrow().payload()).isEmpty();
    }

    @Test
    void aPageThatWawpRefusesIsSaid() {
        wawp.inject(Fault.error(403, BodyFormat.Json).on(Operation.offerLink));
        carryOut(OFFER, true);

        await().until(() -> offers.report(OWNER.uid()) instanceof PairingOffer.Impossible);
        assertThat(secrets.requests()).isEmpty();
    }

    @Test
    void aWayToPairDoesNotPrintItself() {
        assertThat(new PairingMaterial("https://app.wawp.net/temp-qr/abc", Instant.MAX, Optional.of("2@abc"))
                        .toString())
                .doesNotContain("abc");
    }

    private void assertThatNothingWasRevoked() {
        assertThat(session.link()).isPresent();
        assertThat(wawp.ledger().calls(Operation.revokeLink, CREDENTIALS.instanceId()))
                .isEmpty();
    }

    private PairingOffers newProcess() {
        return newProcess(vertx.getOrCreateContext());
    }

    private PairingOffers newProcess(Context context) {
        EventLoop loop = new EventLoop(context);
        HttpWawpClient client = new HttpWawpClient(
                vertx,
                WawpEndpoint.direct(wawp.baseUrl()),
                HttpWawpClient.Style.Body,
                Duration.ofSeconds(10),
                4,
                InstantSource.system(),
                InstantSource.system());
        return new PairingOffers(loop, client, secrets, () -> leads, clock, woken::add);
    }

    /** The same, and whoever calls this method of it, or of the {@link Vertx} that it belongs to, runs the listener first. */
    private static <T> T heard(Class<T> type, T real, String method, Runnable listener) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, args) -> {
            if (called.getName().equals(method)) {
                listener.run();
            }
            Object result = called.invoke(real, args);
            return result instanceof Vertx owner ? heard(Vertx.class, owner, method, listener) : result;
        }));
    }

    private void carryOut(Plan plan, boolean withCode) {
        offers.carryOut(
                OWNER,
                Optional.of(PairingRequest.begin(TOKEN, clock.instant())),
                plan,
                withCode,
                Optional.of(CREDENTIALS));
    }

    private void carryOut(Plan plan, Optional<Credentials> credentials) {
        offers.carryOut(OWNER, Optional.of(PairingRequest.begin(TOKEN, clock.instant())), plan, true, credentials);
    }

    private void carryOut(PairingRequest.Phase phase, Plan plan) {
        offers.carryOut(
                OWNER,
                Optional.of(PairingRequest.begin(TOKEN, clock.instant()).in(phase)),
                plan,
                true,
                Optional.of(CREDENTIALS));
    }

    /** What a reconciliation carries out once the status calls the request ended. */
    private void carryOutEnded() {
        offers.carryOut(
                OWNER,
                Optional.of(PairingRequest.begin(TOKEN, clock.instant()).in(PairingRequest.Phase.Expired)),
                new PairingStep.Leave(),
                true,
                Optional.of(CREDENTIALS));
    }

    private void awaitReport(PairingOffer report) {
        await().untilAsserted(() -> assertThat(offers.report(OWNER.uid())).isEqualTo(report));
    }

    private void awaitMoreCalls(Operation operation) {
        int before = wawp.ledger().calls(operation, CREDENTIALS.instanceId()).size();
        awaitInTime(
                () -> wawp.ledger().calls(operation, CREDENTIALS.instanceId()).size() > before);
    }

    /** Waits while time passes, ten times as fast as usual. */
    private void awaitInTime(BooleanSupplier condition) {
        await().until(() -> {
            clock.advance(Duration.ofSeconds(1));
            return condition.getAsBoolean();
        });
    }
}
