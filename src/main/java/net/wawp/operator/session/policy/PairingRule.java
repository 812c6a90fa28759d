package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.PairingOffer;
import net.wawp.operator.session.PairingProgress;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.PairingRequest.Phase;
import net.wawp.operator.session.PairingStep;
import net.wawp.operator.session.PairingStep.Plan;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.Target;

/**
 * The life of a person's request to link a phone. Pure.
 *
 * <p>A request is written as active before anything is made for it, and as ended only after all that was made is gone. So whoever leads next
 * knows from the status alone whether there may be a link to take back.
 */
final class PairingRule {

    /** How long after the last request the next may begin. */
    static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final Plan LEAVE = new PairingStep.Leave();

    private final Inputs in;
    private final Instant now;

    /**
     * All that is decided on.
     *
     * @param refusal why no request is served now, as the end of a sentence
     * @param isBlocked whether something beside Wawp is in the way and ends a request
     * @param ownsInstance else nothing may be called: what is at Wawp may be another resource's
     * @param state what a poll shows that counts
     * @param lastAction the last call that changes the session
     */
    record Inputs(
            PairingProgress progress,
            Optional<String> refusal,
            boolean isBlocked,
            boolean ownsInstance,
            Optional<SessionState> state,
            Optional<LastAction> lastAction) {

        /**
         * @param progress how far the session has come, where only polls count that may be acted upon
         * @param blocker what is in the way of the resource
         */
        static Inputs of(PolicyInputs inputs, Progress progress, Optional<Blocker> blocker, Instant now) {
            Instant requestedAt = inputs.pairing().requestedAt();
            return new Inputs(
                    inputs.pairing(),
                    refusal(inputs.target()),
                    blocker.filter(met -> endsRequests(inputs, met, now)).isPresent(),
                    inputs.ownership().olderOwner().isEmpty()
                            && blocker.filter(met -> namesAnother(inputs, met)).isEmpty(),
                    inputs.observation()
                            .observed()
                            // nobody polls while something is in the way
                            .filter(observed -> blocker.isEmpty()
                                    && inputs.observation().failureStreak().isEmpty())
                            .filter(observed -> !observed.begun().isBefore(requestedAt)
                                    && !observed.begun().isBefore(progress.freshAfter()))
                            .map(ObservedState::state),
                    progress.lastAction());
        }

        /** An instance that another resource owns is lost at once. A Secret may be on its way, or be there and only not be readable now. */
        private static boolean endsRequests(PolicyInputs inputs, Blocker blocker, Instant now) {
            boolean mayPass = blocker.isTransient()
                    || BlockerRule.orderingEnds(inputs, blocker, now).isPresent();
            return blocker.reason() == Reason.InstanceConflict || !mayPass;
        }

        /** Whether the Secret names another instance: one that gives credentials is invalid for nothing else. */
        private static boolean namesAnother(PolicyInputs inputs, Blocker blocker) {
            return blocker.reason() == Reason.SecretInvalid && inputs.secret() instanceof SecretState.Usable;
        }

        private static Optional<String> refusal(Target target) {
            if (target.deletedAt().isPresent()) {
                return Optional.of("the resource is being deleted");
            }
            if (target.suspended()) {
                return Optional.of("the resource is suspended");
            }
            if (target.desired() != Desired.Running) {
                return Optional.of("spec.desiredState is not Running");
            }
            return target.servesPairing()
                    ? Optional.empty()
                    : Optional.of(
                            "spec.pairing.mode is None, so scan the QR code in the Wawp dashboard, or set it to QR"
                                    + " or Link");
        }

        Optional<String> requested() {
            return progress.requested();
        }

        Optional<PairingRequest> last() {
            return progress.last();
        }

        PairingOffer offer() {
            return progress.offer();
        }
    }

    private PairingRule(Inputs in, Instant now) {
        this.in = in;
        this.now = now;
    }

    static PairingStep decide(Inputs inputs, Instant now) {
        PairingRule rule = new PairingRule(inputs, now);
        return inputs.last().filter(PairingRequest::isActive).map(rule::goOn).orElseGet(rule::begin);
    }

    /** Whether the restart that a request may cost was made: its start is the last call for this end since the request began. */
    static boolean hasRestarted(Optional<LastAction> lastAction, Instant begunAt) {
        return lastAction
                .filter(action -> action.purpose() == Purpose.Pairing)
                .filter(action -> switch (action.type()) {
                    case Start -> true;
                    case Stop, Logout -> false;
                })
                .filter(action -> !action.time().isBefore(begunAt))
                .isPresent();
    }

    private PairingStep begin() {
        Optional<String> next = in.requested().filter(token -> in.last()
                .map(PairingRequest::token)
                .filter(token::equals)
                .isEmpty());
        if (next.isEmpty()) {
            return new PairingStep(in.last(), LEAVE, complaint(), Optional.empty());
        }
        String token = next.get();
        if (in.refusal().isPresent()) {
            PairingRequest refused = new PairingRequest(token, Phase.Expired, Optional.empty());
            return new PairingStep(Optional.of(refused), LEAVE, refusalSentence(), Optional.empty());
        }
        Instant due = due();
        if (now.isBefore(due)) {
            return new PairingStep(in.last(), LEAVE, Optional.empty(), Optional.of(due));
        }
        if (in.state().isEmpty()) {
            // the poll that the request asks for is under way
            return new PairingStep(in.last(), LEAVE, Optional.empty(), Optional.empty());
        }
        return in.state().filter(SessionState.WORKING::equals).isPresent()
                ? new PairingStep(
                        Optional.of(PairingRequest.begin(token, now).in(Phase.Paired)),
                        LEAVE,
                        Optional.empty(),
                        Optional.empty())
                : active(PairingRequest.begin(token, now));
    }

    private PairingStep goOn(PairingRequest last) {
        Optional<Phase> end = end(last);
        if (end.isPresent()) {
            boolean isClosed = in.offer() instanceof PairingOffer.Closed closed
                    && closed.token().equals(last.token());
            return new PairingStep(
                    Optional.of(isClosed ? last.in(end.get()) : last),
                    isClosed ? LEAVE : new PairingStep.Withdraw(last.token(), in.ownsInstance()),
                    complaint(),
                    Optional.empty());
        }
        Optional<String> newer = in.requested().filter(token -> !token.equals(last.token()));
        if (newer.isPresent() && !now.isBefore(due())) {
            return active(PairingRequest.begin(newer.get(), now));
        }
        return active(last);
    }

    private PairingStep active(PairingRequest request) {
        boolean showsCode = in.state().filter(SessionState.SCAN_QR_CODE::equals).isPresent();
        boolean isOpen =
                in.offer() instanceof PairingOffer.Open open && open.token().equals(request.token());
        Instant recheck = in.requested()
                .filter(token -> !token.equals(request.token()))
                .map(token -> due())
                .filter(now::isBefore)
                .orElseGet(() -> expiry(request));
        return new PairingStep(
                Optional.of(showsCode && isOpen ? request.in(Phase.Offered) : request),
                showsCode ? new PairingStep.Offer(request.token()) : LEAVE,
                Optional.empty(),
                Optional.of(recheck));
    }

    /** How the request ends, if it must. */
    private Optional<Phase> end(PairingRequest last) {
        if (in.state().filter(SessionState.WORKING::equals).isPresent()) {
            return Optional.of(Phase.Paired);
        }
        boolean isImpossible = in.offer().impossible(last.token()).isPresent();
        boolean isOver = in.refusal().isPresent() || in.isBlocked() || isImpossible || !now.isBefore(expiry(last));
        return isOver || in.state().filter(state -> endsWith(last, state)).isPresent()
                ? Optional.of(Phase.Expired)
                : Optional.empty();
    }

    /** Whether the request ends with this state: its codes are used up, or somebody has stopped the session. */
    private boolean endsWith(PairingRequest last, SessionState state) {
        boolean wasOffered = last.phase() == Phase.Offered;
        return switch (state) {
            case STOPPED, STARTING -> wasOffered;
            case FAILED ->
                wasOffered || hasRestarted(in.lastAction(), last.begunAt().orElse(Instant.MIN));
            case SCAN_QR_CODE, PASSKEY_REQUIRED, PASSKEY_CONFIRMATION_REQUIRED, WORKING, UNKNOWN -> false;
        };
    }

    /** No clock but this process's own decides: a time in the status that is too late or missing counts from when the request was seen. */
    private Instant expiry(PairingRequest request) {
        Instant latest = in.progress().requestedAt().plus(PairingRequest.LIFETIME);
        return request.expiresAt().filter(latest::isAfter).orElse(latest);
    }

    /** When the request of the annotation may begin. */
    private Instant due() {
        Instant latest = in.progress().requestedAt().plus(INTERVAL);
        return in.last()
                .flatMap(PairingRequest::begunAt)
                .map(begun -> begun.plus(INTERVAL))
                .map(due -> due.isBefore(latest) ? due : latest)
                .orElse(now);
    }

    /** Why the request that the annotation names is not served, as long as that is so. */
    private Optional<String> complaint() {
        Optional<String> impossible = in.requested().flatMap(in.offer()::impossible);
        if (impossible.isPresent()) {
            return impossible;
        }
        boolean isRefused = in.last()
                .filter(last -> last.phase() == Phase.Expired)
                .map(PairingRequest::token)
                .filter(token -> in.requested().filter(token::equals).isPresent())
                .isPresent();
        return isRefused ? refusalSentence() : Optional.empty();
    }

    private Optional<String> refusalSentence() {
        return in.refusal()
                .map(why -> "The request to link a phone (annotation wawp.net/pair) is not served: " + why + ".");
    }
}
