package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * What this process knows of a changing call that it sent itself.
 *
 * @param id of the {@link LastAction} that announced it
 */
public record CommandReport(String id, Action action, Outcome outcome) {

    /** What came of it. */
    public sealed interface Outcome {}

    /** No answer yet. */
    public record Pending() implements Outcome {}

    /** A 2xx answer that names a state. */
    public record Accepted(Instant at) implements Outcome {}

    /**
     * Anything else.
     *
     * @param retryAt the earliest time at which a call of the same kind may follow
     */
    public record Failed(Failure failure, Instant at, Instant retryAt) implements Outcome {}

    public boolean isPending() {
        return outcome instanceof Pending;
    }

    /** When the answer, or its absence, was established; empty while pending. */
    public Optional<Instant> settledAt() {
        if (outcome instanceof Accepted accepted) {
            return Optional.of(accepted.at());
        }
        return outcome instanceof Failed failed ? Optional.of(failed.at()) : Optional.empty();
    }
}
