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

    private final PairingOwner owner;
    private String token;
    /** Whether there should be a way to pair: not before the first plan that says so. */
    private boolean isWanted;

    /** Once it should be no longer. */
    private Optional<Withdrawal> withdrawal = Optional.empty();

    private boolean withCode;
    private boolean isOrphan;
    /** Those with which the resource last owned its instance. */
    private Optional<Credentials> credentials = Optional.empty();
    /** Whether the Secret gives some now: else those of before revoke the link, and nothing is made. */
    private boolean areGiven;

    private Optional<OfferWork> underWay = Optional.empty();
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
        if (revokesLink()) {
            credentials = given.or(() -> credentials);
        }
    }

    /** The resource is gone. */
    void orphan(Instant now) {
        isOrphan = true;
        withdraw(token, revokesLink(), now);
    }

    private void startAnew(String newToken) {
        plan++;
        token = newToken;
        isWanted = true;
        isOrphan = false;
        withdrawal = Optional.empty();
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
        if (withdrawal.isPresent() && withdrawn.equals(token) && revokes == revokesLink()) {
            return;
        }
        plan++;
        if (!withdrawn.equals(token)) {
            impossible = Optional.empty();
        }
        token = withdrawn;
        isWanted = false;
        withdrawal = Optional.of(new Withdrawal(now, revokes));
        // what is in memory is a way to pair as well
        link = Optional.empty();
        code = Optional.empty();
        resetPause();
    }

    private boolean revokesLink() {
        return withdrawal.map(Withdrawal::revokesLink).orElse(true);
    }

    PairingOffer report() {
        if (withdrawal.isPresent()) {
            return withdrawal.get().isDone() && underWay.isEmpty()
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

    /** What to do now, if anything. */
    Optional<OfferWork> next(Instant now) {
        if (underWay.isPresent() || now.isBefore(notBefore)) {
            return Optional.empty();
        }
        return withdrawal.isPresent() ? withdrawal.get().next(credentials.isPresent(), now) : nextToOpen(now);
    }

    private Optional<OfferWork> nextToOpen(Instant now) {
        if (!isWanted || impossible.isPresent() || !areGiven) {
            return Optional.empty();
        }
        if (link.isEmpty()) {
            return Optional.of(OfferWork.OfferLink);
        }
        boolean isWhole = !withCode || code.isPresent() || unreadCodes >= MOST_UNREAD_CODES;
        if (isWhole && mayRenew && (!isStored || isChanged)) {
            return Optional.of(OfferWork.WriteSecret);
        }
        boolean isCodeDue = withCode && mayRenew && !now.isBefore(codeReadAt.plus(CODE_INTERVAL));
        return isCodeDue ? Optional.of(OfferWork.ReadCode) : Optional.empty();
    }

    void begin(OfferWork work) {
        underWay = Optional.of(work);
        planOfWork = plan;
        withdrawal.ifPresent(back -> back.begin(work));
    }

    /** Whether what was begun is still to be done: asked in the last moment, by the thread that sends. */
    boolean isCurrent() {
        return planOfWork == plan;
    }

    WawpRequest request(OfferWork work, SendGuard guard) {
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

    void answered(OfferWork work, WawpResponse response, Instant now) {
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
        } else if (work == OfferWork.RevokeLink) {
            withdrawal.ifPresent(Withdrawal::linkIsGone);
        }
    }

    private void failed(OfferWork work, Failure failure, Instant now) {
        switch (work) {
            // between two codes, and while the phone asks for something else, there is none
            case ReadCode -> {
                codeReadAt = now;
                unreadCodes++;
            }
            case RevokeLink -> {
                if (failure.kind() == Failure.Kind.InstanceNotFound) {
                    withdrawal.ifPresent(Withdrawal::linkIsGone);
                }
            }
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
    void stored(OfferWork work, Outcome outcome, Instant now) {
        underWay = Optional.empty();
        Outcome known = outcome == null ? Outcome.Failed : outcome;
        if (work == OfferWork.WriteSecret) {
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
                isStored = work == OfferWork.WriteSecret;
                mayBeThere = isStored;
                withdrawal.ifPresent(Withdrawal::secretIsGone);
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
    private void denied(OfferWork work, String why, Instant now) {
        if (work == OfferWork.WriteSecret) {
            impossible = Optional.of(why);
            return;
        }
        withdrawal.ifPresent(back -> back.deletionIsDenied(impossible.isEmpty() || mayBeThere, now));
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
