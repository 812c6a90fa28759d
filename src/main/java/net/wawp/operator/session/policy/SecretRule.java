package net.wawp.operator.session.policy;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.session.SecretState.Unusable;
import net.wawp.operator.session.SecretState.Usable;

/** When a Secret must be read again before anything else. That it is read every now and then is the controller's business. */
final class SecretRule {

    private SecretRule() {}

    static boolean mustBeRead(PolicyInputs inputs) {
        return readAt(inputs.secret())
                .map(readAt -> isRequestedAfter(readAt, inputs))
                .orElse(true);
    }

    /** Whether a person has requested something since, or Wawp has begun to refuse the token. */
    static boolean isRequestedAfter(Instant readAt, PolicyInputs inputs) {
        Optional<Instant> refusedSince = inputs.observation()
                .failureStreak()
                .filter(streak -> streak.failure().kind() == Failure.Kind.Unauthorized)
                .map(FailureStreak::sameSince);
        return Stream.of(refusedSince, inputs.target().requestedAt())
                .flatMap(Optional::stream)
                .anyMatch(readAt::isBefore);
    }

    /** A call is made with the Secret as it is now: read after the last edit was seen and the last call was settled, and just now. */
    static boolean isFreshEnoughToCall(PolicyInputs inputs, Progress progress, Instant now) {
        return readAt(inputs.secret())
                .filter(readAt -> !readAt.isBefore(now.minus(SessionPolicy.MAX_SECRET_AGE)))
                .filter(readAt -> !readAt.isBefore(inputs.target().changedAt()))
                .filter(readAt -> progress.report()
                        .flatMap(report -> report.settledAt())
                        .filter(readAt::isBefore)
                        .isEmpty())
                .isPresent();
    }

    private static Optional<Instant> readAt(SecretState secret) {
        if (secret instanceof Usable usable) {
            return Optional.of(usable.readAt());
        }
        return secret instanceof Unusable unusable ? Optional.of(unusable.readAt()) : Optional.empty();
    }
}
