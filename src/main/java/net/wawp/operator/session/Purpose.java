package net.wawp.operator.session;

/** The end that a call serves. The constants are the words of the API ({@code status.lastAction.purpose}). */
public enum Purpose {
    /** To bring about {@code spec.desiredState}. */
    Desired,
    /** To bring back a session that failed, hangs or waits for a fresh QR code: a stop, then a start. */
    Recovery,
    /** To carry out the deletion policy. */
    Deletion
}
