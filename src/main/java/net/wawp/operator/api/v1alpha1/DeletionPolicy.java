package net.wawp.operator.api.v1alpha1;

/** What happens to the session when its resource is deleted. */
public enum DeletionPolicy {
    /** Nothing: it stays as it is, and the resource gets no finalizer. */
    Retain,
    /** It is stopped. */
    Stop,
    /** It is logged out. */
    Logout
}
