package net.wawp.operator.pairing;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.pairing.PairingSecrets.Outcome;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.PairingOffer;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.PairingStep;
import net.wawp.operator.session.PairingStep.Plan;
import net.wawp.operator.time.Backoff;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.SendGuard;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/** The way to pair of one resource: what is wanted of it, how far it has come, and what comes next. Confined to the event loop. */
final class OfferLane {

    private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(15));

    /** A code lives 20 s at least; a person waits for the next. */
    private static final Duration CODE_INTERVAL = Duration.ofSeconds(3);

    /** After so many tries the page alone is offered. */
    private static final int MOST_UNREAD_CODES = 3;

    /** One thing to do; there is one at a time. */
    enum Work {
        OfferLink,
        ReadCode,
        WriteSecret,
        DeleteSecret,
        RevokeLink
    }

    private final PairingOwner owner;
    private String token;
    /** Whether there should be a way to pair: not before the first plan that says so. */
    private boolean isWanted;

    private boolean isWithdrawn;
    private boolean withCode;
    private boolean isOrphan;
    /** Those with which the resource last owned its instance. */
    private Optional<Credentials> credentials = Optional.empty();
    /** Whether the Secret gives some now: else those of before revoke the link, and nothing is made. */
    private boolean areGiven;

    private Optional<Work> underWay = Optional.empty();
    /** Counts the plans: what was begun for an earlier one says nothing of this. */
    private volatile int plan;

    private volatile int planOfWork;
    private int failures;
    private Instant notBefore = Instant.MIN;

    private Optional<WawpResponse.PairingLink> link = Optional.empty();
    private Instant linkExpiresAt = Instant.MIN;
    private Optional<WawpResponse.QrCode> code = Optional.empty();
    private Instant codeReadAt = Instant.MIN;
    private int unreadCodes;
    private boolean isStored;
    /** Whether a Secret may be there, whoever wrote it for whichever request. */
    private boolean mayBeThere;

    private boolean isChanged;
    private boolean mayRenew = true;
    private Optional<String> impossible = Optional.empty();

    private Instant withdrawnAt = Instant.MAX;
    private boolean revokesLink = true;
    private boolean isSecretGone;
    private boolean isLinkGone;
    private int deletions;
    private int revocations;

    /** @param request the active one */
    OfferLane(PairingOwner owner, PairingRequest request) {
        this.owner = owner;
        this.token = request.token();
        this.mayBeThere = request.phase() == PairingRequest.Phase.Offered;
    }

    PairingOwner owner() {
        return owner;
    }

    String token() {
        return token;
    }

    boolean isOrphan() {
        return isOrphan;
    }

    /** Takes up a plan; the same as before changes nothing. */
    void follow(Plan plan, boolean codeToo, Optional<Credentials> given, Instant now) {
        if (plan instanceof PairingStep.Offer offer) {
            if (!isWanted || !offer.token().equals(token)) {
                startAnew(offer.token());
            }
            withCode = codeToo;
        } else if (plan instanceof PairingStep.Withdraw withdraw) {
            withdraw(withdraw.token(), withdraw.revokesLink(), now);
        }
        areGiven = given.isPresent();
        if (revokesLink) {
            credentials = given.or(() -> credentials);
        }
    }

    /** The resource is gone. */
    void orphan(Instant now) {
        isOrphan = true;
        withdraw(token, revokesLink, now);
    }

    private void startAnew(String newToken) {
        plan++;
        token = newToken;
        isWanted = true;
        isOrphan = false;
        isWithdrawn = false;
        revokesLink = true;
        link = Optional.empty();
        code = Optional.empty();
        codeReadAt = Instant.MIN;
        unreadCodes = 0;
        isStored = false;
        isChanged = false;
        mayRenew = true;
        impossible = Optional.empty();
        resetPause();
    }

    private void withdraw(String withdrawn, boolean revokes, Instant now) {
        if (isWithdrawn && withdrawn.equals(token) && revokes == revokesLink) {
            return;
        }
        plan++;
        if (!withdrawn.equals(token)) {
            impossible = Optional.empty();
        }
        token = withdrawn;
        isWanted = false;
        isWithdrawn = true;
        revokesLink = revokes;
        withdrawnAt = now;
        isSecretGone = false;
        isLinkGone = !revokes;
        deletions = 0;
        revocations = 0;
        // what is in memory is a way to pair as well
        link = Optional.empty();
        code = Optional.empty();
        resetPause();
    }

    PairingOffer report() {
        if (isWithdrawn) {
            return isClosed()
                    ? new PairingOffer.Closed(token, impossible)
                    : new PairingOffer.Closing(token, impossible);
        }
        if (!isWanted) {
            return new PairingOffer.None();
        }
        return impossible
                .<PairingOffer>map(why -> new PairingOffer.Impossible(token, why))
                .orElseGet(() -> isStored ? new PairingOffer.Open(token) : new PairingOffer.Opening(token));
    }

    private boolean isClosed() {
        return isSecretGone && isLinkGone && underWay.isEmpty();
    }

    /** What to do now, if anything. */
    Optional<Work> next(Instant now) {
        if (underWay.isPresent() || now.isBefore(notBefore)) {
            return Optional.empty();
        }
        return isWithdrawn ? nextToClose(now) : nextToOpen(now);
    }

    /** Neither waits for the other: the Secret may be deleted while Wawp is away, and the link revoked while the API server is. */
    private Optional<Work> nextToClose(Instant now) {
        // no page outlives this
        isLinkGone = isLinkGone || now.isAfter(withdrawnAt.plus(PairingRequest.LIFETIME));
        boolean mayRevoke = !isLinkGone && credentials.isPresent();
        if (!isSecretGone && (!mayRevoke || deletions <= revocations)) {
            return Optional.of(Work.DeleteSecret);
        }
        return mayRevoke ? Optional.of(Work.RevokeLink) : Optional.empty();
    }

    private Optional<Work> nextToOpen(Instant now) {
        if (!isWanted || impossible.isPresent() || !areGiven) {
            return Optional.empty();
        }
        if (link.isEmpty()) {
            return Optional.of(Work.OfferLink);
        }
        boolean isWhole = !withCode || code.isPresent() || unreadCodes >= MOST_UNREAD_CODES;
        if (isWhole && mayRenew && (!isStored || isChanged)) {
            return Optional.of(Work.WriteSecret);
        }
        boolean isCodeDue = withCode && mayRenew && !now.isBefore(codeReadAt.plus(CODE_INTERVAL));
        return isCodeDue ? Optional.of(Work.ReadCode) : Optional.empty();
    }

    void begin(Work work) {
        underWay = Optional.of(work);
        planOfWork = plan;
        switch (work) {
            case DeleteSecret -> deletions++;
            case RevokeLink -> revocations++;
            case OfferLink, ReadCode, WriteSecret -> {}
        }
    }

    /** Whether what was begun is still to be done: asked in the last moment, by the thread that sends. */
    boolean isCurrent() {
        return planOfWork == plan;
    }

    WawpRequest request(Work work, SendGuard guard) {
        Operation operation =
                switch (work) {
                    case OfferLink -> Operation.OfferLink;
                    case ReadCode -> Operation.QrCode;
                    case RevokeLink -> Operation.RevokeLink;
                    case WriteSecret, DeleteSecret -> throw new IllegalStateException(work + " is no call to Wawp");
                };
        return WawpRequest.pairing(operation, credentials.orElseThrow(), guard);
    }

    PairingMaterial material() {
        return new PairingMaterial(
                link.orElseThrow().url(),
                linkExpiresAt,
                withCode ? code.map(WawpResponse.QrCode::payload) : Optional.empty());
    }

    void answered(Work work, WawpResponse response, Instant now) {
        underWay = Optional.empty();
        if (planOfWork != plan) {
            return;
        }
        if (response instanceof WawpResponse.Refused refused) {
            failed(work, refused.failure(), now);
            return;
        }
        resetPause();
        if (response instanceof WawpResponse.PairingLink made) {
            link = Optional.of(made);
            linkExpiresAt = now.plus(PairingRequest.LIFETIME);
            isChanged = true;
        } else if (response instanceof WawpResponse.QrCode read) {
            codeReadAt = now;
            isChanged = isChanged || !code.equals(Optional.of(read));
            code = Optional.of(read);
        } else if (work == Work.RevokeLink) {
            isLinkGone = true;
        }
    }

    private void failed(Work work, Failure failure, Instant now) {
        switch (work) {
            // between two codes, and while the phone asks for something else, there is none
            case ReadCode -> {
                codeReadAt = now;
                unreadCodes++;
            }
            case RevokeLink -> isLinkGone = failure.kind() == Failure.Kind.InstanceNotFound;
            case OfferLink -> {
                if (!failure.kind().isTransient()) {
                    impossible = Optional.of("Wawp refuses to make a page for linking a phone (" + failure.kind()
                            + "): a person must scan the QR code in the Wawp dashboard.");
                }
            }
            case WriteSecret, DeleteSecret -> throw new IllegalStateException(work + " is no call to Wawp");
        }
        pause(now);
    }

    /** @param outcome null where there is none */
    void stored(Work work, Outcome outcome, Instant now) {
        underWay = Optional.empty();
        Outcome known = outcome == null ? Outcome.Failed : outcome;
        if (work == Work.WriteSecret) {
            // one that failed may have arrived all the same
            mayBeThere = mayBeThere || known == Outcome.Done || known == Outcome.Failed;
        }
        if (planOfWork != plan) {
            // a write that ended after the withdrawal is deleted like any other
            return;
        }
        switch (known) {
            case Done -> {
                resetPause();
                isStored = work == Work.WriteSecret;
                isSecretGone = work == Work.DeleteSecret;
                mayBeThere = isStored;
                isChanged = false;
            }
            case Failed -> pause(now);
            case Exhausted -> mayRenew = false;
            case Forbidden ->
                denied(
                        work,
                        "A way to link a phone cannot be offered, because the operator may not write Secrets here:"
                                + " install it with pairing.enabled=true, or scan the QR code in the Wawp dashboard.",
                        now);
            case Refused ->
                denied(
                        work,
                        "A way to link a phone cannot be offered, because the API server refuses the Secret "
                                + owner.secretName() + ": it exceeds a quota, an admission policy forbids it, the"
                                + " namespace is being deleted, or the name of the resource is longer than "
                                + PairingOwner.LONGEST_NAME
                                + " characters. Change what is in the way and request pairing again, or scan the QR code"
                                + " in the Wawp dashboard.",
                        now);
            case Taken ->
                impossible = Optional.of(
                        "A way to link a phone cannot be offered, because a Secret named " + owner.secretName()
                                + " is there that is not the operator's: delete or rename it, then request pairing again.");
        }
    }

    /** The Secret may not be written, for this reason, or not be deleted. */
    private void denied(Work work, String why, Instant now) {
        if (work == Work.WriteSecret) {
            impossible = Optional.of(why);
            return;
        }
        // where none could be written there is none to delete; else the owner's end deletes it
        isSecretGone = impossible.isPresent() && !mayBeThere || now.isAfter(withdrawnAt.plus(PairingRequest.LIFETIME));
        pause(now);
    }

    private void pause(Instant now) {
        notBefore = now.plus(PAUSES.after(failures));
        failures++;
    }

    private void resetPause() {
        failures = 0;
        notBefore = Instant.MIN;
    }
}
