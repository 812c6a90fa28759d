package net.wawp.operator.api.v1alpha1;

/** What the session shall be. */
public enum DesiredState {
    /** Engine up and a phone linked. */
    Running,
    /** Engine down, pairing kept. */
    Stopped,
    /** No phone linked. */
    LoggedOut
}
