package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * All that is decided in one reconciliation.
 *
 * @param decision what to do about the session
 * @param pairing what to do about the request to link a phone
 * @param rest whether the session rests by a rule of its own
 * @param boundInstance the instance that the resource is bound to: the first that answered to its own credentials
 * @param restart the answer to a person's request to restart the session
 * @param decideAgainAt when to decide again even if nothing happens
 */
public record PolicyResult(
        Decision decision,
        PairingStep pairing,
        Rest rest,
        Optional<String> boundInstance,
        RestartAnswer restart,
        Optional<Instant> decideAgainAt) {

    /** How a person's request to restart the session is answered now. */
    public enum RestartAnswer {
        /** Not now: there is none, or it waits. */
        None,
        /** Its first call is made. */
        Begun,
        /** It is refused, and not kept for later. */
        Refused,
        /** It was refused before, and would be still. */
        StillRefused
    }
}
