package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;

/**
 * What the poller holds of one session. The first group of fields may be read by any thread; the second is the loop's own.
 *
 * <p>The fields that may be empty are plain nullable ones: there are ten thousand of these objects.
 */
final class PolledSession {

    private final String uid;
    private final double place;
    private volatile Credentials credentials;
    private volatile Instant watchedSince;
    private volatile Duration pace = SessionPolicy.FAST;
    private volatile Observation observation = Observation.NONE;
    private volatile CommandReport report;
    private String instanceId;

    /** The poll whose answer is waited for; an answer to any other is dropped. */
    Poll poll;
    /** The poll that has been asked for and has not begun. */
    Priority asked;
    /** No routine poll before this. */
    Instant hold;
    /** How many commands in a row failed. */
    int failedCommands;

    PolledSession(String uid) {
        this.uid = uid;
        this.place = new SplittableRandom(uid.hashCode()).nextDouble();
    }

    String uid() {
        return uid;
    }

    /** Where in its interval the session has its turn, 0 to 1: the same after a restart, and spread evenly over all sessions. */
    double place() {
        return place;
    }

    /** Empty while the session is not watched. */
    Optional<Credentials> credentials() {
        return Optional.ofNullable(credentials);
    }

    /**
     * When something was last heard of it: a state, or a refusal that a person has to cure; before that, when its watching began. Empty
     * while the session is not watched.
     */
    Optional<Instant> heardOfAt() {
        Instant refused = observation
                .failureStreak()
                .filter(failureStreak -> !failureStreak.failure().kind().isTransient())
                .map(FailureStreak::begun)
                .orElse(Instant.MIN);
        Instant seen = observation.observed().map(ObservedState::begun).orElse(Instant.MIN);
        return Optional.ofNullable(watchedSince)
                .map(since ->
                        Stream.of(since, seen, refused).max(Instant::compareTo).orElseThrow());
    }

    /** How often the session is polled; empty while it is not watched. */
    Optional<Duration> pace() {
        return credentials == null ? Optional.empty() : Optional.of(pace);
    }

    Observation observation() {
        return observation;
    }

    Optional<CommandReport> report() {
        return Optional.ofNullable(report);
    }

    /** Polls with these credentials from now on; false when they are the present ones. */
    synchronized boolean watch(Credentials next, Instant now) {
        if (next.equals(credentials)) {
            return false;
        }
        if (instanceId != null && !instanceId.equalsIgnoreCase(next.instanceId())) {
            observation = Observation.NONE;
        }
        instanceId = next.instanceId();
        credentials = next;
        watchedSince = now;
        return true;
    }

    synchronized void unwatch() {
        credentials = null;
        watchedSince = null;
    }

    /** False when this is the pace already. */
    synchronized boolean keepPace(Duration interval) {
        boolean changed = !interval.equals(pace);
        pace = interval;
        return changed;
    }

    /** Keeps what was seen with {@code obtainedWith}; false when the session has other credentials by now. */
    synchronized boolean observe(Observation seen, Credentials obtainedWith) {
        if (credentials != obtainedWith) {
            return false;
        }
        observation = seen;
        return true;
    }

    /** Takes note of a command about to be sent; false while another one is. */
    synchronized boolean announce(CommandReport pending) {
        if (report != null && report.isPending()) {
            return false;
        }
        report = pending;
        return true;
    }

    synchronized void settle(CommandReport.Outcome outcome) {
        report = new CommandReport(report.id(), report.action(), outcome);
    }
}
