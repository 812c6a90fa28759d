package net.wawp.operator.controller;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.wawp.Credentials;

/**
 * What this process remembers of one resource between two reconciliations; lost with it. All times are of the steady clock.
 *
 * @param foundAt when the resource was first seen
 * @param lastSeen what it looked like last
 * @param credentials the last whole credentials: a deletion may need them when the Secret is gone
 * @param freshAfter only what was observed from then on counts: with these credentials, since the last blocker went
 * @param bound the instance that answered to its credentials: a status that somebody edits does not bind it to another
 * @param blocker what stood in the way at the last decision
 * @param status what its status truly says
 */
record ResourceMemory(
        Instant foundAt,
        LastSeen lastSeen,
        Optional<Credentials> credentials,
        Instant freshAfter,
        Optional<String> bound,
        Optional<Blocker> blocker,
        KnownStatus status) {

    /** A value, and when it was first seen to be so. */
    record Since<T>(T value, Instant at) {

        Since<T> next(T now, Instant seenAt) {
            return now.equals(value) ? this : new Since<>(now, seenAt);
        }
    }

    /**
     * What a resource looked like, and since when.
     *
     * @param requestToken the unhandled request
     * @param pairToken the token of the request to link a phone, handled or not
     * @param actionId the last action in the status
     */
    record LastSeen(
            Since<Long> generation,
            Since<Boolean> isDeleted,
            Since<Optional<String>> requestToken,
            Since<Optional<String>> pairToken,
            Since<Optional<String>> actionId) {}

    /** For a resource that this process sees for the first time. */
    static ResourceMemory found(long generation, WhatsAppSessionStatus status, Instant now) {
        Since<Optional<String>> nothing = new Since<>(Optional.empty(), now);
        return new ResourceMemory(
                now,
                new LastSeen(new Since<>(generation, now), new Since<>(false, now), nothing, nothing, nothing),
                Optional.empty(),
                now,
                Optional.empty(),
                Optional.empty(),
                KnownStatus.found(status, now));
    }

    /** After the resource was seen again. */
    ResourceMemory seen(
            long currentGeneration,
            boolean isDeleted,
            Optional<String> currentRequest,
            Optional<String> currentPair,
            WhatsAppSessionStatus currentStatus,
            Instant now) {
        Optional<String> currentAction =
                Optional.ofNullable(currentStatus.lastAction()).map(LastAction::id);
        LastSeen current = new LastSeen(
                lastSeen.generation().next(currentGeneration, now),
                lastSeen.isDeleted().next(isDeleted, now),
                lastSeen.requestToken().next(currentRequest, now),
                lastSeen.pairToken().next(currentPair, now),
                lastSeen.actionId().next(currentAction, now));
        KnownStatus known = status.seen(currentStatus, current.actionId().at());
        return new ResourceMemory(foundAt, current, credentials, freshAfter, bound, blocker, known);
    }

    /** With whole credentials; where they are new only what is observed from now on counts. */
    ResourceMemory with(Credentials whole, Instant now) {
        return credentials.filter(whole::equals).isPresent()
                ? this
                : new ResourceMemory(foundAt, lastSeen, Optional.of(whole), now, bound, blocker, status);
    }

    /** After a decision that found this in the way, and the resource bound to this instance. */
    ResourceMemory decided(Optional<Blocker> met, Optional<String> boundTo, Instant now) {
        boolean isUnblocked = blocker.isPresent() && met.isEmpty();
        Instant fresh = isUnblocked ? now : freshAfter;
        return new ResourceMemory(foundAt, lastSeen, credentials, fresh, boundTo, met, status);
    }

    /** Knowing this of its status. */
    ResourceMemory knowing(KnownStatus known) {
        return new ResourceMemory(foundAt, lastSeen, credentials, freshAfter, bound, blocker, known);
    }

    /** The last generation that was seen. */
    long generation() {
        return lastSeen.generation().value();
    }

    /** When that generation was first seen; {@code foundAt} for the one that was found. */
    Instant changedAt() {
        return lastSeen.generation().at();
    }

    /** When the resource was first seen to be deleted. */
    Optional<Instant> deletedAt() {
        return lastSeen.isDeleted().value() ? Optional.of(lastSeen.isDeleted().at()) : Optional.empty();
    }

    /** The unhandled request. */
    Optional<String> requestToken() {
        return lastSeen.requestToken().value();
    }

    /** When the unhandled request was first seen. */
    Optional<Instant> requestedAt() {
        return requestToken().map(token -> lastSeen.requestToken().at());
    }

    /** The token of the request to link a phone, handled or not. */
    Optional<String> pairToken() {
        return lastSeen.pairToken().value();
    }

    /** When that value, or its absence, was first seen. */
    Instant pairSeenAt() {
        return lastSeen.pairToken().at();
    }
}
