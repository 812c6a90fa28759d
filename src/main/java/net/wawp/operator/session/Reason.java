package net.wawp.operator.session;

/** Why a resource is as it is: the closed set of reasons of its conditions and Events. The constants are the words of the API. */
public enum Reason {
    Working,
    Stopped,
    LoggedOut,
    /** Stopped by {@code spec.runningHours}. */
    OutsideRunningHours,
    /** Stopped by {@code spec.idleTimeout}. */
    Idle,
    Starting,
    Stopping,
    LoggingOut,
    Recovering,
    /** A person requested a restart. */
    Restarting,
    PairingRequired,
    /** Another account is linked than the only one that may be. */
    AccountMismatch,
    SecretInvalid,
    Unauthorized,
    QuotaExceeded,
    InstanceNotFound,
    RequestRejected,
    RecoveryExhausted,
    LogoutUncertain,
    UnknownSessionState,
    SecretNotFound,
    InstanceConflict,
    GatewayUnavailable,
    RateLimited,
    Suspended,
    /** Used for an Event only: the finalizer went although the deletion policy could not be carried out. */
    FinalizerReleased
}
