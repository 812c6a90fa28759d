package net.wawp.operator.testing.kubernetes;

import java.util.ArrayList;
import java.util.List;

/**
 * Ends a program with this JVM, even if that is killed and can end nothing itself. A shell in the background watches both; the program
 * keeps the process id that was started, so signals reach it.
 */
final class Watchdog {

    // a killed JVM that nobody waits for stays as a zombie, which takes signals
    private static final String SCRIPT = """
            lives() {
              kill -0 "$1" 2>/dev/null && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
            }
            (
              while lives %1$d; do
                lives $$ || exit 0
                sleep 2
              done
              kill -9 $$
            ) </dev/null >/dev/null 2>&1 &
            exec "$@"
            """.formatted(ProcessHandle.current().pid());

    private Watchdog() {}

    /** Lines for the end of a shell script, which run its arguments as a program. */
    static String script() {
        return SCRIPT;
    }

    /** A command that runs this one. */
    static List<String> command(List<String> command) {
        List<String> watched = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "watchdog"));
        watched.addAll(command);
        return watched;
    }
}
