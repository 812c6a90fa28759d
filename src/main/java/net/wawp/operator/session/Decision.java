package net.wawp.operator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What to do about a session now. */
public sealed interface Decision {

    /** Nothing can be said before the poll or the answer that is under way has ended. */
    record Await() implements Decision {}

    /** What was seen is too old to act upon: poll again first. */
    record PollFirst() implements Decision {}

    /**
     * A judgement to write to the status, with at most one call to announce and make.
     *
     * @param lastAction the last call, closed if its outcome is known by now
     * @param call what to call at Wawp, once the intent is written
     * @param planned while suspended: what would have been called
     * @param pollInterval how often to poll from now on
     * @param recheck when to decide again although nothing may have changed
     * @param requestHandled whether this is the answer to the pending request
     */
    record Judged(
            Verdict verdict,
            Pairing pairing,
            int restarts,
            Optional<LastAction> lastAction,
            Optional<Call> call,
            Optional<Action> planned,
            Duration pollInterval,
            Optional<Recheck> recheck,
            boolean requestHandled)
            implements Decision {

        /** This judgement, with one more sentence for the user. */
        public Judged adding(String sentence) {
            return new Judged(
                    verdict.adding(sentence),
                    pairing,
                    restarts,
                    lastAction,
                    call,
                    planned,
                    pollInterval,
                    recheck,
                    requestHandled);
        }
    }

    /** One changing call; {@code attempt} counts calls for the same end from 1. */
    record Call(Action action, int attempt) {}

    /** Decide again at this time, after a poll where {@code poll} says so. */
    record Recheck(Instant at, boolean poll) {}
}
