package net.wawp.operator.api.v1alpha1;

/** The state that a session should be in. */
public enum DesiredState {
    /** Started, with a phone linked. */
    Running,
    /** Not running; the phone stays linked. */
    Stopped,
    /** No phone linked. */
    LoggedOut
}
