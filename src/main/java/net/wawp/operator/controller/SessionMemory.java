package net.wawp.operator.controller;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Target.Blocker;
import net.wawp.operator.wawp.Credentials;

/**
 * What this process remembers of one resource between two passes; lost with it. Touched by one pass at a time: the
 * framework never runs two for one resource.
 */
final class SessionMemory {

    private static final long NONE = -1;

    private final Instant foundAt;
    private long generation = NONE;
    private Instant changedAt;
    private Optional<String> requestToken = Optional.empty();
    private Instant requestedAt;
    private boolean requestIsNew;
    private Optional<Blocker> blocker = Optional.empty();
    private Optional<Credentials> credentials = Optional.empty();
    private Instant freshAfter;

    SessionMemory(Instant now) {
        this.foundAt = now;
        this.changedAt = now;
        this.freshAfter = now;
    }

    Instant foundAt() {
        return foundAt;
    }

    /** Only what was seen from then on counts: with these credentials, since the last blocker went. */
    Instant freshAfter() {
        return freshAfter;
    }

    /** Notes the generation; true when it is new. */
    boolean notesGeneration(long current, Instant now) {
        if (generation == current) {
            return false;
        }
        // what was found was not seen to change, however late its Secret came
        changedAt = generation == NONE ? foundAt : now;
        generation = current;
        return true;
    }

    /** When this generation was first seen. */
    Instant changedAt() {
        return changedAt;
    }

    /** Notes the unhandled request, if there is one. */
    void notesRequest(Optional<String> token, Instant now) {
        if (token.isPresent() && !token.equals(requestToken)) {
            requestedAt = now;
            requestIsNew = true;
        }
        requestToken = token;
    }

    /** True once for each request. */
    boolean takesRequest() {
        boolean taken = requestIsNew && requestToken.isPresent();
        requestIsNew = false;
        return taken;
    }

    /** When the unhandled request was first seen. */
    Optional<Instant> requestedAt() {
        return requestToken.map(token -> requestedAt);
    }

    /** Notes whole credentials; true when they are new. */
    boolean notesCredentials(Credentials whole, Instant now) {
        if (credentials.filter(whole::equals).isPresent()) {
            return false;
        }
        credentials = Optional.of(whole);
        freshAfter = now;
        return true;
    }

    /** The last whole credentials: a deletion may need them when the Secret is gone. */
    Optional<Credentials> credentials() {
        return credentials;
    }

    /** The blocker, with the time since which there has been one for this reason. */
    Blocker meets(Reason reason, String message, Instant checkedAt, Instant now) {
        Instant since = blocker.filter(met -> met.reason() == reason)
                .map(Blocker::since)
                .orElse(now);
        Blocker met = new Blocker(reason, message, since, checkedAt);
        blocker = Optional.of(met);
        return met;
    }

    Optional<Blocker> blocker() {
        return blocker;
    }

    void meetsNone(Instant now) {
        if (blocker.isPresent()) {
            blocker = Optional.empty();
            freshAfter = now;
        }
    }
}
