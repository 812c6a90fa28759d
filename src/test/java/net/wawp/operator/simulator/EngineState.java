package net.wawp.operator.simulator;

/** What the engine behind an instance does; the constants are the words of the API. */
public enum EngineState {
    STOPPED,
    STARTING,
    SCAN_QR_CODE,
    PASSKEY_REQUIRED,
    PASSKEY_CONFIRMATION_REQUIRED,
    WORKING,
    FAILED
}
