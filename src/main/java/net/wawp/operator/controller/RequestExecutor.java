package net.wawp.operator.controller;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import net.wawp.operator.api.v1alpha1.PairingMode;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.pairing.PairingOffers;
import net.wawp.operator.pairing.PairingOwner;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.PairingStep;
import net.wawp.operator.session.PolicyResult;
import net.wawp.operator.session.Rest;
import net.wawp.operator.status.StatusFactory;
import net.wawp.operator.status.StatusReader;

/** Carries out what is decided beside the declared state: has the ways to pair made and taken back, and writes how requests and rest stand. */
final class RequestExecutor {

    private final PairingOffers offers;
    private final Consumer<String> wake;

    /** @param wake asks for a reconciliation of the resource with this UID, also while one is under way */
    RequestExecutor(PairingOffers offers, Consumer<String> wake) {
        this.offers = offers;
        this.wake = wake;
    }

    /** Carries the plan for the way to pair out. One for a request that no status knows yet waits: a crash would leave it behind. */
    void carryOut(ReconcileInputs inputs, PairingStep step) {
        Optional<PairingRequest> known = written(inputs.resource());
        PairingStep.Plan plan = step.plan();
        boolean isForKnown = token(plan)
                .map(token ->
                        known.map(PairingRequest::token).filter(token::equals).isPresent())
                .orElse(true);
        offers.carryOut(
                new PairingOwner(
                        inputs.uid(),
                        inputs.meta().getNamespace(),
                        inputs.meta().getName()),
                known,
                isForKnown ? plan : new PairingStep.Leave(),
                inputs.pairingMode() == PairingMode.QR,
                inputs.credentials());
    }

    /** The status with everything that stands beside the judgement of the session. */
    WhatsAppSessionStatus complete(ReconcileInputs inputs, PolicyResult result, WhatsAppSessionStatus status) {
        Rest rest = result.rest();
        WhatsAppSessionStatus whole = StatusFactory.withRest(
                StatusFactory.withPairing(status, result.pairing().request()),
                inputs.status(),
                rest.idleSince(),
                rest.nextTransitionAt().map(at -> inputs.wallNow().plus(Duration.between(inputs.now(), at))));
        return switch (result.restart()) {
            case None, StillRefused -> whole;
            case Begun, Refused ->
                whole.toBuilder()
                        .lastHandledRestart(
                                PersonRequests.restart(inputs.resource()).orElseThrow())
                        .build();
        };
    }

    boolean changesPairing(ReconcileInputs inputs, PairingStep step) {
        return !step.request().equals(written(inputs.resource()));
    }

    /** The status was written: what waited for it may follow. */
    void written(ReconcileInputs inputs, PairingStep step) {
        if (changesPairing(inputs, step)) {
            wake.accept(inputs.uid());
        }
    }

    /** What the status itself says, whoever wrote it. */
    private static Optional<PairingRequest> written(WhatsAppSession resource) {
        return StatusReader.pairingRequest(ReconcileInputs.statusOf(resource));
    }

    private static Optional<String> token(PairingStep.Plan plan) {
        if (plan instanceof PairingStep.Offer offer) {
            return Optional.of(offer.token());
        }
        return plan instanceof PairingStep.Withdraw withdraw ? Optional.of(withdraw.token()) : Optional.empty();
    }
}
