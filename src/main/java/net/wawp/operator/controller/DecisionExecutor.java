package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.InstanceClaims.Validity;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.AddFinalizer;
import net.wawp.operator.session.Decision.After;
import net.wawp.operator.session.Decision.Await;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.LeaveAlone;
import net.wawp.operator.session.Decision.PollFirst;
import net.wawp.operator.session.Decision.ReadSecret;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Decision.Release;
import net.wawp.operator.session.Decision.RemoveFinalizer;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.session.policy.FinalizerRule;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.status.StatusFactory;

/**
 * Carries decisions out. The only one who changes anything: claims, the poll plan, the status, Events, calls, the next reconciliation.
 *
 * <p>In {@code protocol.als} this is the guard {@code IntentFirst}.
 */
final class DecisionExecutor {

    /** How soon to look whether the way to pair of a deleted resource is taken back. */
    private static final Duration WITHDRAWAL_RECHECK = Duration.ofSeconds(1);

    /** How often a resource looks whether the owner of its instance still holds it. */
    private static final Duration CONFLICT_RECHECK = Duration.ofMinutes(1);

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
    Optional<Duration> apply(ReconcileInputs inputs, Decision decision, SessionStore store) {
        requests.carryOut(inputs);
        if (decision instanceof AddFinalizer) {
            store.addFinalizer(inputs.resource(), InputsGatherer.FINALIZER);
        } else if (decision instanceof RemoveFinalizer) {
            store.removeFinalizer(inputs.resource(), InputsGatherer.FINALIZER);
        } else if (decision instanceof LeaveAlone) {
            claim(inputs, Validity.Valid);
            polls.pause(inputs);
        } else if (decision instanceof Release && requests.holds(inputs)) {
            memories.put(inputs.uid(), inputs.memory());
            return Optional.of(WITHDRAWAL_RECHECK);
        } else if (decision instanceof Release release) {
            release(inputs, release, store);
        } else {
            return carryOn(inputs, decision, store);
        }
        return Optional.empty();
    }

    private void release(ReconcileInputs inputs, Release release, SessionStore store) {
        store.removeFinalizer(inputs.resource(), InputsGatherer.FINALIZER);
        release.unfinished().ifPresent(why -> transitions.released(inputs.resource(), why));
        transitions.settled(inputs.resource(), release.facts());
        noteWritten(inputs, release.facts());
        polls.pause(inputs);
    }

    private Optional<Duration> carryOn(ReconcileInputs inputs, Decision decision, SessionStore store) {
        Optional<Blocker> blocker = decision instanceof UpdateStatus update ? update.blocker() : Optional.empty();
        Optional<String> bound = SessionPolicy.bound(inputs.facts());
        // before the Secret is read, or the call under way has ended, nobody knows whether what stood in the way still
        // does
        boolean isUndecided = decision instanceof ReadSecret
                || inputs.facts()
                        .progress()
                        .report()
                        .filter(CommandReport::isPending)
                        .isPresent();
        Optional<Blocker> met = isUndecided ? inputs.memory().blocker() : blocker;
        memories.put(inputs.uid(), inputs.memory().decided(met, bound, inputs.now()));
        bound.ifPresent(instance -> claim(inputs, validity(inputs, instance)));
        polls.plan(inputs, met);

        if (decision instanceof UpdateStatus update) {
            UpdateStatus told = inputs.request().tooLong() ? update.adding(ReconcileRequest.IGNORED) : update;
            if (told.call().isPresent() && !announces) {
                record(inputs, told.facts(), store);
            } else {
                write(inputs, told, bound, store);
            }
            return delay(inputs, told);
        }
        if (decision instanceof ReadSecret read) {
            record(inputs, read.facts(), store);
            inputs.secret().ifPresent(key -> secrets.read(inputs.uid(), key));
            return delay(inputs, Optional.empty());
        }
        if (decision instanceof PollFirst poll) {
            record(inputs, poll.facts(), store);
            polls.pollFirst(inputs);
            return delay(inputs, Optional.empty());
        }
        Await await = (Await) decision;
        record(inputs, await.facts(), store);
        polls.pollAfterCallOfAnother(inputs);
        return delay(inputs, await.until());
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
    private void claim(ReconcileInputs inputs, Validity validity) {
        SessionPolicy.bound(inputs.facts()).ifPresent(instance -> {
            if (claims.put(Claim.of(inputs.resource(), instance, validity), inputs.now())) {
                claims.competing(inputs.uid()).forEach(other -> wake.accept(other.uid()));
            }
        });
    }

    /** Writes what is certain, if it is not written yet. */
    private void record(ReconcileInputs inputs, Facts facts, SessionStore store) {
        boolean isNew = !facts.lastAction().equals(inputs.facts().progress().lastAction());
        if (isNew || requests.changesPairing(inputs)) {
            WhatsAppSessionStatus status = requests.withPairing(inputs, StatusFactory.record(inputs.status(), facts));
            if (!status.equals(inputs.resource().getStatus())) {
                store.writeStatus(inputs.resource(), status);
                remember(inputs, known -> known.recorded(status, inputs.now()));
                transitions.settled(inputs.resource(), facts);
                requests.written(inputs);
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

    private void write(ReconcileInputs inputs, UpdateStatus plain, Optional<String> bound, SessionStore store) {
        UpdateStatus update = requests.explain(inputs, plain);
        polls.plan(inputs, update);
        Optional<LastAction> intent = update.call().map(call -> IntentSender.intent(call, inputs));
        WhatsAppSessionStatus judged = StatusFactory.create(
                inputs.status(),
                update,
                intent.or(update::lastAction),
                inputs.memory().generation(),
                inputs.facts().observation(),
                bound,
                update.requestHandled() ? inputs.request().token() : Optional.empty(),
                inputs.now());
        WhatsAppSessionStatus status = requests.complete(inputs, update, judged);
        WhatsAppSession written = inputs.resource();
        if (!status.equals(inputs.resource().getStatus())) {
            written = store.writeStatus(inputs.resource(), status);
            remember(inputs, known -> KnownStatus.written(status, inputs.now()));
            transitions.changed(inputs.resource(), status, update);
            requests.written(inputs);
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
        WhatsAppSessionStatus status = StatusFactory.record(announced.getStatus(), facts);
        store.writeStatus(announced, status);
        remember(inputs, known -> known.recorded(status, inputs.now()));
        wake.accept(inputs.uid()); // nobody else does: no call of its own will end
    }

    private Optional<Duration> delay(ReconcileInputs inputs, UpdateStatus update) {
        Optional<Instant> decided =
                update.recheck().filter(due -> due.after() == After.Nothing).map(Recheck::at);
        Optional<Instant> ownerChecked = update.blocker()
                .filter(blocker -> blocker.reason() == Reason.InstanceConflict)
                .map(blocker -> inputs.now().plus(CONFLICT_RECHECK));
        return delay(
                inputs,
                Stream.of(decided, ownerChecked).flatMap(Optional::stream).min(Instant::compareTo));
    }

    private Optional<Duration> delay(ReconcileInputs inputs, Optional<Instant> due) {
        return Stream.of(
                        due,
                        requests.due(inputs),
                        inputs.memory().deletedAt().map(at -> at.plus(FinalizerRule.RELEASE_DEADLINE)))
                .flatMap(Optional::stream)
                .min(Instant::compareTo)
                .map(at -> Duration.between(inputs.now(), at))
                .map(delay -> delay.isNegative() || delay.isZero() ? Duration.ofMillis(1) : delay);
    }
}
