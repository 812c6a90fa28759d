package net.wawp.operator.controller;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.command.Command;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.command.Confirmation;
import net.wawp.operator.controller.InstanceLeases.Claimant;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.wawp.SendGuard;

/**
 * Sends the calls whose intent has been written to the status, each with its guard and its confirmation.
 *
 * <p>In {@code protocol.als} these are the guards {@code OnlyOwnIntents} and {@code ReadBack}.
 */
final class IntentSender {

    private static final CompletionStage<Boolean> NO = CompletableFuture.completedStage(false);

    private final CommandSender commands;
    private final InstanceClaims claims;
    private final ClusterClaims clusterClaims;
    private final UnwrittenOutcomes unwritten;
    private final ApiReader api;
    private final BooleanSupplier fence;
    private final InstantSource clock;

    /**
     * @param unwritten the calls whose outcome does not stand in a status yet
     * @param fence whether this process leads
     */
    IntentSender(
            CommandSender commands,
            InstanceClaims claims,
            ClusterClaims clusterClaims,
            UnwrittenOutcomes unwritten,
            ApiReader api,
            BooleanSupplier fence,
            InstantSource clock) {
        this.commands = commands;
        this.claims = claims;
        this.clusterClaims = clusterClaims;
        this.unwritten = unwritten;
        this.api = api;
        this.fence = fence;
        this.clock = clock;
    }

    /** The intent to make this call. */
    static LastAction intent(Call call, ReconcileInputs inputs) {
        return new LastAction(
                call.action(),
                UUID.randomUUID().toString(),
                call.purpose(),
                Phase.Intended,
                call.attempt(),
                inputs.memory().generation(),
                inputs.now());
    }

    /**
     * Sends the call of an intent.
     *
     * @param announced the resource with the intent in its status, as it was written
     * @return false when nothing is sent
     */
    boolean send(ReconcileInputs inputs, WhatsAppSession announced, LastAction intent, SessionStore store) {
        Instant polledAt = inputs.facts()
                .observation()
                .observed()
                .map(ObservedState::begun)
                .orElse(Instant.MIN);
        Supplier<Optional<WhatsAppSession>> current =
                () -> store.newest(announced).filter(now -> !isWantedByAnother(inputs, now, store));
        IntentSendGuard guard = new IntentSendGuard(fence, clock, polledAt, clock.instant(), announced, current);
        Confirmation confirmation =
                switch (intent.type()) {
                    case Start, Stop -> () -> claim(inputs, guard);
                    case Logout ->
                        () -> claim(inputs, guard)
                                .thenCompose(has -> has ? isWantedByNoOtherShard(inputs, announced) : NO)
                                .thenCompose(alone -> alone ? stillAsksFor(intent, announced) : NO);
                };
        Command command = new Command(inputs.uid(), inputs.credentials().orElseThrow(), intent, guard, confirmation);
        boolean isSent = commands.send(command);
        if (isSent) {
            unwritten.sent(intent, inputs.uid());
        }
        return isSent;
    }

    private CompletionStage<Boolean> claim(ReconcileInputs inputs, SendGuard guard) {
        var meta = inputs.resource().getMetadata();
        return clusterClaims.claim(
                inputs.uid(),
                inputs.credentials().orElseThrow().instanceId(),
                new Claimant(meta.getNamespace(), meta.getName()),
                () -> claims.competing(inputs.uid()).stream()
                        .map(claim -> new Claimant(claim.namespace(), claim.name()))
                        .collect(Collectors.toSet()),
                guard::maySend);
    }

    /** Whether the resource is being deleted and another one, which appeared since that was decided, may want its session. */
    private boolean isWantedByAnother(ReconcileInputs inputs, WhatsAppSession now, SessionStore store) {
        String instance = inputs.credentials().orElseThrow().instanceId();
        return now.isMarkedForDeletion()
                && (UnreconciledSessions.mayWant(store::unreconciled, now, instance, stalled -> false)
                        || claims.hasSuccessor(inputs.uid(), clock.instant()));
    }

    /**
     * Nothing here knows the resources of other shards. A namespace that moves from shard to shard has some in each for a while, and a resource
     * may follow its session into a namespace of another shard. Nobody's pairing is given up that one of them may want.
     */
    private CompletionStage<Boolean> isWantedByNoOtherShard(ReconcileInputs inputs, WhatsAppSession announced) {
        Supplier<CompletionStage<Optional<Claimant>>> find = () -> wantedInAnotherShard(inputs, announced);
        return find.get().thenApply(other -> {
            other.ifPresent(has -> clusterClaims.lost(inputs.uid(), has, find));
            return other.isEmpty();
        });
    }

    private CompletionStage<Optional<Claimant>> wantedInAnotherShard(
            ReconcileInputs inputs, WhatsAppSession announced) {
        String instance = inputs.credentials().orElseThrow().instanceId();
        return api.sessionsOfOtherShards(announced.getMetadata().getNamespace(), instance)
                .thenApply(answer -> {
                    if (answer.body().isEmpty()) {
                        throw new IllegalStateException("the API server answered " + answer.status());
                    }
                    return answer.body().get().stream()
                            .filter(other -> UnreconciledSessions.wants(other, announced, instance))
                            .map(other -> new Claimant(
                                    other.getMetadata().getNamespace(),
                                    other.getMetadata().getName()))
                            .findFirst();
                });
    }

    /** The cache trusts the watch, which may be late. Before a logout the API server itself says whether the intent still stands. */
    private CompletionStage<Boolean> stillAsksFor(LastAction intent, WhatsAppSession announced) {
        var meta = announced.getMetadata();
        return api.session(meta.getNamespace(), meta.getName()).thenApply(answer -> answer.body()
                .filter(now -> meta.getUid().equals(now.getMetadata().getUid()))
                .filter(now -> meta.getGeneration().equals(now.getMetadata().getGeneration()))
                // other labels may have made it another operator's, without a new generation
                .filter(now ->
                        Objects.equals(meta.getLabels(), now.getMetadata().getLabels()))
                .map(WhatsAppSession::getStatus)
                .map(WhatsAppSessionStatus::lastAction)
                .filter(action ->
                        intent.id().equals(action.id()) && Phase.Intended.name().equals(action.phase()))
                .isPresent());
    }
}
