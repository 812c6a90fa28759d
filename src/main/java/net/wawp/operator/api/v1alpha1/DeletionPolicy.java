package net.wawp.operator.api.v1alpha1;

/** What happens to the session when its resource is deleted. */
public enum DeletionPolicy {
    /** Nothing: the session stays as it is, and the resource gets no finalizer. */
    Retain,
    /** The session is stopped first. */
    Stop,
    /** The session is logged out first. */
    Logout
}
