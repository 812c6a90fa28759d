package net.wawp.operator.demo;

/** The demo cannot go on. The message is the line that the person who runs it reads. */
final class DemoFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    DemoFailedException(String message) {
        super(message);
    }

    DemoFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
