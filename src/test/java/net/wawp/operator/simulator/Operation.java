package net.wawp.operator.simulator;

import io.vertx.core.http.HttpMethod;
import java.util.Set;

/** The calls that Wawp serves here. */
public enum Operation {
    start("/v2/session/start", HttpMethod.POST, HttpMethod.GET),
    stop("/v2/session/stop", HttpMethod.POST, HttpMethod.GET),
    logout("/v2/session/logout", HttpMethod.POST, HttpMethod.GET),
    info("/v2/session/info", HttpMethod.POST, HttpMethod.GET),
    /** A page of its own for a person to scan the code; an earlier one is gone. */
    offerLink("/v2/session/temp-link", HttpMethod.POST),
    readLink("/v2/session/temp-link", HttpMethod.GET),
    revokeLink("/v2/session/temp-link", HttpMethod.DELETE),
    /** What the QR code of now holds. */
    qr("/v2/auth/qr", HttpMethod.POST, HttpMethod.GET);

    private final String path;
    private final Set<HttpMethod> methods;

    Operation(String path, HttpMethod... methods) {
        this.path = path;
        this.methods = Set.of(methods);
    }

    /** Where this call is served. */
    public String path() {
        return path;
    }

    Set<HttpMethod> methods() {
        return methods;
    }

    /** Whether it changes the session, rather than polling it or handing out a way to pair. */
    public boolean changesSession() {
        return switch (this) {
            case start, stop, logout -> true;
            case info, offerLink, readLink, revokeLink, qr -> false;
        };
    }
}
