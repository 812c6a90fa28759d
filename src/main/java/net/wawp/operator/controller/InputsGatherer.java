package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.PairingMode;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.command.SentCommand;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.InstanceClaims.Validity;
import net.wawp.operator.controller.SpecReader.Spec;
import net.wawp.operator.controller.SpecReader.Unreadable;
import net.wawp.operator.pairing.PairingOffers;
import net.wawp.operator.poller.SessionPoller;
import net.wawp.operator.schedule.RunningWindows;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Ownership;
import net.wawp.operator.session.PairingProgress;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.RestRules;
import net.wawp.operator.session.SecretState.Unusable;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Target.Finalizer;
import net.wawp.operator.status.StatusReader;
import net.wawp.operator.time.Timestamps;
import net.wawp.operator.wawp.Credentials;

/** Reads what a decision is made of, all of it from memory: never waits, changes nothing. */
final class InputsGatherer {

    static final String FINALIZER = "wawp.net/session";

    private final SpecReader specs;
    private final SecretStore secrets;
    private final InstanceClaims claims;
    private final ClusterClaims clusterClaims;
    private final SessionPoller poller;
    private final CommandSender commands;
    private final PairingOffers offers;
    private final InstantSource wallClock;
    private final Map<String, ResourceMemory> memories;

    /**
     * @param wallClock what people read: running hours and the last use go by it
     * @param memories by UID; written by the executor
     */
    InputsGatherer(
            SpecReader specs,
            SecretStore secrets,
            InstanceClaims claims,
            ClusterClaims clusterClaims,
            SessionPoller poller,
            CommandSender commands,
            PairingOffers offers,
            InstantSource wallClock,
            Map<String, ResourceMemory> memories) {
        this.specs = specs;
        this.secrets = secrets;
        this.claims = claims;
        this.clusterClaims = clusterClaims;
        this.poller = poller;
        this.commands = commands;
        this.offers = offers;
        this.wallClock = wallClock;
        this.memories = memories;
    }

    ReconcileInputs gather(WhatsAppSession resource, SessionStore store, Instant now) {
        ObjectMeta meta = resource.getMetadata();
        WhatsAppSessionStatus status = ReconcileInputs.statusOf(resource);
        SpecReader.Reading reading = specs.read(resource.getSpec());
        Spec spec = reading instanceof Spec readable ? readable : specs.harmless();
        Optional<SecretStore.Key> secret = reading instanceof Spec
                ? Optional.of(new SecretStore.Key(meta.getNamespace(), spec.secret()))
                : Optional.empty();

        Optional<ResourceMemory> before = Optional.ofNullable(memories.get(meta.getUid()));
        long generation = meta.getGeneration() == null ? 0 : meta.getGeneration();
        ResourceMemory known = before.orElseGet(() -> ResourceMemory.found(generation, status, now));
        Optional<String> request =
                PersonRequests.openRequest(resource, known.status().handledRequest());
        ResourceMemory memory = known.seen(
                generation, resource.isMarkedForDeletion(), request, PersonRequests.pair(resource), status, now);

        CredentialsReader.Result read = secret.flatMap(secrets::known)
                .map(content -> CredentialsReader.read(content, spec.secret(), spec.instanceId()))
                .orElse(CredentialsReader.UNREAD);
        Optional<Credentials> lastKnown = memory.credentials().filter(last -> resource.isMarkedForDeletion());
        boolean isSecretGone = read.state() instanceof Unusable unusable && unusable.reason() == Reason.SecretNotFound;
        if (isSecretGone && lastKnown.isPresent()) {
            read = CredentialsReader.lastKnown(lastKnown.get(), ((Unusable) read.state()).readAt());
        }
        if (read.credentials().isPresent()) {
            memory = memory.with(read.credentials().get(), now);
        }

        Optional<Credentials> wanted = read.credentials();
        // a status that this process wrote itself tells it nothing new, whoever edited it since
        Optional<String> bound = memory.status().isOwn()
                ? memory.bound()
                : memory.bound().or(() -> ReconcileInputs.instanceId(resource));
        Optional<String> instance = bound.or(() -> wanted.map(Credentials::instanceId));
        Ownership ownership = ownership(resource, bound, instance, isSecretGone, store, now);
        Observation observation = poller.observation(meta.getUid());
        Progress progress = progress(meta.getUid(), instance.flatMap(commands::last), ownership, memory, now);
        Instant wallNow = wallClock.instant();
        Target target = target(resource, reading, spec, memory)
                .rest(rest(resource, spec, memory, now, wallNow))
                .build();
        PolicyInputs facts =
                new PolicyInputs(target, observation, progress, read.state(), ownership, pairing(resource, memory));
        return new ReconcileInputs(
                resource, facts, secret, read.credentials(), before, memory, spec.pairingMode(), now, wallNow);
    }

    private PairingProgress pairing(WhatsAppSession resource, ResourceMemory memory) {
        return new PairingProgress(
                PersonRequests.pair(resource),
                memory.pairSeenAt(),
                StatusReader.pairingRequest(memory.status().correct(ReconcileInputs.statusOf(resource))),
                offers.report(resource.getMetadata().getUid()));
    }

    /** Running hours and the last use go by the clock that people read; the policy is given their times by its own. */
    private static RestRules rest(
            WhatsAppSession resource, Spec spec, ResourceMemory memory, Instant now, Instant wallNow) {
        Optional<RunningWindows.State> hours = spec.runningHours().map(windows -> windows.at(wallNow));
        return new RestRules(
                hours.filter(state -> !state.inside()).isPresent(),
                hours.flatMap(RunningWindows.State::changesAt).map(at -> now.plus(Duration.between(wallNow, at))),
                spec.idleTimeout(),
                lastUsedAt(resource, now, wallNow),
                Timestamps.parse(memory.status().handled().idleSince()));
    }

    /** A time in the future counts as now. */
    private static Optional<Instant> lastUsedAt(WhatsAppSession resource, Instant now, Instant wallNow) {
        return PersonRequests.lastUsedAt(resource)
                .map(used -> used.isAfter(wallNow) ? now : now.minus(Duration.between(used, wallNow)));
    }

    private static Target.Builder target(
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
                .restartRequested(PersonRequests.isRestartOpen(resource, memory.status()))
                .restartRefused(PersonRequests.isRestartRefused(resource, memory.status()))
                .servesPairing(spec.pairingMode() != PairingMode.None)
                .ignored(PersonRequests.ignored(resource))
                .expectedNumber(spec.expectedNumber());
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

    /** @param last what this process sent last to the instance, for whichever resource */
    private static Progress progress(
            String uid, Optional<SentCommand> last, Ownership ownership, ResourceMemory memory, Instant now) {
        KnownStatus known = memory.status();
        // a resource that has to leave the instance to another one does not report the calls of that one
        Optional<SentCommand> sent = last.filter(
                command -> command.uid().equals(uid) || ownership.olderOwner().isEmpty() && command.isRecent(now));
        // a lane has one call at a time, so what it sent last is the last call of this process; what this process wrote
        // about the resource's own call is newer, and so is what another one announced while it served the resource
        Optional<LastAction> lastAction = sent.filter(command -> !command.uid().equals(uid) || !known.isOwn())
                .map(SentCommand::intent)
                .filter(intent -> known.lastAction()
                        .filter(action -> action.id().equals(intent.id())
                                || !known.isOwn() && !action.time().isBefore(inStatus(intent.time())))
                        .isEmpty())
                .or(known::lastAction);
        Optional<CommandReport> report = sent.map(SentCommand::report)
                .filter(own -> own.isPending()
                        || lastAction
                                .filter(action -> action.id().equals(own.id()))
                                .isPresent());
        Instant settled = last.flatMap(command -> command.report().settledAt()).orElse(Instant.MIN);
        return new Progress(
                known.pairing(),
                known.restarts(),
                lastAction,
                known.reported(),
                report,
                memory.blocker(),
                memory.foundAt(),
                settled.isAfter(memory.freshAfter()) ? settled : memory.freshAfter(),
                known.isOwn());
    }

    private static Instant inStatus(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    private Ownership ownership(
            WhatsAppSession resource,
            Optional<String> bound,
            Optional<String> instance,
            boolean isSecretGone,
            SessionStore store,
            Instant now) {
        if (instance.isEmpty()) {
            return Ownership.alone(bound);
        }
        Claim claim = Claim.of(resource, instance.get(), Validity.Unknown);
        return new Ownership(
                bound,
                claims.olderOwner(claim, now)
                        .map(owner -> words(owner.namespace(), owner.name(), resource) + ", which is older")
                        .or(() -> clusterClaims
                                .other(claim.uid())
                                .map(owner -> words(owner.namespace(), owner.name(), resource)
                                        + " that another operator serves")),
                claims.hasSuccessor(claim.uid(), now),
                UnreconciledSessions.mayHoldAnOlderClaim(store::unreconciled, resource, instance.get()),
                resource.isMarkedForDeletion()
                        && (claims.hasUndecidedSuccessor(claim.uid(), now)
                                // it goes on with the last credentials; others may miss nothing but the same Secret
                                || isSecretGone && claims.isClaimedByAnother(claim.uid())
                                || UnreconciledSessions.mayWant(
                                        store::unreconciled,
                                        resource,
                                        instance.get(),
                                        other -> isSecretGone || mayBeRead(other))));
    }

    /** Whether nothing is known yet of the Secret of a resource that waits for it. */
    private boolean mayBeRead(WhatsAppSession waiting) {
        return Optional.ofNullable(memories.get(waiting.getMetadata().getUid()))
                .flatMap(ResourceMemory::blocker)
                .filter(blocker -> !blocker.isTransient())
                .isEmpty();
    }

    private static String words(String namespace, String name, WhatsAppSession resource) {
        return namespace.equals(resource.getMetadata().getNamespace())
                ? "the WhatsAppSession " + name
                : "a WhatsAppSession in another namespace";
    }
}
