package net.wawp.operator.testing.kubernetes;

import java.time.Duration;

/** A POSIX signal, for tests that freeze or end a process. */
public enum Signal {
    TERM,
    KILL,
    STOP,
    CONT;

    private static final Duration LIMIT = Duration.ofMinutes(1);

    public void sendTo(long pid) {
        ProgramRun.of(new ProcessBuilder("kill", "-" + name(), Long.toString(pid)), "", LIMIT)
                .orThrow();
    }
}
