package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.wawp.operator.controller.CredentialsResolver.Resolution;
import net.wawp.operator.controller.CredentialsResolver.Resolved;
import net.wawp.operator.controller.CredentialsResolver.Unresolved;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.SpecReader.Spec;
import net.wawp.operator.controller.SpecReader.Unreadable;
import net.wawp.operator.observer.SessionObserver;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.Trouble;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionPolicy;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Target.Obstacle;
import net.wawp.operator.status.StatusReader;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Urgency;

/**
 * Gathers what the policy needs to know of a resource (its spec, its Secret, who owns the instance, what was seen) and asks
 * it. Directs the observer where to look, and changes nothing else.
 */
final class Assessor {

    /** How old a Secret may be; while something about it has to be put right; and at first, when it may be on its way. */
    private static final Duration SECRET_AGE = Duration.ofMinutes(10);

    private static final Duration WANTED_SECRET_AGE = Duration.ofSeconds(60);
    private static final Duration AWAITED_SECRET_AGE = Duration.ofSeconds(10);
    private static final Duration AWAITED_FOR = Duration.ofMinutes(2);

    private final SpecReader specs;
    private final CredentialsResolver secrets;
    private final InstanceClaims claims;
    private final SessionObserver observer;
    private final Consumer<String> wake;

    /** @param wake asks for a pass over the resource with this UID, also while one is under way */
    Assessor(
            SpecReader specs,
            CredentialsResolver secrets,
            InstanceClaims claims,
            SessionObserver observer,
            Consumer<String> wake) {
        this.specs = specs;
        this.secrets = secrets;
        this.claims = claims;
        this.observer = observer;
        this.wake = wake;
    }

    /**
     * What is known and what follows.
     *
     * @param bound the instance that the resource is bound to, since now or before
     * @param secretDue when the Secret is to be read again
     */
    record Assessment(
            Target target, Observation observation, Decision decision, Optional<String> bound, Instant secretDue) {}

    /** Assesses with a Secret that may have been read a while ago. */
    Assessment assess(Subject subject) {
        subject.memory().notesRequest(Request.of(subject.resource()).token(), subject.now());
        Instant notBefore = subject.now().minus(secretAge(subject));
        return assess(subject, latest(notBefore, secretAskedFor(subject)));
    }

    /** Assesses with the Secret as it is now: due before each changing call. */
    Assessment assessAnew(Subject subject) {
        return assess(subject, subject.now());
    }

    private Assessment assess(Subject subject, Instant secretNotBefore) {
        SpecReader.Reading reading = specs.read(subject.resource().getSpec());
        if (reading instanceof Unreadable unreadable) {
            subject.bound().ifPresent(instance -> claim(subject, instance, false));
            return blocked(subject, specs.harmless(), Reason.RequestRejected, unreadable.message(), subject.now());
        }
        Spec spec = (Spec) reading;
        Resolution resolution =
                secrets.resolve(subject.meta().getNamespace(), spec.secret(), spec.instanceId(), secretNotBefore);
        if (resolution instanceof Resolved resolved) {
            return withCredentials(subject, spec, resolved.credentials(), resolved.readAt());
        }
        Unresolved unresolved = (Unresolved) resolution;
        Optional<Credentials> last = subject.memory().credentials();
        boolean secretWentFirst = subject.deletedAt().isPresent() && unresolved.reason() == Reason.SecretNotFound;
        if (secretWentFirst && last.isPresent()) {
            return withCredentials(subject, spec, last.get(), unresolved.readAt());
        }
        subject.bound().ifPresent(instance -> claim(subject, instance, false));
        return blocked(subject, spec, unresolved.reason(), unresolved.message(), unresolved.readAt());
    }

    private Assessment withCredentials(Subject subject, Spec spec, Credentials credentials, Instant readAt) {
        if (subject.bound().isEmpty()) {
            look(subject, credentials);
        }
        Optional<String> bound = subject.bound().or(() -> proven(subject, credentials));
        bound.ifPresent(instance -> claim(subject, instance, instance.equalsIgnoreCase(credentials.instanceId())));
        Optional<Footing.Lost> lost = bound.flatMap(instance ->
                Footing.check(subject, instance, credentials, spec.instanceId().isEmpty(), claims));
        if (lost.isPresent()) {
            return blocked(subject, spec, lost.get().reason(), lost.get().message(), readAt, bound);
        }
        subject.memory().meetsNone(subject.now());
        look(subject, credentials);
        return assessment(subject, spec, Optional.empty(), bound, readAt);
    }

    /** A claim counts once Wawp answered to the resource's own credentials. */
    private Optional<String> proven(Subject subject, Credentials credentials) {
        return observer.observation(subject.uid())
                .sighting()
                .filter(seen -> !seen.begun().isBefore(subject.memory().freshAfter()))
                .map(seen -> credentials.instanceId());
    }

    private void claim(Subject subject, String instance, boolean usable) {
        if (claims.put(Claim.of(subject.resource(), instance, usable))) {
            claims.rivals(subject.uid()).forEach(rival -> wake.accept(rival.uid()));
        }
    }

    /** Has the session looked at with these credentials: at once where something is new, else at its pace. */
    private void look(Subject subject, Credentials credentials) {
        SessionMemory memory = subject.memory();
        observer.watch(subject.uid(), credentials);
        boolean looksByItself = memory.notesCredentials(credentials, subject.now());
        if (memory.notesGeneration(subject.generation(), subject.now())) {
            observer.lookEvery(subject.uid(), SessionPolicy.FAST);
            if (!looksByItself) {
                observer.lookNow(subject.uid(), Urgency.Prompt);
            }
        }
        if (memory.takesRequest()) {
            observer.lookNow(subject.uid(), Urgency.Requested);
        }
    }

    private Assessment blocked(Subject subject, Spec spec, Reason reason, String message, Instant checkedAt) {
        return blocked(subject, spec, reason, message, checkedAt, subject.bound());
    }

    private Assessment blocked(
            Subject subject, Spec spec, Reason reason, String message, Instant checkedAt, Optional<String> bound) {
        observer.unwatch(subject.uid());
        subject.memory().notesGeneration(subject.generation(), subject.now());
        Obstacle obstacle = subject.memory().meets(reason, message, checkedAt, subject.now());
        return assessment(subject, spec, Optional.of(obstacle), bound, checkedAt);
    }

    private Assessment assessment(
            Subject subject, Spec spec, Optional<Obstacle> obstacle, Optional<String> bound, Instant secretReadAt) {
        Observation observation = observer.observation(subject.uid());
        Target target = new Target(
                subject.generation(),
                subject.memory().changedAt(),
                subject.desired(spec.desired()),
                spec.suspended(),
                subject.deletedAt(),
                spec.pollInterval(),
                spec.startingTimeout(),
                spec.maxRestarts(),
                obstacle,
                subject.memory().requestedAt());
        Decision decision = SessionPolicy.decide(target, observation, progress(subject), subject.now());
        return new Assessment(target, observation, decision, bound, secretReadAt.plus(secretAge(subject)));
    }

    private Progress progress(Subject subject) {
        Optional<LastAction> lastAction = StatusReader.lastAction(subject.status(), subject.now());
        Optional<CommandReport> report = observer.report(subject.uid())
                .filter(own -> own.isPending()
                        || lastAction
                                .map(LastAction::id)
                                .filter(own.id()::equals)
                                .isPresent());
        Instant settled =
                observer.report(subject.uid()).flatMap(CommandReport::settledAt).orElse(Instant.MIN);
        return new Progress(
                StatusReader.pairing(subject.status()),
                StatusReader.restarts(subject.status()),
                lastAction,
                StatusReader.standing(subject.status()),
                report,
                subject.memory().foundAt(),
                latest(subject.memory().freshAfter(), settled));
    }

    private Duration secretAge(Subject subject) {
        Optional<Obstacle> obstacle = subject.memory().obstacle();
        if (obstacle.filter(met -> isAboutSecret(met.reason())).isPresent()) {
            boolean mayBeOnItsWay =
                    subject.now().isBefore(obstacle.get().since().plus(AWAITED_FOR));
            return mayBeOnItsWay ? AWAITED_SECRET_AGE : WANTED_SECRET_AGE;
        }
        return unauthorized(subject).isPresent() ? WANTED_SECRET_AGE : SECRET_AGE;
    }

    /** A refused token has the Secret read once at once, a person's request likewise. */
    private Instant secretAskedFor(Subject subject) {
        Instant refused = unauthorized(subject).map(Trouble::since).orElse(Instant.MIN);
        return latest(refused, subject.memory().requestedAt().orElse(Instant.MIN));
    }

    private Optional<Trouble> unauthorized(Subject subject) {
        return observer.observation(subject.uid())
                .trouble()
                .filter(trouble -> trouble.failure().kind() == Failure.Kind.Unauthorized);
    }

    private static boolean isAboutSecret(Reason reason) {
        return reason == Reason.SecretNotFound || reason == Reason.SecretInvalid;
    }

    private static Instant latest(Instant... times) {
        return Stream.of(times).max(Instant::compareTo).orElseThrow();
    }
}
