package net.wawp.operator.wawp;

import net.wawp.operator.session.Action;

/** What Wawp can be called for. The names of the constants are the values of the metrics' label {@code operation}. */
public enum Operation {
    Info("/v2/session/info", Method.POST, Payload.Session, false),
    Start("/v2/session/start", Method.POST, Payload.Session, true),
    Stop("/v2/session/stop", Method.POST, Payload.Session, true),
    Logout("/v2/session/logout", Method.POST, Payload.Session, true),
    /** Makes a page that shows the QR code; an earlier one is gone. */
    OfferLink("/v2/session/temp-link", Method.POST, Payload.Link, false),
    /** Takes that page away. */
    RevokeLink("/v2/session/temp-link", Method.DELETE, Payload.Nothing, false),
    /** Reads what the QR code of now holds. */
    QrCode("/v2/auth/qr", Method.POST, Payload.QrCode, false);

    /** The method of HTTP. */
    enum Method {
        POST,
        DELETE
    }

    /** What a good answer holds. */
    enum Payload {
        Session,
        Link,
        QrCode,
        Nothing
    }

    private final String path;
    private final Method method;
    private final Payload payload;
    private final boolean changesSession;

    Operation(String path, Method method, Payload payload, boolean changesSession) {
        this.path = path;
        this.method = method;
        this.payload = payload;
        this.changesSession = changesSession;
    }

    /** The call that carries out this action. */
    public static Operation of(Action action) {
        return switch (action) {
            case Start -> Start;
            case Stop -> Stop;
            case Logout -> Logout;
        };
    }

    public String path() {
        return path;
    }

    Method method() {
        return method;
    }

    Payload payload() {
        return payload;
    }

    /** Whether repeating the call could do something again. */
    public boolean changesSession() {
        return changesSession;
    }
}
