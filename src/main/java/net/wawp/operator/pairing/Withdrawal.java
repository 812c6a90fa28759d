package net.wawp.operator.pairing;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.PairingRequest;

/** What is still to be taken back of a way to pair: its Secret, and its link where that may be revoked. Confined to the event loop. */
final class Withdrawal {

    private final Instant begun;
    private final boolean revokesLink;
    private boolean isSecretGone;
    private boolean isLinkGone;
    private int deletions;
    private int revocations;

    /** @param revokesLink else it is left to its end: what is at Wawp may be another resource's */
    Withdrawal(Instant begun, boolean revokesLink) {
        this.begun = begun;
        this.revokesLink = revokesLink;
        this.isLinkGone = !revokesLink;
    }

    boolean revokesLink() {
        return revokesLink;
    }

    boolean isDone() {
        return isSecretGone && isLinkGone;
    }

    /**
     * What to try next. Neither waits for the other: the Secret may be deleted while Wawp is away, and the link revoked while the API server is.
     *
     * @param mayCall whether there are credentials to revoke the link with
     */
    Optional<OfferWork> next(boolean mayCall, Instant now) {
        isLinkGone = isLinkGone || isPageOver(now);
        boolean mayRevoke = !isLinkGone && mayCall;
        if (!isSecretGone && (!mayRevoke || deletions <= revocations)) {
            return Optional.of(OfferWork.DeleteSecret);
        }
        return mayRevoke ? Optional.of(OfferWork.RevokeLink) : Optional.empty();
    }

    void begin(OfferWork work) {
        switch (work) {
            case DeleteSecret -> deletions++;
            case RevokeLink -> revocations++;
            case OfferLink, ReadCode, WriteSecret -> throw new IllegalStateException(work + " takes nothing back");
        }
    }

    void linkIsGone() {
        isLinkGone = true;
    }

    void secretIsGone() {
        isSecretGone = true;
    }

    /** @param mayBeThere whether a Secret may be there: where none could be written there is none to delete */
    void deletionIsDenied(boolean mayBeThere, Instant now) {
        // in the end it goes with its owner
        isSecretGone = !mayBeThere || isPageOver(now);
    }

    private boolean isPageOver(Instant now) {
        return now.isAfter(begun.plus(PairingRequest.LIFETIME));
    }
}
