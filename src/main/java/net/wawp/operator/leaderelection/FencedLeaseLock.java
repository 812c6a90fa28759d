package net.wawp.operator.leaderelection;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import net.wawp.operator.config.LeaseSettings;
import net.wawp.operator.kubernetes.ApiServerError;
import net.wawp.operator.logging.FailureLog;
import net.wawp.operator.management.Health;
import org.slf4j.LoggerFactory;

/**
 * The Lease, and when this process last renewed it by its own clock. Clocks of other machines do not matter, as in Kubernetes' own
 * leader election.
 */
public final class FencedLeaseLock extends LeaseLock {

    private final LeaseSettings settings;
    private final LongSupplier nanoTime;
    private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(FencedLeaseLock.class));
    private volatile long attemptBegan;
    private volatile OptionalLong renewed = OptionalLong.empty();
    private volatile Health readiness = Health.bad("the Lease has not been read yet");
    private LeaderElectionRecord seen;
    private long seenAt;
    private String failing = "";

    /**
     * @param nanoTime a monotonic clock that advances while the process is frozen, such as {@link System#nanoTime}; on Linux that one stands
     *     still while the whole machine is suspended
     */
    FencedLeaseLock(LeaseSettings settings, String identity, LongSupplier nanoTime) {
        super(settings.namespace(), settings.name(), identity);
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.attemptBegan = nanoTime.getAsLong();
    }

    /**
     * True while no other process can hold the Lease. It counts from before the renewal was sent, and only to the renew deadline, so that a
     * call that began in time has the rest of the Lease's duration to arrive.
     */
    boolean isFresh() {
        OptionalLong last = renewed;
        return last.isPresent()
                && nanoTime.getAsLong() - last.getAsLong()
                        < settings.renewDeadline().toNanos();
    }

    /** Whether this process holds the Lease as far as it knows. */
    boolean isHeld() {
        return renewed.isPresent();
    }

    /** The time since the last attempt to read or write the Lease began. */
    Duration sinceLastAttempt() {
        return Duration.ofNanos(nanoTime.getAsLong() - attemptBegan);
    }

    /**
     * Reads the Lease.
     *
     * @return how long another process may hold it yet, and who; empty when it can be taken
     * @throws KubernetesClientException if it cannot be read
     */
    synchronized Optional<Foreign> heldByAnother(KubernetesClient client) {
        if (get(client) == null) {
            return Optional.empty();
        }
        Duration left = seen.getLeaseDuration().minusNanos(nanoTime.getAsLong() - seenAt);
        return isForeign(seen) && !left.isNegative()
                ? Optional.of(new Foreign(seen.getHolderIdentity(), left, Duration.between(seen.getRenewTime(), now())))
                : Optional.empty();
    }

    private boolean isForeign(LeaderElectionRecord record) {
        String holder = record.getHolderIdentity();
        return holder != null && !holder.isEmpty() && !holder.equals(identity());
    }

    /**
     * A Lease that another process holds.
     *
     * @param left counts from when this process first saw the renewal, by its own clock
     * @param age since the renewal, by the wall clocks of both; it decides nothing but when to read again
     */
    record Foreign(String holder, Duration left, Duration age) {}

    /** Bad until the Lease has been read, and while a right to use it is missing: until this process or another has written it. */
    Health readiness() {
        return readiness;
    }

    @Override
    public synchronized LeaderElectionRecord get(KubernetesClient client) {
        attemptBegan = nanoTime.getAsLong();
        LeaderElectionRecord read = attempt("get", () -> super.get(client));
        if (read == null) {
            renewed = OptionalLong.empty();
            return null;
        }
        if (!identity().equals(read.getHolderIdentity())) {
            renewed = OptionalLong.empty();
        }
        if (!read.equals(seen)) {
            seen = read;
            seenAt = nanoTime.getAsLong();
            if (isForeign(read)) {
                // a standby writes nothing: what another writes is its only sign that the right is back
                usable();
            }
        }
        return read.toBuilder()
                .renewTime(now().minusNanos(nanoTime.getAsLong() - seenAt))
                .build();
    }

    @Override
    public synchronized void create(KubernetesClient client, LeaderElectionRecord record) {
        renewed = attempt("create", () -> {
            super.create(client, record);
            return OptionalLong.of(attemptBegan);
        });
    }

    @Override
    public synchronized void update(KubernetesClient client, LeaderElectionRecord record) {
        boolean isRelease = record.getHolderIdentity() == null;
        // a merge patch leaves a null alone: an empty name empties the field
        LeaderElectionRecord written =
                isRelease ? record.toBuilder().holderIdentity("").build() : record;
        renewed = attempt("patch", () -> {
            super.update(client, written);
            return isRelease ? OptionalLong.empty() : OptionalLong.of(attemptBegan);
        });
    }

    /** An incomplete Lease belongs to nobody. */
    @Override
    protected LeaderElectionRecord toRecord(Lease lease) {
        LeaseSpec spec = lease.getSpec();
        boolean isComplete = spec != null
                && spec.getLeaseDurationSeconds() != null
                && spec.getAcquireTime() != null
                && spec.getRenewTime() != null;
        return isComplete
                ? super.toRecord(lease)
                : new LeaderElectionRecord("", Duration.ofSeconds(1), ZonedDateTime.now(), ZonedDateTime.now(), 0);
    }

    private <T> T attempt(String verb, Supplier<T> call) {
        try {
            T result = call.get();
            worked(verb);
            return result;
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                failed(verb, e);
            }
            throw e;
        }
    }

    /** A read that works does not end the failure of a write. */
    private void worked(String verb) {
        if (failing.isEmpty() || failing.equals(verb) || !verb.equals("get")) {
            usable();
        }
    }

    private void usable() {
        failing = "";
        readiness = Health.good("the Lease can be used");
        failures.ended("The Lease %s/%s can be used again".formatted(settings.namespace(), settings.name()));
    }

    private void failed(String verb, KubernetesClientException e) {
        failing = verb;
        String said = ApiServerError.cause(e);
        if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
            String missing =
                    "The operator may not %s leases.coordination.k8s.io in namespace %s: grant its service account the verbs get, create"
                                    .formatted(verb, settings.namespace())
                            + " and patch";
            readiness = Health.bad(missing);
            failures.failing(missing + ". It tries again. " + said);
        } else {
            failures.failing("Cannot %s the Lease %s/%s. The operator tries again. %s"
                    .formatted(verb, settings.namespace(), settings.name(), said));
        }
    }

    private static ZonedDateTime now() {
        return ZonedDateTime.now(ZoneOffset.UTC);
    }
}
