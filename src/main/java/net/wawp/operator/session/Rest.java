package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether a session that should be running rests now by a rule of its own, and until when.
 *
 * @param reason why it is stopped; empty while it is awake
 * @param idleSince when it was found to be idle; remembered while it rests for another reason too
 * @param nextTransitionAt when a rule will start or stop it next
 */
public record Rest(Optional<Reason> reason, Optional<Instant> idleSince, Optional<Instant> nextTransitionAt) {

    /** Awake, and nothing will change that. */
    public static final Rest NONE = new Rest(Optional.empty(), Optional.empty(), Optional.empty());
}
