package net.wawp.operator.wawp;

import net.wawp.operator.session.Action;

/** What Wawp can be called for. The names of the constants are the values of the metrics' label {@code operation}. */
public enum Operation {
    Info("/v2/session/info", false),
    Start("/v2/session/start", true),
    Stop("/v2/session/stop", true),
    Logout("/v2/session/logout", true);

    private final String path;
    private final boolean changesSession;

    Operation(String path, boolean changesSession) {
        this.path = path;
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

    /** Whether repeating the call could do something again. */
    public boolean changesSession() {
        return changesSession;
    }
}
