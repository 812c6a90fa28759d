package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.PairingMode;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.pairing.PairingOffers;
import net.wawp.operator.pairing.PairingOwner;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.PairingStep;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Rest;
import net.wawp.operator.session.RestRules;
import net.wawp.operator.session.policy.RestartRule;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.status.StatusFactory;
import net.wawp.operator.status.StatusReader;

/**
 * What stands beside the declared state: requests to link a phone and to restart, and the rest of the session. Says in the status how it
 * stands, and has the ways to pair made and taken back.
 */
final class RequestExecutor {

    /** How soon it is noticed that somebody has set the clock. */
    private static final Duration CLOCK_CHECK = Duration.ofMinutes(1);

    /** How long a resource that is being deleted waits for its way to pair to be taken back. */
    private static final Duration WITHDRAWAL_LIMIT = Duration.ofSeconds(10);

    private final PairingOffers offers;
    private final Consumer<String> wake;

    /** @param wake asks for a reconciliation of the resource with this UID, also while one is under way */
    RequestExecutor(PairingOffers offers, Consumer<String> wake) {
        this.offers = offers;
        this.wake = wake;
    }

    /** Carries the plan for the way to pair out. One for a request that no status knows yet waits: a crash would leave it behind. */
    void carryOut(ReconcileInputs inputs) {
        Optional<PairingRequest> known = written(inputs.resource());
        PairingStep.Plan plan = inputs.pairing().plan();
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

    /** Whether the resource must stay until its way to pair is taken back. */
    boolean holds(ReconcileInputs inputs) {
        boolean isInTime = inputs.memory()
                .deletedAt()
                .filter(at -> inputs.now().isBefore(at.plus(WITHDRAWAL_LIMIT)))
                .isPresent();
        return isInTime && inputs.pairing().plan() instanceof PairingStep.Withdraw;
    }

    /** The judgement with what the user has to know about the requests. */
    UpdateStatus explain(ReconcileInputs inputs, UpdateStatus update) {
        UpdateStatus told = inputs.pairing().sentence().map(update::adding).orElse(update);
        return refusal(inputs, update)
                .filter(sentence -> inputs.isRestartOpen() || wasRefused(inputs))
                .map(told::adding)
                .orElse(told);
    }

    /** The status with everything that stands beside the judgement. */
    WhatsAppSessionStatus complete(ReconcileInputs inputs, UpdateStatus update, WhatsAppSessionStatus status) {
        Rest rest = rest(inputs);
        WhatsAppSessionStatus whole = StatusFactory.withRest(
                withPairing(inputs, status),
                inputs.status(),
                rest.idleSince(),
                rest.nextTransitionAt().map(at -> inputs.wallNow().plus(Duration.between(inputs.now(), at))));
        return handlesRestart(inputs, update)
                ? whole.toBuilder()
                        .lastHandledRestart(
                                PersonRequests.restart(inputs.resource()).orElseThrow())
                        .build()
                : whole;
    }

    /** The status with the request to link a phone alone, for a decision that says nothing of the conditions. */
    WhatsAppSessionStatus withPairing(ReconcileInputs inputs, WhatsAppSessionStatus status) {
        return StatusFactory.withPairing(status, inputs.pairing().request());
    }

    boolean changesPairing(ReconcileInputs inputs) {
        return !inputs.pairing().request().equals(written(inputs.resource()));
    }

    /** The status was written: what waited for it may follow. */
    void written(ReconcileInputs inputs) {
        if (changesPairing(inputs)) {
            wake.accept(inputs.uid());
        }
    }

    /** When to decide again even if nothing happens. */
    Optional<Instant> due(ReconcileInputs inputs) {
        RestRules rules = inputs.facts().target().rest();
        boolean hasHours = rules.outsideHours() || rules.hoursChangeAt().isPresent();
        return Stream.of(
                        inputs.pairing().recheckAt(),
                        rest(inputs).nextTransitionAt(),
                        hasHours ? Optional.of(inputs.now().plus(CLOCK_CHECK)) : Optional.<Instant>empty())
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
    }

    /** What the status itself says, whoever wrote it. */
    private static Optional<PairingRequest> written(WhatsAppSession resource) {
        return StatusReader.pairingRequest(ReconcileInputs.statusOf(resource));
    }

    private static Rest rest(ReconcileInputs inputs) {
        return SessionPolicy.rest(inputs.facts(), inputs.now());
    }

    private static Optional<String> refusal(ReconcileInputs inputs, UpdateStatus update) {
        return update.blocker().isPresent()
                ? Optional.empty()
                : RestartRule.refusal(
                        inputs.facts().target(),
                        rest(inputs),
                        update.readiness().reason());
    }

    private static boolean handlesRestart(ReconcileInputs inputs, UpdateStatus update) {
        boolean isBegun =
                update.call().map(Call::purpose).filter(Purpose.Restart::equals).isPresent();
        return inputs.isRestartOpen() && (isBegun || refusal(inputs, update).isPresent());
    }

    /** Whether the status says that the last request was refused: it goes on saying so while that is the last request. */
    private static boolean wasRefused(ReconcileInputs inputs) {
        return PersonRequests.restart(inputs.resource()).isPresent()
                && Conditions.find(inputs.status().conditions(), Conditions.READY)
                        .map(Condition::message)
                        .filter(RestartRule::isRefusal)
                        .isPresent();
    }

    private static Optional<String> token(PairingStep.Plan plan) {
        if (plan instanceof PairingStep.Offer offer) {
            return Optional.of(offer.token());
        }
        return plan instanceof PairingStep.Withdraw withdraw ? Optional.of(withdraw.token()) : Optional.empty();
    }
}
