package net.wawp.operator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What to do about a session now. */
public sealed interface Decision {

    /**
     * What is certain whatever is decided: written to the status with every decision that has it.
     *
     * @param lastAction the last call, closed if its outcome is known by now
     */
    record Facts(Optional<LastAction> lastAction, Pairing pairing) {}

    /** A decision that was made with a session in view. */
    sealed interface WithFacts extends Decision {
        Facts facts();
    }

    /** The deletion policy asks for a call, so the resource must not go before it is made. */
    record AddFinalizer() implements Decision {}

    /** The deletion policy asks for nothing. */
    record RemoveFinalizer() implements Decision {}

    /** The resource is being deleted and only somebody else's finalizer holds it: nothing more is done about its session. */
    record LeaveAlone() implements Decision {}

    /**
     * Let the resource go.
     *
     * @param unfinished present where the deletion policy could not be carried out: a sentence that says why
     */
    record Release(Optional<String> unfinished, Facts facts) implements WithFacts {}

    /** The Secret must be read, or read again, before anything can be said. */
    record ReadSecret(Facts facts) implements WithFacts {}

    /**
     * Nothing can be said before the poll or the answer that is under way has ended.
     *
     * @param until when to decide again even if nothing happens
     */
    record Await(Facts facts, Optional<Instant> until) implements WithFacts {}

    /** What was seen is too old to act upon: poll first. */
    record PollFirst(Facts facts) implements WithFacts {}

    /**
     * Write this to the status, with at most one call to announce and make.
     *
     * @param blocker what stands in the way of everything, if something does: the session is not polled then
     * @param call what to call at Wawp, once the intent is written
     * @param planned while suspended: what would have been called
     * @param pollInterval how often to poll from now on
     * @param recheck when to decide again although nothing may have changed
     * @param requestHandled whether this is the answer to the pending request
     */
    record UpdateStatus(
            Readiness readiness,
            Facts facts,
            int restarts,
            Optional<Blocker> blocker,
            Optional<Call> call,
            Optional<Action> planned,
            Duration pollInterval,
            Optional<Recheck> recheck,
            boolean requestHandled)
            implements WithFacts {

        public Pairing pairing() {
            return facts.pairing();
        }

        public Optional<LastAction> lastAction() {
            return facts.lastAction();
        }

        /** This update, which does nothing yet for the pending request. */
        public UpdateStatus leavingRequestOpen() {
            return new UpdateStatus(readiness, facts, restarts, blocker, call, planned, pollInterval, recheck, false);
        }

        /** This update, with one more sentence for the user if there is one. */
        public UpdateStatus adding(Optional<String> sentence) {
            return new UpdateStatus(
                    sentence.map(readiness::adding).orElse(readiness),
                    facts,
                    restarts,
                    blocker,
                    call,
                    planned,
                    pollInterval,
                    recheck,
                    requestHandled);
        }
    }

    /**
     * One changing call.
     *
     * @param attempt counts calls for the same end from 1
     * @param beginsRecovery whether it begins a restart that counts as one of recovery; what goes on with such a restart does not
     */
    record Call(Action action, Purpose purpose, int attempt, boolean beginsRecovery) {}

    /** Decide again at this time. */
    record Recheck(Instant at, After after) {}

    /** What comes before deciding again. */
    enum After {
        /** Nothing. */
        Nothing,
        /** A poll. */
        Poll,
        /** A poll that the pending request asks for. */
        RequestedPoll
    }
}
