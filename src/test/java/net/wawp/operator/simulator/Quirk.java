package net.wawp.operator.simulator;

/** What an instance, or every instance, can be made to do otherwise than usual. */
public enum Quirk {
    /** An engine that starts never comes further. */
    StuckStarting,
    /** An engine that starts ends in FAILED. */
    BootFails,
    /** A start is answered as usual and changes nothing. */
    StartIgnored,
    /** A stop is answered as usual and changes nothing. */
    StopIgnored,
    /** A logout is answered as usual and changes nothing. */
    LogoutIgnored,
    /** A logout of a stopped instance removes the pairing and leaves the engine down, instead of ending in SCAN_QR_CODE. */
    LogoutKeepsStopped,
    /** The phone that scans asks for a passkey, which a person then has to create and to confirm. */
    AsksForPasskey,
    /** Unlinking from the phone ends in FAILED, instead of SCAN_QR_CODE. */
    UnlinkFails
}
