package net.wawp.operator.session;

/** What a session should be. The constants are the words of the API. */
public enum Desired {
    Running,
    Stopped,
    LoggedOut
}
