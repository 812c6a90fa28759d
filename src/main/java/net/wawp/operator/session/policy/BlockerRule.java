package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.session.SecretState.Unusable;
import net.wawp.operator.session.SecretState.Usable;

/** What keeps a resource from being acted upon at all: its own text, its Secret, another resource. */
final class BlockerRule {

    /** How long a missing Secret or a taken instance may be a matter of the order in which things are applied. */
    static final Duration ORDERING_GRACE = Duration.ofMinutes(2);

    private BlockerRule() {}

    static Optional<Blocker> find(PolicyInputs inputs, Instant now) {
        if (inputs.target().problem().isPresent()) {
            return met(inputs, Reason.RequestRejected, inputs.target().problem().get(), false, now);
        }
        SecretState secret = inputs.secret();
        if (secret instanceof Unusable unusable) {
            return met(inputs, unusable.reason(), unusable.message(), unusable.isTransient(), now);
        }
        if (!(secret instanceof Usable usable)) {
            return Optional.empty();
        }
        Optional<String> bound = bound(inputs);
        if (bound.isPresent() && !bound.get().equalsIgnoreCase(usable.instanceId())) {
            String named = usable.idIsFromSecret() ? "the Secret names another now" : "now " + usable.instanceId();
            return met(
                    inputs,
                    Reason.SecretInvalid,
                    "The instance was " + bound.get() + ", " + named
                            + ": delete the resource and create it anew to use another instance.",
                    false,
                    now);
        }
        if (bound.isPresent() && inputs.ownership().olderOwner().isPresent()) {
            return met(
                    inputs,
                    Reason.InstanceConflict,
                    "The instance belongs to " + inputs.ownership().olderOwner().get() + ": delete one of the two.",
                    false,
                    now);
        }
        return Optional.empty();
    }

    /** A claim counts once Wawp answered to the resource's own credentials. */
    static Optional<String> bound(PolicyInputs inputs) {
        return inputs.ownership()
                .bound()
                .or(() -> inputs.secret() instanceof Usable usable
                        ? inputs.observation()
                                .observed()
                                .map(ObservedState::begun)
                                .filter(begun ->
                                        !begun.isBefore(inputs.progress().freshAfter()))
                                .map(begun -> usable.instanceId())
                        : Optional.empty());
    }

    /** While the blocker may pass by itself because things are applied in some order: when that time is over. */
    static Optional<Instant> orderingEnds(PolicyInputs inputs, Blocker blocker, Instant now) {
        boolean mayBeOrdering =
                blocker.reason() == Reason.SecretNotFound || blocker.reason() == Reason.InstanceConflict;
        Instant changedAt = inputs.target().changedAt();
        Instant end = (blocker.since().isAfter(changedAt) ? blocker.since() : changedAt).plus(ORDERING_GRACE);
        return Optional.of(end).filter(at -> mayBeOrdering && now.isBefore(at));
    }

    /** The same for the status, in which what was reported as stalled stays so. */
    static Optional<Instant> graceEnds(PolicyInputs inputs, Blocker blocker, Instant now) {
        // what another process reported as stalled was stalled, whatever it was about
        boolean isSame = inputs.progress()
                .blocker()
                .map(before -> before.reason() == blocker.reason())
                .orElse(!inputs.progress().isOwnStatus());
        boolean wasStalled = inputs.progress()
                .reported()
                .filter(ReportedStatus::stalled)
                .filter(reported ->
                        isSame && reported.generation() == inputs.target().generation())
                .isPresent();
        return orderingEnds(inputs, blocker, now).filter(end -> !wasStalled);
    }

    private static Optional<Blocker> met(
            PolicyInputs inputs, Reason reason, String message, boolean isTransient, Instant now) {
        Instant since = inputs.progress()
                .blocker()
                .filter(before -> before.reason() == reason)
                .map(Blocker::since)
                .orElse(now);
        return Optional.of(new Blocker(reason, message, since, isTransient));
    }
}
