package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.time.EpochNanos;
import net.wawp.operator.wawp.Credentials;

/**
 * How a session is polled, and its last observation. Thread-safe.
 *
 * <p>There are a hundred thousand of these objects. So fields that may be empty are plain nullable ones, and the observation is kept in parts:
 * a poll that shows nothing new leaves no object behind.
 */
final class PolledSession {

    private final String uid;
    private final double place;
    private volatile Credentials credentials;
    /** Counts while there are credentials. */
    private long polledSinceNanos;

    private volatile Duration interval = SessionPolicy.FAST;
    private String instanceId;
    /** What Wawp answered to the last good poll; null before it. */
    private SessionInfo info;
    /** When that poll began. */
    private long begunNanos;
    /** Since when the session has been in that state. */
    private long sinceNanos;
    /** Null while polls succeed. */
    private FailureStreak failureStreak;
    /** Confined to the event loop. */
    private double normalLoad;

    PolledSession(String uid) {
        this.uid = uid;
        this.place = new SplittableRandom(uid.hashCode()).nextDouble();
    }

    String uid() {
        return uid;
    }

    /** The session's place in each interval, 0 to 1: the same after a restart, and spread evenly over all sessions. */
    double place() {
        return place;
    }

    /** Empty while the session is paused. */
    Optional<Credentials> credentials() {
        return Optional.ofNullable(credentials);
    }

    boolean isPolled() {
        return credentials != null;
    }

    /** How often the session is polled; empty while it is paused. */
    Optional<Duration> interval() {
        return isPolled() ? Optional.of(interval) : Optional.empty();
    }

    /**
     * Replaces the normal load of the session, in polls a second. Confined to the event loop.
     *
     * @return by how much it changed
     */
    double changeNormalLoad(double next) {
        double change = next - normalLoad;
        normalLoad = next;
        return change;
    }

    synchronized Observation observation() {
        return new Observation(
                Optional.ofNullable(info)
                        .map(known -> new ObservedState(
                                known, EpochNanos.instant(begunNanos), EpochNanos.instant(sinceNanos))),
                Optional.ofNullable(failureStreak));
    }

    private void keep(Observation observation) {
        // equal to what was known before, mostly
        info = observation
                .observed()
                .map(ObservedState::info)
                .map(next -> next.equals(info) ? info : next)
                .orElse(null);
        begunNanos = observation
                .observed()
                .map(ObservedState::begun)
                .map(EpochNanos::of)
                .orElse(0L);
        sinceNanos = observation
                .observed()
                .map(ObservedState::since)
                .map(EpochNanos::of)
                .orElse(0L);
        failureStreak = observation.failureStreak().orElse(null);
    }

    /**
     * When Wawp last said something about the session: a state, or a refusal that a person has to cure. Before that, when its polling
     * began. Empty while it is paused.
     */
    synchronized Optional<Instant> lastHeardAt() {
        Observation known = observation();
        Instant refused =
                known.failureStreak().flatMap(FailureStreak::refusedAt).orElse(Instant.MIN);
        Instant observed = known.observed().map(ObservedState::begun).orElse(Instant.MIN);
        return isPolled()
                ? Stream.of(EpochNanos.instant(polledSinceNanos), observed, refused)
                        .max(Instant::compareTo)
                : Optional.empty();
    }

    /** Polls with these credentials from now on; false when they are the present ones. */
    synchronized boolean poll(Credentials next, Instant now) {
        if (next.equals(credentials)) {
            return false;
        }
        if (instanceId != null && !instanceId.equalsIgnoreCase(next.instanceId())) {
            keep(Observation.NONE);
        }
        instanceId = next.instanceId();
        credentials = next;
        polledSinceNanos = EpochNanos.of(now);
        return true;
    }

    synchronized void pause() {
        credentials = null;
    }

    /** False when this is the interval already. */
    synchronized boolean setInterval(Duration next) {
        boolean changed = !next.equals(interval);
        interval = next;
        return changed;
    }

    /** Keeps the observation that was made with these credentials; false when the session has others by now. */
    synchronized boolean observe(Observation next, Credentials madeWith) {
        if (credentials != madeWith) {
            return false;
        }
        keep(next);
        return true;
    }
}
