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
import net.wawp.operator.controller.Assessor.Assessment;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.observer.SessionObserver;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Decision.LookAgain;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.FinalizerRule;
import net.wawp.operator.session.FinalizerRule.Release;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.status.StatusFactory;
import net.wawp.operator.wawp.Urgency;

/** One pass over one resource: assess it, then carry out the decision. Every effect of the operator has its place here. */
final class Pass {

    static final String FINALIZER = "wawp.net/session";

    private static final Duration AFTER_CONFLICT = Duration.ofSeconds(1);

    private final Assessor assessor;
    private final InstanceClaims claims;
    private final SessionObserver observer;
    private final Journal journal;
    private final Consumer<String> wake;
    private final BooleanSupplier leads;
    private final InstantSource clock;
    private final Map<String, SessionMemory> memories = new ConcurrentHashMap<>();

    /** @param wake asks for a pass over the resource with this UID, also while one is under way */
    Pass(
            Assessor assessor,
            InstanceClaims claims,
            SessionObserver observer,
            Journal journal,
            Consumer<String> wake,
            BooleanSupplier leads,
            InstantSource clock) {
        this.assessor = assessor;
        this.claims = claims;
        this.observer = observer;
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
        observer.forget(uid);
        memories.remove(uid);
        List<Claim> waiting = claims.rivals(uid);
        claims.remove(uid);
        waiting.forEach(rival -> wake.accept(rival.uid()));
    }

    /** Has another pass made soon. */
    void again(String uid) {
        observer.wakeAt(uid, clock.instant().plus(AFTER_CONFLICT));
    }

    void run(WhatsAppSession resource, Resources resources) {
        Instant now = clock.instant();
        SessionMemory memory = memories.computeIfAbsent(resource.getMetadata().getUid(), uid -> new SessionMemory(now));
        Subject subject = new Subject(resource, memory, now);
        if (settlesFinalizer(subject, resources)) {
            return;
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
        } else if (mustWaitForAnElder(subject, assessment, resources)) {
            again(subject.uid());
        } else {
            carryOut(subject, assessment, resources);
        }
    }

    /** Brings the finalizer in line with the deletion policy; true when that ends the pass: the change comes back as an event. */
    private boolean settlesFinalizer(Subject subject, Resources resources) {
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
            observer.unwatch(subject.uid());
            return true;
        }
        return false;
    }

    /** Two resources on one instance may be created together, and the younger be looked at first: it calls nothing before the other is judged. */
    private static boolean mustWaitForAnElder(Subject subject, Assessment assessment, Resources resources) {
        return assessment.decision() instanceof Judged judged
                && judged.call().isPresent()
                && assessment
                        .bound()
                        .filter(instance ->
                                Newcomers.mayHoldAnElder(resources::newcomers, subject.resource(), instance))
                        .isPresent();
    }

    private void release(Subject subject, Release release, Resources resources) {
        release.unfinished().ifPresent(why -> journal.released(subject.resource(), why));
        resources.removeFinalizer(subject.resource(), FINALIZER);
        observer.unwatch(subject.uid());
    }

    private void carryOut(Subject subject, Assessment assessment, Resources resources) {
        Optional<Recheck> recheck = Optional.empty();
        if (assessment.decision() instanceof LookAgain) {
            observer.lookNow(subject.uid(), Urgency.Prompt);
        } else if (assessment.decision() instanceof Judged judged) {
            boolean ignores = Request.of(subject.resource()).tooLong();
            write(subject, assessment, ignores ? judged.adding(Request.IGNORED) : judged, resources);
            recheck = judged.recheck();
        }
        recheck.filter(Recheck::look).ifPresent(due -> observer.lookAt(subject.uid(), due.at()));
        Stream.of(
                        Optional.of(assessment.secretDue()),
                        recheck.filter(due -> !due.look()).map(Recheck::at),
                        subject.deletedAt().map(at -> at.plus(FinalizerRule.PATIENCE)))
                .flatMap(Optional::stream)
                .min(Instant::compareTo)
                .ifPresent(due -> observer.wakeAt(subject.uid(), due));
    }

    private void write(Subject subject, Assessment assessment, Judged judged, Resources resources) {
        observer.lookEvery(subject.uid(), judged.lookEvery());
        Optional<LastAction> intent = judged.call().map(call -> intent(call, subject.now()));
        WhatsAppSessionStatus status = StatusFactory.create(
                subject.status(),
                judged,
                intent.or(judged::lastAction),
                subject.generation(),
                assessment.observation(),
                assessment.bound(),
                judged.requestHandled() ? Request.of(subject.resource()).token() : Optional.empty(),
                subject.now());
        WhatsAppSession written = subject.resource();
        if (!status.equals(subject.resource().getStatus())) {
            written = resources.writeStatus(subject.resource(), status);
            journal.changed(subject.resource(), status, judged);
        }
        if (intent.isPresent()) {
            send(written, intent.get(), resources);
        }
    }

    private static LastAction intent(Call call, Instant now) {
        return new LastAction(
                call.action(), UUID.randomUUID().toString(), LastAction.Phase.Intended, call.attempt(), now);
    }

    private void send(WhatsAppSession announced, LastAction intent, Resources resources) {
        CallPermit permit = new CallPermit(leads, clock, clock.instant(), announced, () -> resources.newest(announced));
        observer.send(announced.getMetadata().getUid(), intent.type(), intent.id(), permit);
    }
}
