package net.wawp.operator.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Account;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.time.Timestamps;

/** Makes the status that an update calls for. An equal status is not written: at rest the operator writes nothing. */
public final class StatusFactory {

    /** Two clocks are compared: what differs by less is the same time. */
    private static final Duration NO_MOVE = Duration.ofSeconds(2);

    private StatusFactory() {}

    /**
     * The status after this update.
     *
     * @param before the status so far: transition times and what no poll has shown anew are taken from it
     * @param lastAction the call that is announced with this update, else the last one
     * @param generation of the spec that was decided on
     * @param instanceId the instance that the resource is bound to, if it is
     * @param handledRequest the token of the request that this update answers, if it does
     */
    public static WhatsAppSessionStatus create(
            WhatsAppSessionStatus before,
            UpdateStatus update,
            Optional<LastAction> lastAction,
            long generation,
            Observation observation,
            Optional<String> instanceId,
            Optional<String> handledRequest,
            Instant now) {
        // a resource whose instance another one owns polls nothing: what it once saw would be shown for ever
        boolean isPolled = update.readiness().reason() != Reason.InstanceConflict;
        WhatsAppSessionStatus lastSeen = isPolled ? before : WhatsAppSessionStatus.EMPTY;
        Optional<SessionInfo> seen =
                observation.observed().filter(any -> isPolled).map(ObservedState::info);
        return WhatsAppSessionStatus.builder()
                .observedGeneration(generation)
                .sessionState(seen.map(info -> info.state().name()).orElse(lastSeen.sessionState()))
                .pairing(update.pairing().name())
                .instanceId(instanceId.orElse(null))
                .sessionName(seen.flatMap(SessionInfo::sessionName).orElse(lastSeen.sessionName()))
                .account(account(lastSeen, update, seen))
                .plannedAction(update.planned().map(Action::name).orElse(null))
                .lastAction(lastAction.map(StatusFactory::write).orElse(null))
                .restarts(update.restarts())
                .lastHandledRequestAt(handledRequest.orElse(before.lastHandledRequestAt()))
                .lastHandledRestart(before.lastHandledRestart())
                .pairingRequest(before.pairingRequest())
                .conditions(conditions(before, update, generation, now))
                .build();
    }

    private static List<Condition> conditions(
            WhatsAppSessionStatus before, UpdateStatus update, long generation, Instant now) {
        List<Condition> conditions =
                new ArrayList<>(Conditions.of(update.readiness(), generation, before.conditions(), now));
        boolean isLoggedOut = update.readiness().reason() == Reason.LoggedOut;
        // a call that is announced with this update has unlinked nothing; the one before it may have
        conditions.add(PairedCondition.of(before, update.pairing(), update.lastAction(), isLoggedOut, generation, now));
        return conditions;
    }

    /** The same status with these facts, for a decision that says nothing of the readiness. */
    public static WhatsAppSessionStatus record(WhatsAppSessionStatus before, Facts facts, Instant now) {
        boolean isUnknown = before.pairing() == null && facts.pairing() == Pairing.Unknown;
        return before.toBuilder()
                .pairing(isUnknown ? null : facts.pairing().name())
                .conditions(
                        facts.pairing().name().equals(before.pairing())
                                ? before.conditions()
                                : before.conditions().stream()
                                        .map(condition -> condition.type().equals(Conditions.PAIRED)
                                                ? PairedCondition.of(
                                                        before,
                                                        facts.pairing(),
                                                        facts.lastAction(),
                                                        false,
                                                        condition.observedGeneration(),
                                                        now)
                                                : condition)
                                        .toList())
                .account(facts.pairing() == Pairing.Unpaired ? null : before.account())
                .lastAction(facts.lastAction().map(StatusFactory::write).orElse(before.lastAction()))
                .build();
    }

    /** The same status with this request to link a phone. */
    public static WhatsAppSessionStatus withPairing(WhatsAppSessionStatus status, Optional<PairingRequest> request) {
        return status.toBuilder()
                .pairingRequest(request.map(StatusFactory::write).orElse(null))
                .build();
    }

    /**
     * The same status with what is known of the session's rest.
     *
     * @param before the status so far: a time that has not really moved stays as it is
     */
    public static WhatsAppSessionStatus withRest(
            WhatsAppSessionStatus status,
            WhatsAppSessionStatus before,
            Optional<Instant> idleSince,
            Optional<Instant> nextTransitionAt) {
        return status.toBuilder()
                .idleSince(steady(idleSince, before.idleSince()))
                .nextTransitionAt(steady(nextTransitionAt, before.nextTransitionAt()))
                .build();
    }

    private static String steady(Optional<Instant> time, String before) {
        return time.map(at -> Timestamps.parse(before)
                        .filter(earlier -> Duration.between(earlier, at).abs().compareTo(NO_MOVE) < 0)
                        .map(earlier -> before)
                        .orElseGet(() -> Timestamps.format(at)))
                .orElse(null);
    }

    private static net.wawp.operator.api.v1alpha1.PairingRequest write(PairingRequest request) {
        return new net.wawp.operator.api.v1alpha1.PairingRequest(
                request.token(),
                request.phase().name(),
                request.expiresAt().map(Timestamps::format).orElse(null));
    }

    /** The account goes with the pairing: it is shown as long as a phone is linked, or may be. */
    private static Account account(WhatsAppSessionStatus before, UpdateStatus update, Optional<SessionInfo> seen) {
        return switch (update.pairing()) {
            case Unpaired -> null;
            case Paired, Unknown ->
                seen.flatMap(SessionInfo::account).map(Account::new).orElse(before.account());
        };
    }

    private static net.wawp.operator.api.v1alpha1.LastAction write(LastAction action) {
        return new net.wawp.operator.api.v1alpha1.LastAction(
                action.type().name(),
                action.id(),
                action.purpose().name(),
                action.phase().name(),
                action.attempt(),
                action.generation(),
                Timestamps.format(action.time()));
    }
}
