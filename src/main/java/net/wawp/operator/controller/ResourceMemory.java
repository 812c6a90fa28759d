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
 * @param generation the last one that was seen
 * @param changedAt when that was; {@code foundAt} for the generation that was found
 * @param deletedAt when the resource was first seen to be deleted
 * @param requestToken the unhandled request, and when it was first seen
 * @param pairToken the token of the request to link a phone, handled or not
 * @param pairSeenAt when that value, or its absence, was first seen
 * @param actionId the last action that was seen in the status, and when that was
 * @param credentials the last whole credentials: a deletion may need them when the Secret is gone
 * @param freshAfter only what was observed from then on counts: with these credentials, since the last blocker went
 * @param bound the instance that answered to its credentials: a status that somebody edits does not bind it to another
 * @param blocker what stood in the way at the last decision
 * @param status what its status truly says
 */
record ResourceMemory(
        Instant foundAt,
        long generation,
        Instant changedAt,
        Optional<Instant> deletedAt,
        Optional<String> requestToken,
        Optional<Instant> requestedAt,
        Optional<String> pairToken,
        Instant pairSeenAt,
        Optional<String> actionId,
        Instant actionSeenAt,
        Optional<Credentials> credentials,
        Instant freshAfter,
        Optional<String> bound,
        Optional<Blocker> blocker,
        KnownStatus status) {

    /** For a resource that this process sees for the first time. */
    static ResourceMemory found(long generation, WhatsAppSessionStatus status, Instant now) {
        return new ResourceMemory(
                now,
                generation,
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                now,
                Optional.empty(),
                now,
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
        Instant currentSeenAt = currentAction.equals(actionId) ? actionSeenAt : now;
        return new ResourceMemory(
                foundAt,
                currentGeneration,
                currentGeneration == generation ? changedAt : now,
                isDeleted ? deletedAt.or(() -> Optional.of(now)) : Optional.empty(),
                currentRequest,
                currentRequest.map(token -> requestToken.equals(currentRequest) ? requestedAt.orElse(now) : now),
                currentPair,
                currentPair.equals(pairToken) ? pairSeenAt : now,
                currentAction,
                currentSeenAt,
                credentials,
                freshAfter,
                bound,
                blocker,
                status.seen(currentStatus, currentSeenAt));
    }

    /** With whole credentials; where they are new only what is observed from now on counts. */
    ResourceMemory with(Credentials whole, Instant now) {
        boolean isNew = credentials.filter(whole::equals).isEmpty();
        return new ResourceMemory(
                foundAt,
                generation,
                changedAt,
                deletedAt,
                requestToken,
                requestedAt,
                pairToken,
                pairSeenAt,
                actionId,
                actionSeenAt,
                Optional.of(whole),
                isNew ? now : freshAfter,
                bound,
                blocker,
                status);
    }

    /** After a decision that found this in the way, and the resource bound to this instance. */
    ResourceMemory decided(Optional<Blocker> met, Optional<String> boundTo, Instant now) {
        boolean isUnblocked = blocker.isPresent() && met.isEmpty();
        return new ResourceMemory(
                foundAt,
                generation,
                changedAt,
                deletedAt,
                requestToken,
                requestedAt,
                pairToken,
                pairSeenAt,
                actionId,
                actionSeenAt,
                credentials,
                isUnblocked ? now : freshAfter,
                boundTo,
                met,
                status);
    }

    /** Knowing this of its status. */
    ResourceMemory knowing(KnownStatus known) {
        return new ResourceMemory(
                foundAt,
                generation,
                changedAt,
                deletedAt,
                requestToken,
                requestedAt,
                pairToken,
                pairSeenAt,
                actionId,
                actionSeenAt,
                credentials,
                freshAfter,
                bound,
                blocker,
                known);
    }
}
