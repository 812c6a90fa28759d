package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.controller.CredentialsResolver.Resolution;
import net.wawp.operator.controller.CredentialsResolver.Resolved;
import net.wawp.operator.controller.CredentialsResolver.Unresolved;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.SpecReader.Spec;
import net.wawp.operator.controller.SpecReader.Unreadable;
import net.wawp.operator.poller.SessionPoller;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Target.Blocker;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.status.StatusReader;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;

/**
 * Gathers what the policy needs to know of a resource (its spec, its Secret, who owns the instance, what was seen) and asks
 * it. Directs the poller where to poll, and changes nothing else.
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
    private final SessionPoller poller;
    private final CommandSender commands;
    private final Consumer<String> wake;

    /** @param wake asks for a pass over the resource with this UID, also while one is under way */
    Assessor(
            SpecReader specs,
            CredentialsResolver secrets,
            InstanceClaims claims,
            SessionPoller poller,
            CommandSender commands,
            Consumer<String> wake) {
        this.specs = specs;
        this.secrets = secrets;
        this.claims = claims;
        this.poller = poller;
        this.commands = commands;
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
    Assessment assess(ReconcileSubject subject) {
        subject.memory().notesRequest(ReconcileRequest.of(subject.resource()).token(), subject.now());
        Instant notBefore = subject.now().minus(secretAge(subject));
        return assess(subject, latest(notBefore, secretAskedFor(subject)));
    }

    /** Assesses with the Secret as it is now: due before each changing call. */
    Assessment assessAnew(ReconcileSubject subject) {
        return assess(subject, subject.now());
    }

    private Assessment assess(ReconcileSubject subject, Instant secretNotBefore) {
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

    private Assessment withCredentials(ReconcileSubject subject, Spec spec, Credentials credentials, Instant readAt) {
        if (subject.bound().isEmpty()) {
            poll(subject, credentials);
        }
        Optional<String> bound = subject.bound().or(() -> proven(subject, credentials));
        bound.ifPresent(instance -> claim(subject, instance, instance.equalsIgnoreCase(credentials.instanceId())));
        Optional<InstanceFooting.Lost> lost = bound.flatMap(instance -> InstanceFooting.check(
                subject, instance, credentials, spec.instanceId().isEmpty(), claims));
        if (lost.isPresent()) {
            return blocked(subject, spec, lost.get().reason(), lost.get().message(), readAt, bound);
        }
        subject.memory().meetsNone(subject.now());
        poll(subject, credentials);
        return assessment(subject, spec, Optional.empty(), bound, readAt);
    }

    /** A claim counts once Wawp answered to the resource's own credentials. */
    private Optional<String> proven(ReconcileSubject subject, Credentials credentials) {
        return poller.observation(subject.uid())
                .observed()
                .filter(seen -> !seen.begun().isBefore(subject.memory().freshAfter()))
                .map(seen -> credentials.instanceId());
    }

    private void claim(ReconcileSubject subject, String instance, boolean usable) {
        if (claims.put(Claim.of(subject.resource(), instance, usable))) {
            claims.rivals(subject.uid()).forEach(rival -> wake.accept(rival.uid()));
        }
    }

    /** Has the session polled with these credentials: at once where something is new, else at its pace. */
    private void poll(ReconcileSubject subject, Credentials credentials) {
        SessionMemory memory = subject.memory();
        poller.poll(subject.uid(), credentials);
        boolean pollsByItself = memory.notesCredentials(credentials, subject.now());
        if (memory.notesGeneration(subject.generation(), subject.now())) {
            poller.setInterval(subject.uid(), SessionPolicy.FAST);
            if (!pollsByItself) {
                poller.pollNow(subject.uid(), Priority.Prompt);
            }
        }
        if (memory.takesRequest()) {
            poller.pollNow(subject.uid(), Priority.Requested);
        }
    }

    private Assessment blocked(ReconcileSubject subject, Spec spec, Reason reason, String message, Instant checkedAt) {
        return blocked(subject, spec, reason, message, checkedAt, subject.bound());
    }

    private Assessment blocked(
            ReconcileSubject subject,
            Spec spec,
            Reason reason,
            String message,
            Instant checkedAt,
            Optional<String> bound) {
        poller.pause(subject.uid());
        subject.memory().notesGeneration(subject.generation(), subject.now());
        Blocker blocker = subject.memory().meets(reason, message, checkedAt, subject.now());
        return assessment(subject, spec, Optional.of(blocker), bound, checkedAt);
    }

    private Assessment assessment(
            ReconcileSubject subject,
            Spec spec,
            Optional<Blocker> blocker,
            Optional<String> bound,
            Instant secretReadAt) {
        Observation observation = poller.observation(subject.uid());
        Target target = new Target(
                subject.generation(),
                subject.memory().changedAt(),
                subject.desired(spec.desired()),
                spec.suspended(),
                subject.deletedAt(),
                spec.pollInterval(),
                spec.startingTimeout(),
                spec.maxRestarts(),
                blocker,
                subject.memory().requestedAt());
        Decision decision = SessionPolicy.decide(target, observation, progress(subject), subject.now());
        return new Assessment(target, observation, decision, bound, secretReadAt.plus(secretAge(subject)));
    }

    private Progress progress(ReconcileSubject subject) {
        Optional<LastAction> lastAction = StatusReader.lastAction(subject.status(), subject.now());
        Optional<CommandReport> report = lastReport(subject)
                .filter(own -> own.isPending()
                        || lastAction
                                .map(LastAction::id)
                                .filter(own.id()::equals)
                                .isPresent());
        Instant settled = lastReport(subject).flatMap(CommandReport::settledAt).orElse(Instant.MIN);
        return new Progress(
                StatusReader.pairing(subject.status()),
                StatusReader.restarts(subject.status()),
                lastAction,
                StatusReader.reported(subject.status()),
                report,
                subject.memory().foundAt(),
                latest(subject.memory().freshAfter(), settled));
    }

    private Optional<CommandReport> lastReport(ReconcileSubject subject) {
        return subject.instance().flatMap(commands::lastReport);
    }

    private Duration secretAge(ReconcileSubject subject) {
        Optional<Blocker> blocker = subject.memory().blocker();
        if (blocker.filter(met -> isAboutSecret(met.reason())).isPresent()) {
            boolean mayBeOnItsWay = subject.now().isBefore(blocker.get().since().plus(AWAITED_FOR));
            return mayBeOnItsWay ? AWAITED_SECRET_AGE : WANTED_SECRET_AGE;
        }
        return unauthorized(subject).isPresent() ? WANTED_SECRET_AGE : SECRET_AGE;
    }

    /** A refused token has the Secret read once at once, a person's request likewise. */
    private Instant secretAskedFor(ReconcileSubject subject) {
        Instant refused = unauthorized(subject).map(FailureStreak::since).orElse(Instant.MIN);
        return latest(refused, subject.memory().requestedAt().orElse(Instant.MIN));
    }

    private Optional<FailureStreak> unauthorized(ReconcileSubject subject) {
        return poller.observation(subject.uid())
                .failureStreak()
                .filter(failureStreak -> failureStreak.failure().kind() == Failure.Kind.Unauthorized);
    }

    private static boolean isAboutSecret(Reason reason) {
        return reason == Reason.SecretNotFound || reason == Reason.SecretInvalid;
    }

    private static Instant latest(Instant... times) {
        return Stream.of(times).max(Instant::compareTo).orElseThrow();
    }
}
