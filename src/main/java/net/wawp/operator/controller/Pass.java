package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.command.Command;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.command.Confirmation;
import net.wawp.operator.controller.Assessor.Assessment;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.poller.SessionPoller;
import net.wawp.operator.session.Decision.Await;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Decision.PollFirst;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.policy.FinalizerRule;
import net.wawp.operator.session.policy.FinalizerRule.Release;
import net.wawp.operator.status.StatusFactory;
import net.wawp.operator.wawp.Priority;

/** One pass over one resource: assess it, then carry out the decision. Every effect of the operator has its place here. */
final class Pass {

    static final String FINALIZER = "wawp.net/session";

    /** When to try again what another writer, another resource or another command made impossible just now. */
    static final Duration SOON = Duration.ofSeconds(1);

    private final Assessor assessor;
    private final InstanceClaims claims;
    private final SessionPoller poller;
    private final CommandSender commands;
    private final TransitionRecorder journal;
    private final Consumer<String> wake;
    private final BooleanSupplier leads;
    private final InstantSource clock;
    private final Map<String, SessionMemory> memories = new ConcurrentHashMap<>();

    /** @param wake asks for a pass over the resource with this UID, also while one is under way */
    Pass(
            Assessor assessor,
            InstanceClaims claims,
            SessionPoller poller,
            CommandSender commands,
            TransitionRecorder journal,
            Consumer<String> wake,
            BooleanSupplier leads,
            InstantSource clock) {
        this.assessor = assessor;
        this.claims = claims;
        this.poller = poller;
        this.commands = commands;
        this.journal = journal;
        this.wake = wake;
        this.leads = leads;
        this.clock = clock;
    }

    /** Learns what instance a resource is bound to by its status. */
    void claim(WhatsAppSession resource) {
        Optional.ofNullable(resource.getStatus())
                .map(WhatsAppSessionStatus::instanceId)
                .ifPresent(instance -> claims.put(Claim.of(resource, instance, true)));
    }

    /** Forgets a resource that is gone; those that waited for its instance get their turn. */
    void forget(String uid) {
        poller.forget(uid);
        memories.remove(uid);
        List<Claim> waiting = claims.rivals(uid);
        claims.remove(uid);
        waiting.forEach(rival -> wake.accept(rival.uid()));
    }

    /** Gives the time after which another pass is due although nothing may have changed. */
    Optional<Duration> run(WhatsAppSession resource, SessionStore resources) {
        Instant now = clock.instant();
        SessionMemory memory = memories.computeIfAbsent(resource.getMetadata().getUid(), uid -> new SessionMemory(now));
        ReconcileSubject subject = new ReconcileSubject(resource, memory, now);
        if (settlesFinalizer(subject, resources)) {
            return Optional.empty();
        }
        Assessment assessment = assessor.assess(subject);
        if (assessment.decision() instanceof Judged judged && judged.call().isPresent()) {
            assessment = assessor.assessAnew(subject);
        }
        Optional<Release> release = FinalizerRule.decide(
                assessment.target(), assessment.decision(), claims.hasSuccessor(subject.uid()), now);
        if (release.isPresent()) {
            release(subject, release.get(), resources);
            if (assessment.decision() instanceof Judged judged) {
                journal.settled(subject.resource(), judged);
            }
            return Optional.empty();
        }
        if (mustWaitForAnOlderClaim(subject, assessment, resources) || waitsForAnotherResource(subject, assessment)) {
            return Optional.of(SOON);
        }
        return carryOut(subject, assessment, resources);
    }

    /** Brings the finalizer in line with the deletion policy; true when that ends the pass: the change comes back as an event. */
    private boolean settlesFinalizer(ReconcileSubject subject, SessionStore resources) {
        boolean held = subject.resource().hasFinalizer(FINALIZER);
        boolean wanted = subject.deletionPolicy() != DeletionPolicy.Retain;
        boolean deleting = subject.deletedAt().isPresent();
        if (held && !wanted) {
            resources.removeFinalizer(subject.resource(), FINALIZER);
            return true;
        }
        if (!held && wanted && !deleting) {
            resources.addFinalizer(subject.resource(), FINALIZER);
            return true;
        }
        if (!held && deleting) {
            // somebody else's finalizer holds it: nothing more is done about the session
            claim(subject.resource());
            poller.pause(subject.uid());
            return true;
        }
        return false;
    }

    /** Two resources on one instance may be created together, and the younger be polled first: it calls nothing before the other is judged. */
    private static boolean mustWaitForAnOlderClaim(
            ReconcileSubject subject, Assessment assessment, SessionStore resources) {
        return assessment.decision() instanceof Judged judged
                && judged.call().isPresent()
                && assessment
                        .bound()
                        .filter(instance -> UnreconciledSessions.mayHoldAnOlderClaim(
                                resources::unreconciled, subject.resource(), instance))
                        .isPresent();
    }

    /** Nobody wakes this resource when a command that another one sent to the same instance has ended. */
    private boolean waitsForAnotherResource(ReconcileSubject subject, Assessment assessment) {
        return assessment.decision() instanceof Await
                && subject.instance()
                        .flatMap(commands::last)
                        .filter(sent -> sent.report().isPending() && !sent.uid().equals(subject.uid()))
                        .isPresent();
    }

    private void release(ReconcileSubject subject, Release release, SessionStore resources) {
        release.unfinished().ifPresent(why -> journal.released(subject.resource(), why));
        resources.removeFinalizer(subject.resource(), FINALIZER);
        poller.pause(subject.uid());
    }

    private Optional<Duration> carryOut(ReconcileSubject subject, Assessment assessment, SessionStore resources) {
        Optional<Recheck> recheck = Optional.empty();
        if (assessment.decision() instanceof PollFirst) {
            poller.pollNow(subject.uid(), Priority.Prompt);
        } else if (assessment.decision() instanceof Judged judged) {
            boolean ignores = ReconcileRequest.of(subject.resource()).tooLong();
            write(subject, assessment, ignores ? judged.adding(ReconcileRequest.IGNORED) : judged, resources);
            recheck = judged.recheck();
        }
        recheck.filter(Recheck::poll).ifPresent(due -> poller.pollAt(subject.uid(), due.at(), Priority.Prompt));
        return Stream.of(
                        Optional.of(assessment.secretDue()),
                        recheck.filter(due -> !due.poll()).map(Recheck::at),
                        subject.deletedAt().map(at -> at.plus(FinalizerRule.RELEASE_DEADLINE)))
                .flatMap(Optional::stream)
                .min(Instant::compareTo)
                .map(due -> Duration.between(clock.instant(), due))
                .map(delay -> delay.toMillis() < 1 ? Duration.ofMillis(1) : delay);
    }

    private void write(ReconcileSubject subject, Assessment assessment, Judged judged, SessionStore resources) {
        poller.setInterval(subject.uid(), judged.pollInterval());
        Optional<LastAction> intent = judged.call().map(call -> intent(call, subject.now()));
        WhatsAppSession written = write(subject, assessment, judged, intent.or(judged::lastAction), resources);
        if (intent.isPresent() && !send(subject, written, intent.get(), resources)) {
            WhatsAppSessionStatus abandoned =
                    status(subject, assessment, judged, Optional.of(intent.get().closedAs(LastAction.Phase.Abandoned)));
            resources.writeStatus(written, abandoned);
        }
    }

    private WhatsAppSession write(
            ReconcileSubject subject,
            Assessment assessment,
            Judged judged,
            Optional<LastAction> lastAction,
            SessionStore resources) {
        WhatsAppSessionStatus status = status(subject, assessment, judged, lastAction);
        if (status.equals(subject.resource().getStatus())) {
            return subject.resource();
        }
        WhatsAppSession written = resources.writeStatus(subject.resource(), status);
        journal.changed(subject.resource(), status, judged);
        return written;
    }

    private static WhatsAppSessionStatus status(
            ReconcileSubject subject, Assessment assessment, Judged judged, Optional<LastAction> lastAction) {
        return StatusFactory.create(
                subject.status(),
                judged,
                lastAction,
                subject.generation(),
                assessment.observation(),
                assessment.bound(),
                judged.requestHandled()
                        ? ReconcileRequest.of(subject.resource()).token()
                        : Optional.empty(),
                subject.now());
    }

    private static LastAction intent(Call call, Instant now) {
        return new LastAction(
                call.action(), UUID.randomUUID().toString(), LastAction.Phase.Intended, call.attempt(), now);
    }

    private boolean send(
            ReconcileSubject subject, WhatsAppSession announced, LastAction intent, SessionStore resources) {
        IntentSendGuard guard =
                new IntentSendGuard(leads, clock, clock.instant(), announced, () -> resources.newest(announced));
        return subject.memory()
                .credentials()
                .filter(credentials ->
                        commands.send(new Command(subject.uid(), credentials, intent, guard, Confirmation.NONE)))
                .isPresent();
    }
}
