package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.command.SentCommand;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.SpecReader.Spec;
import net.wawp.operator.controller.SpecReader.Unreadable;
import net.wawp.operator.poller.SessionPoller;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Ownership;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SecretState.Unusable;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Target.Finalizer;
import net.wawp.operator.status.StatusReader;
import net.wawp.operator.wawp.Credentials;

/** Reads what a decision is made of, all of it from memory: never waits, changes nothing. */
final class InputsGatherer {

    static final String FINALIZER = "wawp.net/session";

    private final SpecReader specs;
    private final SecretStore secrets;
    private final InstanceClaims claims;
    private final SessionPoller poller;
    private final CommandSender commands;
    private final Map<String, ResourceMemory> memories;

    /** @param memories by UID; written by the executor */
    InputsGatherer(
            SpecReader specs,
            SecretStore secrets,
            InstanceClaims claims,
            SessionPoller poller,
            CommandSender commands,
            Map<String, ResourceMemory> memories) {
        this.specs = specs;
        this.secrets = secrets;
        this.claims = claims;
        this.poller = poller;
        this.commands = commands;
        this.memories = memories;
    }

    ReconcileInputs gather(WhatsAppSession resource, SessionStore store, Instant now) {
        ObjectMeta meta = resource.getMetadata();
        WhatsAppSessionStatus status = ReconcileInputs.statusOf(resource);
        SpecReader.Reading reading = specs.read(resource.getSpec());
        Spec spec = reading instanceof Spec readable ? readable : specs.harmless();
        Optional<SecretStore.Key> secret = reading instanceof Spec
                ? Optional.of(
                        new SecretStore.Key(meta.getNamespace(), spec.secret().name()))
                : Optional.empty();

        Optional<ResourceMemory> before = Optional.ofNullable(memories.get(meta.getUid()));
        long generation = meta.getGeneration() == null ? 0 : meta.getGeneration();
        ResourceMemory memory = before.orElseGet(() -> ResourceMemory.found(generation, now))
                .seen(
                        generation,
                        resource.isMarkedForDeletion(),
                        ReconcileRequest.of(resource).token(),
                        Optional.ofNullable(status.lastAction()).map(action -> action.id()),
                        now);

        CredentialsReader.Result read = secret.flatMap(secrets::known)
                .map(known -> CredentialsReader.read(known, spec.secret(), spec.instanceId()))
                .orElse(CredentialsReader.UNREAD);
        Optional<Credentials> lastKnown = memory.credentials().filter(last -> resource.isMarkedForDeletion());
        if (read.state() instanceof Unusable unusable
                && unusable.reason() == Reason.SecretNotFound
                && lastKnown.isPresent()) {
            read = CredentialsReader.lastKnown(lastKnown.get(), unusable.readAt());
        }
        if (read.credentials().isPresent()) {
            memory = memory.with(read.credentials().get(), now);
        }

        Optional<Credentials> wanted = read.credentials();
        Optional<String> bound = memory.bound().or(() -> Optional.ofNullable(status.instanceId()));
        Optional<String> instance = bound.or(() -> wanted.map(Credentials::instanceId));
        PolicyInputs facts = new PolicyInputs(
                target(resource, reading, spec, memory),
                poller.observation(meta.getUid()),
                progress(meta.getUid(), status, instance, memory, now),
                read.state(),
                ownership(resource, bound, instance, read.credentials(), store, now));
        return new ReconcileInputs(resource, facts, secret, read.credentials(), before, memory, now);
    }

    private static Target target(
            WhatsAppSession resource, SpecReader.Reading reading, Spec spec, ResourceMemory memory) {
        DeletionPolicy policy = deletionPolicy(resource);
        return Target.builder(memory.generation(), memory.changedAt(), desired(spec.desired(), policy, memory))
                .suspended(spec.suspended())
                .deletedAt(memory.deletedAt())
                .finalizer(new Finalizer(policy != DeletionPolicy.Retain, resource.hasFinalizer(FINALIZER)))
                .pollInterval(spec.pollInterval())
                .startingTimeout(spec.startingTimeout())
                .maxRestarts(spec.maxRestarts())
                .problem(
                        reading instanceof Unreadable unreadable ? Optional.of(unreadable.message()) : Optional.empty())
                .requestedAt(memory.requestedAt())
                .build();
    }

    private static DeletionPolicy deletionPolicy(WhatsAppSession resource) {
        return resource.getSpec() == null
                ? DeletionPolicy.Retain
                : resource.getSpec().deletionPolicy();
    }

    /** What the session should be: the spec's word, or when the resource is being deleted its deletion policy's. */
    private static Desired desired(Desired bySpec, DeletionPolicy policy, ResourceMemory memory) {
        return memory.deletedAt().isEmpty()
                ? bySpec
                : switch (policy) {
                    case Retain -> bySpec;
                    case Stop -> Desired.Stopped;
                    case Logout -> Desired.LoggedOut;
                };
    }

    private Progress progress(
            String uid, WhatsAppSessionStatus status, Optional<String> instance, ResourceMemory memory, Instant now) {
        Optional<SentCommand> sent = instance.flatMap(commands::last);
        Optional<LastAction> lastAction = lastAction(uid, status, sent, memory, now);
        Optional<CommandReport> report = sent.map(SentCommand::report)
                .filter(own -> own.isPending()
                        || lastAction
                                .filter(action -> action.id().equals(own.id()))
                                .isPresent());
        Instant settled = sent.flatMap(last -> last.report().settledAt()).orElse(Instant.MIN);
        return new Progress(
                StatusReader.pairing(status),
                StatusReader.restarts(status),
                lastAction,
                StatusReader.reported(status),
                report,
                memory.blocker(),
                memory.foundAt(),
                settled.isAfter(memory.freshAfter()) ? settled : memory.freshAfter());
    }

    /**
     * The last call on the instance. The status tells it, unless this process knows of a later one: somebody has wiped the status, or the
     * call was made a moment ago for another resource.
     */
    private static Optional<LastAction> lastAction(
            String uid, WhatsAppSessionStatus status, Optional<SentCommand> sent, ResourceMemory memory, Instant now) {
        Optional<LastAction> written = StatusReader.lastAction(status, memory.actionSeenAt());
        return sent.filter(last -> last.uid().equals(uid) || last.isRecent(now))
                .filter(last -> {
                    // nobody else writes what this resource called a moment ago: another action there is forged
                    boolean isCertain = last.uid().equals(uid) && last.isRecent(now);
                    return written.filter(
                                    action -> action.id().equals(last.intent().id())
                                            || !isCertain && !action.time().isBefore(last.sentAt()))
                            .isEmpty();
                })
                .map(SentCommand::intent)
                .or(() -> written);
    }

    private Ownership ownership(
            WhatsAppSession resource,
            Optional<String> bound,
            Optional<String> instance,
            Optional<Credentials> credentials,
            SessionStore store,
            Instant now) {
        if (instance.isEmpty()) {
            return Ownership.alone(bound);
        }
        Claim claim = Claim.of(resource, instance.get(), credentials.isPresent());
        return new Ownership(
                bound,
                claims.olderOwner(claim, now).map(owner -> words(owner, resource)),
                claims.hasSuccessor(claim.uid(), now),
                UnreconciledSessions.mayHoldAnOlderClaim(store::unreconciled, resource, instance.get()),
                resource.isMarkedForDeletion()
                        && UnreconciledSessions.mayWant(store::unreconciled, resource, instance.get()));
    }

    private static String words(Claim owner, WhatsAppSession resource) {
        return owner.namespace().equals(resource.getMetadata().getNamespace())
                ? "the WhatsAppSession " + owner.name()
                : "a WhatsAppSession in another namespace";
    }
}
