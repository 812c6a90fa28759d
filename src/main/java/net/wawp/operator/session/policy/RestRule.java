package net.wawp.operator.session.policy;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.PairingStep;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Rest;
import net.wawp.operator.session.RestRules;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.Target;

/** When a session that should be running rests: outside of its running hours, or unused for too long. */
final class RestRule {

    private final PolicyInputs inputs;
    private final RestRules rules;
    private final Instant now;

    private RestRule(PolicyInputs inputs, Instant now) {
        this.inputs = inputs;
        this.rules = inputs.target().rest();
        this.now = now;
    }

    static Rest of(PolicyInputs inputs, PairingStep pairing, Instant now) {
        Target target = inputs.target();
        boolean mayRest = target.desired() == Desired.Running
                && target.deletedAt().isEmpty()
                // a person with the phone waits for the QR code
                && pairing.activeSince(now).isEmpty();
        return mayRest ? new RestRule(inputs, now).decide() : Rest.NONE;
    }

    private Rest decide() {
        Optional<Instant> idleDue = idleDue();
        Optional<Instant> idleSince = rules.idleTimeout().flatMap(timeout -> rules.idleSince()
                .filter(since -> rules.lastUsedAt()
                        .filter(used -> now.isBefore(used.plus(timeout)))
                        .isEmpty())
                .or(() -> idleDue.filter(due -> !now.isBefore(due)).map(due -> now)));
        Optional<Reason> reason =
                rules.outsideHours() ? Optional.of(Reason.OutsideRunningHours) : idleSince.map(since -> Reason.Idle);
        // an idle session stays stopped when its hours begin
        Optional<Instant> hoursChangeAt = idleSince.isPresent() ? Optional.empty() : rules.hoursChangeAt();
        Optional<Instant> next = Stream.of(hoursChangeAt, reason.isPresent() ? Optional.<Instant>empty() : idleDue)
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
        return new Rest(reason, idleSince, inputs.target().suspended() ? Optional.empty() : next);
    }

    /** When a session that works will have been unused for too long. */
    private Optional<Instant> idleDue() {
        return rules.idleTimeout().flatMap(timeout -> inputs.observation()
                .observed()
                .filter(observed -> observed.state() == SessionState.WORKING)
                .map(this::workingSince)
                .map(since -> rules.lastUsedAt().filter(since::isBefore).orElse(since))
                .map(since -> since.plus(timeout)));
    }

    /** The last turn to WORKING. After a restart of the operator the status knows it. */
    private Instant workingSince(ObservedState observed) {
        return inputs.progress()
                .reported()
                .filter(reported -> reported.isReady()
                        && reported.state().filter(SessionState.WORKING::equals).isPresent())
                .map(ReportedStatus::stateSince)
                .filter(observed.since()::isAfter)
                .orElse(observed.since());
    }
}
