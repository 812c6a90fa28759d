package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/**
 * What looking at a session has shown so far.
 *
 * @param sighting the last look that Wawp answered with a state
 * @param trouble present while the latest look failed
 */
public record Observation(Optional<Sighting> sighting, Optional<Trouble> trouble) {

    /** Nobody has looked yet. */
    public static final Observation NONE = new Observation(Optional.empty(), Optional.empty());

    /**
     * A look that succeeded.
     *
     * @param begun when the look was sent
     * @param since when the session was first seen in this state without a break
     */
    public record Sighting(SessionInfo info, Instant begun, Instant since) {
        public SessionState state() {
            return info.state();
        }
    }

    /**
     * An unbroken row of failed looks.
     *
     * @param failure that of the latest
     * @param looks how many in a row
     * @param begun when the latest was due to be sent
     * @param since when the first of the row was
     */
    public record Trouble(Failure failure, int looks, Instant begun, Instant since) {}

    /** This observation after a look that began at {@code begun} and was answered. */
    public Observation seen(SessionInfo info, Instant begun) {
        Instant since = sighting.filter(last -> last.state() == info.state())
                .map(Sighting::since)
                .orElse(begun);
        return new Observation(Optional.of(new Sighting(info, begun, since)), Optional.empty());
    }

    /** This observation after a look that began at {@code begun} and failed. */
    public Observation failed(Failure failure, Instant begun) {
        Trouble next = trouble.map(row -> new Trouble(failure, row.looks() + 1, begun, row.since()))
                .orElseGet(() -> new Trouble(failure, 1, begun, begun));
        return new Observation(sighting, Optional.of(next));
    }
}
