package net.wawp.operator.wawp;

/** Who is waiting for a poll. */
public enum Priority {
    /** Nobody: the session's regular turn. Yields to everything else. */
    Routine,
    /** The operator, before or after a call or for a new or edited resource. */
    Prompt,
    /** A person asked. May pass the gate of a credential that Wawp refused, once a minute. */
    Requested
}
