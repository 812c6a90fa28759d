package net.wawp.operator.session;

import java.time.Instant;

/**
 * The last changing call, as the status keeps it: written before the call is sent, closed once its outcome is known.
 *
 * @param id names this very call; only the process that wrote it may send it
 * @param purpose the end that it serves
 * @param attempt counts calls for the same end, from 1
 * @param generation of the resource that it was made for
 * @param time when the intent was written
 */
public record LastAction(
        Action type, String id, Purpose purpose, Phase phase, int attempt, long generation, Instant time) {

    /** How far the call has come. The constants are the words of the API. */
    public enum Phase {
        /** Written, perhaps sent, outcome open. */
        Intended,
        /** Took effect. */
        Confirmed,
        /** Provably nothing happened: not sent, or refused by Wawp. */
        Abandoned,
        /** Showed no effect within its time. */
        Ineffective
    }

    public boolean is(Action action, Phase atPhase) {
        return type == action && phase == atPhase;
    }

    public boolean isOpen() {
        return phase == Phase.Intended;
    }

    public LastAction closedAs(Phase closing) {
        return new LastAction(type, id, purpose, closing, attempt, generation, time);
    }
}
