package net.wawp.operator.session;

/** The end that a call serves. The constants are the words of the API ({@code status.lastAction.purpose}). */
public enum Purpose {
    /** To bring about {@code spec.desiredState}. */
    Desired,
    /** To bring back a session that failed, hangs or waits for a fresh QR code: a stop, then a start. */
    Recovery,
    /** A restart that a person requested: a stop, then a start. It does not count as one of recovery. */
    Restart,
    /** A fresh QR code for a person who asked to link a phone: a stop, then a start. */
    Pairing,
    /** To carry out the deletion policy. */
    Deletion
}
