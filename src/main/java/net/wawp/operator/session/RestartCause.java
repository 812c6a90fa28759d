package net.wawp.operator.session;

/** Why recovery restarts a session. */
public enum RestartCause {
    /** Wawp reports FAILED. */
    Failed,
    /** STARTING for longer than {@code spec.recovery.startingTimeout}. */
    StartingTooLong,
    /** A start was called and the session stayed STOPPED. */
    StartWithoutEffect
}
