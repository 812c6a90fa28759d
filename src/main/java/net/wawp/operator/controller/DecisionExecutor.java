package net.wawp.operator.controller;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.InstanceClaims.Validity;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.AddFinalizer;
import net.wawp.operator.session.Decision.Await;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.LeaveAlone;
import net.wawp.operator.session.Decision.PollFirst;
import net.wawp.operator.session.Decision.ReadSecret;
import net.wawp.operator.session.Decision.Release;
import net.wawp.operator.session.Decision.RemoveFinalizer;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.PolicyResult;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.status.StatusFactory;

/**
 * Carries decisions out. The only one who changes anything: claims, the poll plan, the status, Events, calls, the next reconciliation.
 *
 * <p>In {@code protocol.als} this is the guard {@code IntentFirst}.
 */
final class DecisionExecutor {

    private final Map<String, ResourceMemory> memories;
    private final SecretStore secrets;
    private final InstanceClaims claims;
    private final PollPlanner polls;
    private final IntentSender intents;
    private final RequestExecutor requests;
    private final UnwrittenOutcomes unwritten;
    private final TransitionRecorder transitions;
    private final Consumer<String> wake;
    private volatile boolean announces = true;

    /**
     * @param memories by UID
     * @param unwritten the calls whose outcome does not stand in a status yet
     * @param wake asks for a reconciliation of the resource with this UID, also while one is under way
     */
    DecisionExecutor(
            Map<String, ResourceMemory> memories,
            SecretStore secrets,
            InstanceClaims claims,
            PollPlanner polls,
            IntentSender intents,
            RequestExecutor requests,
            UnwrittenOutcomes unwritten,
            TransitionRecorder transitions,
            Consumer<String> wake) {
        this.memories = memories;
        this.secrets = secrets;
        this.claims = claims;
        this.polls = polls;
        this.intents = intents;
        this.requests = requests;
        this.unwritten = unwritten;
        this.transitions = transitions;
        this.wake = wake;
    }

    /** Announces no call from now on; what is known of the earlier ones is still written. */
    void stopAnnouncing() {
        announces = false;
    }

    /**
     * Carries the decision out.
     *
     * @return after what time to reconcile again even if nothing happens
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when a write failed; nothing is called then
     */
    Optional<Duration> apply(ReconcileInputs inputs, PolicyResult result, SessionStore store) {
        Decision decision = result.decision();
        requests.carryOut(inputs, result.pairing());
        if (decision instanceof AddFinalizer) {
            store.addFinalizer(inputs.resource(), InputsGatherer.FINALIZER);
        } else if (decision instanceof RemoveFinalizer) {
            store.removeFinalizer(inputs.resource(), InputsGatherer.FINALIZER);
        } else if (decision instanceof LeaveAlone) {
            claim(inputs, result, Validity.Valid);
            polls.pause(inputs);
        } else if (decision instanceof Release release) {
            release(inputs, release, store);
        } else {
            carryOn(inputs, result, store);
        }
        return result.decideAgainAt()
                .map(at -> Duration.between(inputs.now(), at))
                .map(delay -> delay.isNegative() || delay.isZero() ? Duration.ofMillis(1) : delay);
    }

    private void release(ReconcileInputs inputs, Release release, SessionStore store) {
        store.removeFinalizer(inputs.resource(), InputsGatherer.FINALIZER);
        release.unfinished().ifPresent(why -> transitions.released(inputs.resource(), why));
        transitions.settled(inputs.resource(), release.facts());
        noteWritten(inputs, release.facts());
        polls.pause(inputs);
    }

    private void carryOn(ReconcileInputs inputs, PolicyResult result, SessionStore store) {
        Decision decision = result.decision();
        Optional<Blocker> blocker = decision instanceof UpdateStatus update ? update.blocker() : Optional.empty();
        // before the Secret is read, or the call under way has ended, nobody knows whether what stood in the way still
        // does
        boolean isUndecided = decision instanceof ReadSecret
                || inputs.facts()
                        .progress()
                        .report()
                        .filter(CommandReport::isPending)
                        .isPresent();
        Optional<Blocker> met = isUndecided ? inputs.memory().blocker() : blocker;
        Optional<String> bound = result.boundInstance();
        memories.put(inputs.uid(), inputs.memory().decided(met, bound, inputs.now()));
        bound.ifPresent(instance -> claim(inputs, result, validity(inputs, instance)));
        polls.plan(inputs, met);

        if (decision instanceof UpdateStatus update) {
            if (update.call().isPresent() && !announces) {
                record(inputs, result, update.facts(), store);
            } else {
                write(inputs, result, update, store);
            }
        } else if (decision instanceof ReadSecret read) {
            record(inputs, result, read.facts(), store);
            inputs.secret().ifPresent(key -> secrets.read(inputs.uid(), key));
        } else if (decision instanceof PollFirst poll) {
            record(inputs, result, poll.facts(), store);
            polls.pollFirst(inputs);
        } else {
            record(inputs, result, ((Await) decision).facts(), store);
            polls.pollAfterCallOfAnother(inputs);
            polls.pollAgainAfterFailure(inputs);
        }
    }

    private static Validity validity(ReconcileInputs inputs, String instance) {
        SecretState secret = inputs.facts().secret();
        if (secret instanceof SecretState.Unread || secret instanceof SecretState.Unusable bad && bad.isTransient()) {
            return Validity.Unknown;
        }
        return inputs.credentials()
                .filter(credentials -> credentials.instanceId().equalsIgnoreCase(instance))
                .map(credentials -> Validity.Valid)
                .orElse(Validity.Invalid);
    }

    /** A resource claims the instance that it is bound to. Those that compete for it learn what has changed. */
    private void claim(ReconcileInputs inputs, PolicyResult result, Validity validity) {
        result.boundInstance().ifPresent(instance -> {
            if (claims.put(Claim.of(inputs.resource(), instance, validity), inputs.now())) {
                claims.competing(inputs.uid()).forEach(other -> wake.accept(other.uid()));
            }
        });
    }

    /** Writes what is certain, if it is not written yet. */
    private void record(ReconcileInputs inputs, PolicyResult result, Facts facts, SessionStore store) {
        boolean isNew = !facts.lastAction().equals(inputs.facts().progress().lastAction());
        if (isNew || requests.changesPairing(inputs, result.pairing())) {
            WhatsAppSessionStatus status = StatusFactory.withPairing(
                    StatusFactory.record(inputs.status(), facts, inputs.now()),
                    result.pairing().request());
            if (!status.equals(inputs.resource().getStatus())) {
                store.writeStatus(inputs.resource(), status);
                remember(inputs, known -> known.recorded(status, inputs.now()));
                transitions.settled(inputs.resource(), facts);
                requests.written(inputs, result.pairing());
            }
        }
        noteWritten(inputs, facts);
    }

    private void remember(ReconcileInputs inputs, UnaryOperator<KnownStatus> change) {
        memories.computeIfPresent(inputs.uid(), (uid, memory) -> memory.knowing(change.apply(memory.status())));
    }

    /** The status holds all that is known of the last call: its outcome, or that its answer leaves the outcome open. */
    private void noteWritten(ReconcileInputs inputs, Facts facts) {
        Optional<CommandReport> report = inputs.facts().progress().report();
        facts.lastAction()
                .ifPresent(action -> unwritten.written(
                        action,
                        report.filter(own -> own.id().equals(action.id()) && !own.isPending())
                                .isPresent()));
    }

    private void write(ReconcileInputs inputs, PolicyResult result, UpdateStatus update, SessionStore store) {
        polls.plan(inputs, update);
        Optional<LastAction> intent = update.call().map(call -> IntentSender.intent(call, inputs));
        WhatsAppSessionStatus status = requests.complete(
                inputs,
                result,
                StatusFactory.create(
                        inputs.status(),
                        update,
                        intent.or(update::lastAction),
                        inputs.memory().generation(),
                        inputs.facts().observation(),
                        result.boundInstance(),
                        update.requestHandled() ? inputs.request() : Optional.empty(),
                        inputs.now()));
        WhatsAppSession written = inputs.resource();
        if (status.equals(inputs.resource().getStatus())) {
            store.statusUnchanged(inputs.resource());
        } else {
            written = store.writeStatus(inputs.resource(), status);
            boolean isRestartRefused =
                    switch (result.restart()) {
                        case None, Begun -> false;
                        case Refused, StillRefused -> true;
                    };
            remember(inputs, known -> known.written(status, isRestartRefused, inputs.now()));
            transitions.changed(inputs.resource(), status, update);
            requests.written(inputs, result.pairing());
        }
        noteWritten(inputs, update.facts());
        if (intent.isPresent() && !intents.send(inputs, written, intent.get(), store)) {
            withdraw(inputs, update, written, intent.get(), store);
        }
    }

    /** The lane is busy with a call for another resource, or this process stops: nothing was sent. */
    private void withdraw(
            ReconcileInputs inputs,
            UpdateStatus update,
            WhatsAppSession announced,
            LastAction intent,
            SessionStore store) {
        Facts facts = new Facts(Optional.of(intent.closedAs(Phase.Abandoned)), update.pairing());
        WhatsAppSessionStatus status = StatusFactory.record(announced.getStatus(), facts, inputs.now());
        store.writeStatus(announced, status);
        remember(inputs, known -> known.recorded(status, inputs.now()));
        transitions.settled(announced, facts);
        wake.accept(inputs.uid()); // nobody else does: no call of its own will end
    }
}
