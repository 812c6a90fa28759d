package net.wawp.operator.controller;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.PairingRequest;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.status.StatusReader;

/**
 * What the status of a resource truly says of its session. Only the leader writes it, so what this process wrote itself stands whatever
 * somebody puts there later. Before its first write the process goes by what it found; only an action may still come from the leader before
 * it, whose last write can be late.
 *
 * @param handled how far people's requests have come
 * @param isOwn whether this process wrote it
 */
record KnownStatus(
        Pairing pairing,
        int restarts,
        Optional<LastAction> lastAction,
        Optional<ReportedStatus> reported,
        Handled handled,
        boolean isOwn) {

    /**
     * How far people's requests have come, in the words of the status; null where it has none.
     *
     * @param request the token of the last request to poll that was answered
     * @param restart that of the last request to restart
     * @param isRestartRefused whether this process answered it by refusing it
     * @param pairing the last request to link a phone
     * @param idleSince when the session was stopped since nobody used it
     */
    record Handled(String request, String restart, boolean isRestartRefused, PairingRequest pairing, String idleSince) {

        /** One for all resources that nobody requests anything of, which are most. */
        private static final Handled NONE = new Handled(null, null, false, null, null);

        private static Handled of(WhatsAppSessionStatus status, boolean isRestartRefused) {
            return new Handled(
                            status.lastHandledRequestAt(),
                            status.lastHandledRestart(),
                            isRestartRefused,
                            status.pairingRequest(),
                            status.idleSince())
                    .shared();
        }

        private Handled shared() {
            return equals(NONE) ? NONE : this;
        }
    }

    /** From a status that this process finds. */
    static KnownStatus found(WhatsAppSessionStatus status, Instant now) {
        return of(status, false, now, false);
    }

    /**
     * After this process wrote this status: the write proves that nobody else's was newer.
     *
     * @param isRestartRefused whether the request to restart that it holds as handled was refused
     */
    KnownStatus written(WhatsAppSessionStatus status, boolean isRestartRefused, Instant now) {
        return of(status, isRestartRefused, now, true).inStateSince(reported, now);
    }

    /** A session may be ready before and after it turns to another state: the transition time of Ready says nothing of that. */
    private KnownStatus inStateSince(Optional<ReportedStatus> before, Instant now) {
        Optional<ReportedStatus> turned = reported.map(
                after -> after.turnedAt(before.filter(earlier -> earlier.state().equals(after.state()))
                        .map(ReportedStatus::stateSince)
                        .orElse(now)));
        return new KnownStatus(pairing, restarts, lastAction, turned, handled, isOwn);
    }

    /** After this process wrote facts alone: what else stood there was not written anew. */
    KnownStatus recorded(WhatsAppSessionStatus status, Instant now) {
        return new KnownStatus(
                StatusReader.pairing(status),
                restarts,
                StatusReader.lastAction(status, now),
                reported,
                new Handled(
                                handled.request(),
                                handled.restart(),
                                handled.isRestartRefused(),
                                status.pairingRequest(),
                                handled.idleSince())
                        .shared(),
                true);
    }

    private static KnownStatus of(WhatsAppSessionStatus status, boolean isRestartRefused, Instant now, boolean isOwn) {
        return new KnownStatus(
                StatusReader.pairing(status),
                StatusReader.restarts(status),
                StatusReader.lastAction(status, now),
                StatusReader.reported(status),
                Handled.of(status, isRestartRefused),
                isOwn);
    }

    /**
     * After the status was seen again.
     *
     * @param seenAt when the action that it holds was first seen
     */
    KnownStatus seen(WhatsAppSessionStatus status, Instant seenAt) {
        if (isOwn) {
            return this;
        }
        Optional<LastAction> now = StatusReader.lastAction(status, seenAt);
        return new KnownStatus(
                closesLogout(now) ? StatusReader.pairing(status) : pairing,
                restarts,
                now,
                reported,
                new Handled(
                                handled.request(),
                                status.lastHandledRestart(),
                                false,
                                status.pairingRequest(),
                                status.idleSince())
                        .shared(),
                false);
    }

    /** The token of the last request to poll that was answered. */
    Optional<String> handledRequest() {
        return Optional.ofNullable(handled.request());
    }

    /** This status, where what it says of people's requests is what is known of them. */
    WhatsAppSessionStatus correct(WhatsAppSessionStatus status) {
        return status.toBuilder()
                .lastHandledRequestAt(handled.request())
                .lastHandledRestart(handled.restart())
                .pairingRequest(handled.pairing())
                .idleSince(handled.idleSince())
                .build();
    }

    /** Whether the logout that was found open has been confirmed since. */
    private boolean closesLogout(Optional<LastAction> now) {
        Optional<String> open = lastAction
                .filter(action -> action.is(Action.Logout, Phase.Intended))
                .map(LastAction::id);
        return now.filter(action -> action.is(Action.Logout, Phase.Confirmed))
                .map(LastAction::id)
                .filter(id -> open.filter(id::equals).isPresent())
                .isPresent();
    }
}
