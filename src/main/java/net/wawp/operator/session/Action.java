package net.wawp.operator.session;

/** A call that changes a session. The constants are the words of the API. */
public enum Action {
    Start,
    Stop,
    /** Gives up the pairing: cannot be undone without a person and a phone. */
    Logout
}
