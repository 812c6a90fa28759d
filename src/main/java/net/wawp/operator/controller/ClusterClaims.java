package net.wawp.operator.controller;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.wawp.operator.command.Confirmation;
import net.wawp.operator.controller.InstanceLeases.Claimant;
import net.wawp.operator.poller.EventLoop;

/**
 * The instances that a resource of another operator has, as far as that was found out: before a call that changes a session its instance is
 * claimed for the resource. {@link InstanceClaims} knows the resources of this operator alone. Thread-safe.
 */
final class ClusterClaims implements AutoCloseable {

    private static final Duration RECHECK = Duration.ofSeconds(60);

    private final EventLoop loop;
    private final Optional<InstanceLeases> leases;
    private final Consumer<String> wake;
    private final Map<String, Claimant> others = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    /**
     * @param leases empty where instances are not claimed across operators
     * @param wake asks for a reconciliation of the resource with this UID
     */
    ClusterClaims(EventLoop loop, Optional<InstanceLeases> leases, Consumer<String> wake) {
        this.loop = loop;
        this.leases = leases;
        this.wake = wake;
    }

    /** Which resource of another operator has the instance that this one wants. */
    Optional<Claimant> other(String uid) {
        return Optional.ofNullable(others.get(uid));
    }

    /**
     * Claims the instance for a resource: false when another one has it; fails when that is not known.
     *
     * @param competing gives the resources of this operator that leave the instance to this one
     * @param isWanted whether the call may still be made; asked when the claim's turn comes
     */
    CompletionStage<Boolean> claim(
            String uid,
            String instanceId,
            Claimant resource,
            Supplier<Set<Claimant>> competing,
            BooleanSupplier isWanted) {
        return leases.map(known -> known.claim(instanceId, resource, competing.get(), isWanted)
                        .thenApply(other -> {
                            other.ifPresent(has -> lost(
                                    uid, has, () -> leases.orElseThrow().other(instanceId, resource, competing.get())));
                            return other.isEmpty();
                        }))
                .orElseGet(Confirmation.NONE::confirm);
    }

    void forget(String uid) {
        others.remove(uid);
    }

    /** Finds nothing more out. */
    @Override
    public void close() {
        isClosed = true;
        others.clear();
        leases.ifPresent(InstanceLeases::close);
    }

    /**
     * A resource of another operator has the instance.
     *
     * @param check finds out again who has it
     */
    void lost(String uid, Claimant has, Supplier<CompletionStage<Optional<Claimant>>> check) {
        if (isClosed) {
            return;
        }
        if (others.put(uid, has) == null) {
            recheckLater(uid, check);
        }
        wake.accept(uid);
    }

    private void recheckLater(String uid, Supplier<CompletionStage<Optional<Claimant>>> check) {
        loop.after(RECHECK, () -> {
            if (!isClosed && others.containsKey(uid)) {
                loop.await(check, (other, error) -> {
                    if (error == null && other.isEmpty()) {
                        others.remove(uid);
                        wake.accept(uid);
                    } else {
                        recheckLater(uid, check);
                    }
                });
            }
        });
    }
}
