package net.wawp.operator.testing.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that has run to its end, and what it said. */
public record ProgramRun(List<String> command, int exitCode, String output, String errors) {

    /**
     * Runs a program to its end.
     *
     * @param input what it reads from its standard input
     * @throws IllegalStateException if it does not end within {@code limit}
     * @throws UncheckedIOException if it cannot be started
     */
    public static ProgramRun of(ProcessBuilder builder, String input, Duration limit) {
        try {
            Path in = Files.writeString(Files.createTempFile("stdin", null), input);
            Path out = Files.createTempFile("stdout", null);
            Path err = Files.createTempFile("stderr", null);
            try {
                Process process = builder.redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw new IllegalStateException("%s did not end within %s: %s%s"
                            .formatted(builder.command(), limit, Files.readString(out), Files.readString(err)));
                }
                return new ProgramRun(
                        List.copyOf(builder.command()),
                        process.exitValue(),
                        Files.readString(out),
                        Files.readString(err));
            } finally {
                Files.delete(in);
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + builder.command(), e);
        }
    }

    public boolean succeeded() {
        return exitCode == 0;
    }

    /**
     * This run, if it succeeded.
     *
     * @throws IllegalStateException with all that the program said, if not
     */
    public ProgramRun orThrow() {
        if (!succeeded()) {
            throw new IllegalStateException(
                    "%s ended with %d: %s%s".formatted(String.join(" ", command), exitCode, output, errors));
        }
        return this;
    }
}
