package net.wawp.operator.simulator;

/** The calls that Wawp serves here; the constants are the last segment of their path. */
public enum Operation {
    start,
    stop,
    logout,
    info;

    /** Where this call is served. */
    public String path() {
        return "/v2/session/" + name();
    }
}
