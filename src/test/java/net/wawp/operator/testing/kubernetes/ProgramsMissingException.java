package net.wawp.operator.testing.kubernetes;

/** There is no way to the Kubernetes programs on this machine. The message says what was tried and what would help. */
public final class ProgramsMissingException extends Exception {

    private static final long serialVersionUID = 1;

    ProgramsMissingException(String message) {
        super(message);
    }
}
