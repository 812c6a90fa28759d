package net.wawp.operator.session;

/** Whether a phone is linked: knowledge that outlives a stop. The constants are the words of the API. */
public enum Pairing {
    Paired,
    Unpaired,
    Unknown
}
