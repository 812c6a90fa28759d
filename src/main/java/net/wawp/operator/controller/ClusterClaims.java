package net.wawp.operator.controller;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
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
    private final Predicate<String> isServed;
    private final Consumer<String> wake;
    private final Duration recheck;
    private final Map<String, Conflict> conflicts = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    /**
     * @param leases empty where instances are not claimed across operators
     * @param isServed whether the resource with this UID is still served here; says no by the time {@link #forget} is called
     * @param wake asks for a reconciliation of the resource with this UID
     */
    ClusterClaims(EventLoop loop, Optional<InstanceLeases> leases, Predicate<String> isServed, Consumer<String> wake) {
        this(loop, leases, isServed, wake, RECHECK);
    }

    /** @param recheck after what time to find out again who has an instance */
    ClusterClaims(
            EventLoop loop,
            Optional<InstanceLeases> leases,
            Predicate<String> isServed,
            Consumer<String> wake,
            Duration recheck) {
        this.loop = loop;
        this.leases = leases;
        this.isServed = isServed;
        this.wake = wake;
        this.recheck = recheck;
    }

    /** Which resource of another operator has the instance that this one wants. */
    Optional<Claimant> other(String uid) {
        return Optional.ofNullable(conflicts.get(uid)).map(Conflict::has);
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
        conflicts.remove(uid);
    }

    /** Finds nothing more out. */
    @Override
    public void close() {
        isClosed = true;
        conflicts.clear();
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
        Conflict found = new Conflict(has, check);
        conflicts.put(uid, found);
        // after that, so that one that is forgotten meanwhile leaves nothing behind
        if (!isServed.test(uid)) {
            conflicts.remove(uid, found);
            return;
        }
        recheckLater(uid, found);
        wake.accept(uid);
    }

    /** Goes on until the conflict is over, is forgotten, or is found anew, which begins a recheck of its own. */
    private void recheckLater(String uid, Conflict conflict) {
        loop.after(recheck, () -> {
            if (!isClosed && conflicts.get(uid) == conflict) {
                loop.await(conflict.check(), (other, error) -> {
                    if (error != null || other.filter(conflict.has()::equals).isPresent()) {
                        recheckLater(uid, conflict);
                    } else {
                        changed(uid, conflict, other);
                    }
                });
            }
        });
    }

    private void changed(String uid, Conflict conflict, Optional<Claimant> other) {
        if (other.isEmpty()) {
            if (conflicts.remove(uid, conflict)) {
                wake.accept(uid);
            }
            return;
        }
        Conflict next = new Conflict(other.get(), conflict.check());
        if (conflicts.replace(uid, conflict, next)) {
            recheckLater(uid, next);
            wake.accept(uid);
        }
    }

    private record Conflict(Claimant has, Supplier<CompletionStage<Optional<Claimant>>> check) {}
}
