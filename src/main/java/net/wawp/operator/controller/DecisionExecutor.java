package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.command.Command;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.command.Confirmation;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.poller.SessionPoller;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.AddFinalizer;
import net.wawp.operator.session.Decision.After;
import net.wawp.operator.session.Decision.Await;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.LeaveAlone;
import net.wawp.operator.session.Decision.PollFirst;
import net.wawp.operator.session.Decision.ReadSecret;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Decision.Release;
import net.wawp.operator.session.Decision.RemoveFinalizer;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.session.policy.FinalizerRule;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.status.StatusFactory;
import net.wawp.operator.wawp.Priority;

/** Carries decisions out. The only one who changes anything: claims, the poll plan, the status, Events, calls, the next reconciliation. */
final class DecisionExecutor {

    /** How often a resource looks whether the owner of its instance still holds it. */
    private static final Duration CONFLICT_RECHECK = Duration.ofMinutes(1);

    private final Map<String, ResourceMemory> memories;
    private final SecretStore secrets;
    private final InstanceClaims claims;
    private final SessionPoller poller;
    private final CommandSender commands;
    private final UnwrittenOutcomes unwritten;
    private final TransitionRecorder transitions;
    private final ApiReader api;
    private final Consumer<String> wake;
    private final BooleanSupplier fence;
    private final InstantSource clock;
    private volatile boolean announces = true;

    /**
     * @param memories by UID
     * @param unwritten the calls whose outcome does not stand in a status yet
     * @param wake asks for a reconciliation of the resource with this UID, also while one is under way
     * @param fence whether this process leads
     */
    DecisionExecutor(
            Map<String, ResourceMemory> memories,
            SecretStore secrets,
            InstanceClaims claims,
            SessionPoller poller,
            CommandSender commands,
            UnwrittenOutcomes unwritten,
            TransitionRecorder transitions,
            ApiReader api,
            Consumer<String> wake,
            BooleanSupplier fence,
            InstantSource clock) {
        this.memories = memories;
        this.secrets = secrets;
        this.claims = claims;
        this.poller = poller;
        this.commands = commands;
        this.unwritten = unwritten;
        this.transitions = transitions;
        this.api = api;
        this.wake = wake;
        this.fence = fence;
        this.clock = clock;
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
        if (decision instanceof AddFinalizer) {
            store.addFinalizer(inputs.resource(), InputsGatherer.FINALIZER);
        } else if (decision instanceof RemoveFinalizer) {
            store.removeFinalizer(inputs.resource(), InputsGatherer.FINALIZER);
        } else if (decision instanceof LeaveAlone) {
            claim(inputs, true);
            poller.pause(inputs.uid());
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
        poller.pause(inputs.uid());
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
        // a Secret that is not read yet makes no claim invalid: a successor that waits must not be overlooked after a
        // restart
        boolean isUnread = inputs.facts().secret() instanceof SecretState.Unread;
        claim(inputs, bound.isPresent() && (isUnread || namesInstance(inputs, bound.get())));
        plan(inputs, met);

        if (decision instanceof UpdateStatus update) {
            UpdateStatus told =
                    ReconcileRequest.of(inputs.resource()).tooLong() ? update.adding(ReconcileRequest.IGNORED) : update;
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
            poller.pollNow(inputs.uid(), Priority.Prompt);
            return delay(inputs, Optional.empty());
        }
        Await await = (Await) decision;
        record(inputs, await.facts(), store);
        pollAfterCallOfAnother(inputs);
        return delay(inputs, await.until());
    }

    /** When a call that another resource made on this instance has ended, nobody else has this one polled: its older poll counts no more. */
    private void pollAfterCallOfAnother(ReconcileInputs inputs) {
        Observation observation = inputs.facts().observation();
        Optional<Instant> polled = Stream.concat(
                        observation.observed().map(ObservedState::begun).stream(),
                        observation.failureStreak().map(FailureStreak::begun).stream())
                .max(Instant::compareTo);
        inputs.credentials()
                .flatMap(credentials -> commands.last(credentials.instanceId()))
                .filter(last -> !last.uid().equals(inputs.uid()))
                .flatMap(last -> last.report().settledAt())
                .filter(ended -> polled.filter(ended::isAfter).isPresent())
                .ifPresent(ended -> poller.pollNow(inputs.uid(), Priority.Prompt));
    }

    private static boolean namesInstance(ReconcileInputs inputs, String instance) {
        return inputs.credentials()
                .filter(credentials -> credentials.instanceId().equalsIgnoreCase(instance))
                .isPresent();
    }

    /** A resource claims the instance that it is bound to. Those that compete for it learn what has changed. */
    private void claim(ReconcileInputs inputs, boolean isUsable) {
        SessionPolicy.bound(inputs.facts()).ifPresent(instance -> {
            if (claims.put(Claim.of(inputs.resource(), instance, isUsable), inputs.now())) {
                claims.competing(inputs.uid()).forEach(other -> wake.accept(other.uid()));
            }
        });
    }

    /** Has the session polled: at once where something is new, else at its pace; not at all while something is in the way. */
    private void plan(ReconcileInputs inputs, Optional<Blocker> blocker) {
        inputs.secret().ifPresent(key -> secrets.use(inputs.uid(), key, isSecretWanted(inputs, blocker)));
        if (blocker.isPresent() || inputs.credentials().isEmpty()) {
            if (blocker.isPresent()) {
                poller.pause(inputs.uid());
            }
            return;
        }
        boolean isNew = inputs.before()
                .flatMap(ResourceMemory::credentials)
                .filter(inputs.credentials().get()::equals)
                .isEmpty();
        boolean wasBlocked = inputs.memory().blocker().isPresent();
        boolean pollsAtOnce = poller.poll(inputs.uid(), inputs.credentials().get());
        if (isNew || pollsAtOnce) {
            return;
        }
        if (wasBlocked) {
            // it was polled already: that poll does not count
            poller.pollNow(inputs.uid(), Priority.Prompt);
            return;
        }
        ResourceMemory before = inputs.before().orElseThrow();
        if (before.generation() != inputs.memory().generation()) {
            poller.setInterval(inputs.uid(), SessionPolicy.FAST);
            poller.pollNow(inputs.uid(), Priority.Prompt);
        }
        if (inputs.memory().requestToken().isPresent()
                && !before.requestToken().equals(inputs.memory().requestToken())) {
            poller.pollNow(inputs.uid(), Priority.Requested);
        }
    }

    /** Whether a change of the Secret is what the resource waits for. */
    private static boolean isSecretWanted(ReconcileInputs inputs, Optional<Blocker> blocker) {
        boolean isAboutSecret = blocker.filter(
                        met -> met.reason() == Reason.SecretNotFound || met.reason() == Reason.SecretInvalid)
                .isPresent();
        boolean isRefused = inputs.facts()
                .observation()
                .failureStreak()
                .map(FailureStreak::failure)
                .map(Failure::kind)
                .filter(kind -> kind == Failure.Kind.Unauthorized || kind == Failure.Kind.InstanceNotFound)
                .isPresent();
        return isAboutSecret || isRefused;
    }

    /** Writes what is certain, if it is not written yet. */
    private void record(ReconcileInputs inputs, Facts facts, SessionStore store) {
        boolean isNew = !facts.lastAction().equals(inputs.facts().progress().lastAction());
        if (isNew) {
            WhatsAppSessionStatus status = StatusFactory.record(inputs.status(), facts);
            if (!status.equals(inputs.resource().getStatus())) {
                store.writeStatus(inputs.resource(), status);
                transitions.settled(inputs.resource(), facts);
            }
        }
        noteWritten(inputs, facts);
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

    private void write(ReconcileInputs inputs, UpdateStatus update, Optional<String> bound, SessionStore store) {
        poller.setInterval(inputs.uid(), update.pollInterval());
        Optional<LastAction> intent = update.call().map(call -> intent(call, inputs));
        WhatsAppSessionStatus status = StatusFactory.create(
                inputs.status(),
                update,
                intent.or(update::lastAction),
                inputs.memory().generation(),
                inputs.facts().observation(),
                bound,
                update.requestHandled() ? ReconcileRequest.of(inputs.resource()).token() : Optional.empty(),
                inputs.now());
        WhatsAppSession written = inputs.resource();
        if (!status.equals(inputs.resource().getStatus())) {
            written = store.writeStatus(inputs.resource(), status);
            transitions.changed(inputs.resource(), status, update);
        }
        noteWritten(inputs, update.facts());
        if (intent.isPresent()) {
            send(inputs, update, written, intent.get(), store);
        }
    }

    private static LastAction intent(Call call, ReconcileInputs inputs) {
        return new LastAction(
                call.action(),
                UUID.randomUUID().toString(),
                call.purpose(),
                Phase.Intended,
                call.attempt(),
                inputs.memory().generation(),
                inputs.now());
    }

    private void send(
            ReconcileInputs inputs,
            UpdateStatus update,
            WhatsAppSession announced,
            LastAction intent,
            SessionStore store) {
        Instant polledAt = inputs.facts()
                .observation()
                .observed()
                .map(ObservedState::begun)
                .orElse(Instant.MIN);
        IntentSendGuard guard =
                new IntentSendGuard(fence, clock, polledAt, clock.instant(), announced, () -> store.newest(announced));
        Confirmation confirmation =
                switch (intent.type()) {
                    case Start, Stop -> Confirmation.NONE;
                    case Logout -> () -> stillAsksFor(intent, announced);
                };
        Command command = new Command(inputs.uid(), inputs.credentials().orElseThrow(), intent, guard, confirmation);
        if (commands.send(command)) {
            unwritten.sent(intent, inputs.uid());
        } else {
            // the lane is busy with a call for another resource, or this process stops: nothing was sent
            Facts facts = new Facts(Optional.of(intent.closedAs(Phase.Abandoned)), update.pairing());
            store.writeStatus(announced, StatusFactory.record(announced.getStatus(), facts));
            wake.accept(inputs.uid()); // nobody else does: no call of its own will end
        }
    }

    /** The cache trusts the watch, which may be late. Before a logout the API server itself says whether the intent still stands. */
    private CompletionStage<Boolean> stillAsksFor(LastAction intent, WhatsAppSession announced) {
        var meta = announced.getMetadata();
        return api.session(meta.getNamespace(), meta.getName()).thenApply(answer -> answer.body()
                .filter(now -> meta.getUid().equals(now.getMetadata().getUid()))
                .filter(now -> meta.getGeneration().equals(now.getMetadata().getGeneration()))
                .map(WhatsAppSession::getStatus)
                .map(WhatsAppSessionStatus::lastAction)
                .filter(action ->
                        intent.id().equals(action.id()) && Phase.Intended.name().equals(action.phase()))
                .isPresent());
    }

    private Optional<Duration> delay(ReconcileInputs inputs, UpdateStatus update) {
        Optional<Recheck> recheck = update.recheck();
        recheck.filter(due -> due.after() == After.Poll)
                .ifPresent(due -> poller.pollAt(inputs.uid(), due.at(), Priority.Prompt));
        recheck.filter(due -> due.after() == After.RequestedPoll)
                .ifPresent(due -> poller.pollAt(inputs.uid(), due.at(), Priority.Requested));
        Optional<Instant> ownerChecked = update.blocker()
                .filter(blocker -> blocker.reason() == Reason.InstanceConflict)
                .map(blocker -> inputs.now().plus(CONFLICT_RECHECK));
        return delay(
                inputs,
                Stream.of(recheck.filter(due -> due.after() == After.Nothing).map(Recheck::at), ownerChecked)
                        .flatMap(Optional::stream)
                        .min(Instant::compareTo));
    }

    private static Optional<Duration> delay(ReconcileInputs inputs, Optional<Instant> due) {
        return Stream.concat(
                        due.stream(),
                        inputs.memory().deletedAt().map(at -> at.plus(FinalizerRule.RELEASE_DEADLINE)).stream())
                .min(Instant::compareTo)
                .map(at -> Duration.between(inputs.now(), at))
                .map(delay -> delay.isNegative() || delay.isZero() ? Duration.ofMillis(1) : delay);
    }
}
