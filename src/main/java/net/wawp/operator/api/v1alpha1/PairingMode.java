package net.wawp.operator.api.v1alpha1;

/** What the operator offers to a person who asks to link a phone. */
public enum PairingMode {
    /** Nothing: the person uses the Wawp dashboard. */
    None,
    /** The address of a temporary page that shows the QR code. */
    Link,
    /** The same, and the QR code itself. */
    QR
}
