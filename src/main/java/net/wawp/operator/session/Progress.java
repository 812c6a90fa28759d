package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * How far a session has come: what the status keeps, and what this process alone knows.
 *
 * @param restarts how often recovery has restarted it since it last worked for a while
 * @param lastAction the last changing call, by whichever process
 * @param reported what the status says now
 * @param report what this process knows of the last call on the instance; empty where another process made {@code lastAction}
 * @param blocker what stood in the way at the last decision
 * @param foundAt when this process first saw the resource: an intent that it did not write is waited for from then
 * @param freshAfter only a poll that began at or after this may lead to a call: the last answer to one, or later when since then the
 *     credentials changed
 * @param isOwnStatus whether this process wrote what is known of the status; else it found it
 */
public record Progress(
        Pairing pairing,
        int restarts,
        Optional<LastAction> lastAction,
        Optional<ReportedStatus> reported,
        Optional<CommandReport> report,
        Optional<Blocker> blocker,
        Instant foundAt,
        Instant freshAfter,
        boolean isOwnStatus) {

    /**
     * What the status says.
     *
     * @param ready the status of the Ready condition
     * @param reason its reason
     * @param readySince its transition time
     * @param state the state of the session that was observed last
     * @param stateSince since when it has been in that state; where this process did not see it change, the transition time of Ready
     * @param generation the generation it was made for
     */
    public record ReportedStatus(
            Readiness.Ready ready,
            Optional<Reason> reason,
            boolean stalled,
            Instant readySince,
            Optional<SessionState> state,
            Instant stateSince,
            long generation) {

        /** The same, where the session turned to its state at this time. */
        public ReportedStatus turnedAt(Instant turn) {
            return new ReportedStatus(ready, reason, stalled, readySince, state, turn, generation);
        }

        public boolean isReady() {
            return ready == Readiness.Ready.True;
        }
    }

    /** The same, where only polls from {@code instant} on count. */
    public Progress freshAfter(Instant instant) {
        return new Progress(pairing, restarts, lastAction, reported, report, blocker, foundAt, instant, isOwnStatus);
    }

    /** Whether the resource was reported ready after its last call: whatever that call was for has come to its end. */
    public boolean isSettled() {
        return reported.filter(ReportedStatus::isReady).isPresent();
    }

    /** Whether the resource is reported as waiting for somebody for this reason. */
    public boolean isStalledBy(Reason reason) {
        return reported.filter(ReportedStatus::stalled)
                .flatMap(ReportedStatus::reason)
                .filter(reason::equals)
                .isPresent();
    }

    /** What is known of the pairing once the last call is settled like this: a confirmed logout proves that nothing is linked. */
    public Pairing pairingAfter(Optional<LastAction> settled) {
        boolean loggedOutJustNow = lastAction.filter(LastAction::isOpen).isPresent()
                && settled.filter(action -> action.is(Action.Logout, LastAction.Phase.Confirmed))
                        .isPresent();
        return loggedOutJustNow ? Pairing.Unpaired : pairing;
    }
}
