package net.wawp.operator.session;

/** Whether a phone is linked: knowledge that outlives a stopped engine. The constants are the words of the API. */
public enum Pairing {
    Paired,
    Unpaired,
    Unknown
}
