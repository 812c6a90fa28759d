package net.wawp.operator.wawp;

/** Who waits for the answer to a call, from the least to the most important. */
public enum Priority {
    /** Nobody: the session's regular poll. It yields to everything else. */
    Routine,
    /** The operator, before or after a command, or for a new or edited resource. */
    Prompt,
    /** A person who requested a poll. It may test a token that Wawp refused, once a minute. */
    Requested,
    /** The operator, for a call that changes the session. */
    Command
}
