package net.wawp.operator.leaderelection;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import net.wawp.operator.config.LeaseSettings;
import net.wawp.operator.kubernetes.ApiServerError;
import net.wawp.operator.kubernetes.UnretriedClient;
import net.wawp.operator.management.Health;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replica that holds the Lease leads. A replica that loses it stands by, in the same process: an API server that is away for a
 * minute restarts nothing.
 */
public final class LeaseLeaderElection implements LeaderElection {

    private static final Logger log = LoggerFactory.getLogger(LeaseLeaderElection.class);

    /** Together with twice the duration of the Lease, far longer than any attempt and any pause between two of them. */
    private static final Duration STANDSTILL = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final LeaseSettings settings;
    private final FencedLeaseLock lock;
    private final Listener listener;
    private final AtomicReference<RevocableFence> fence = new AtomicReference<>();
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "leader-election"));
    private LeaderElector elector;
    private CompletableFuture<?> election;
    private volatile Duration pause;
    private volatile boolean hasStarted;
    private volatile String lastLeader = "";
    private boolean isClosed;

    /**
     * @param identity different for every process: a process with the identity of another would hold its Lease too
     * @param nanoTime see {@link FencedLeaseLock}
     */
    public LeaseLeaderElection(
            KubernetesClient client,
            LeaseSettings settings,
            String identity,
            LongSupplier nanoTime,
            Listener listener) {
        this.client = UnretriedClient.of(client, requestTimeout(settings));
        this.settings = settings;
        this.lock = new FencedLeaseLock(settings, identity, nanoTime);
        this.listener = listener;
        this.pause = settings.retryPeriod();
    }

    /** An attempt, two requests, that begins just before the renew deadline ends before the Lease does. */
    private static Duration requestTimeout(LeaseSettings settings) {
        return settings.duration().minus(settings.renewDeadline()).dividedBy(2);
    }

    @Override
    public void start() {
        hasStarted = true;
        scheduler.execute(this::standBy);
    }

    /** Waits until the Lease can be taken. The elector itself would try at random times, up to 2.2 retry periods apart. */
    private synchronized void standBy() {
        if (isClosed) {
            return;
        }
        Duration wait = settings.retryPeriod();
        try {
            Optional<FencedLeaseLock.Foreign> other = lock.heldByAnother(client);
            if (other.isEmpty()) {
                elect();
                return;
            }
            leaderSeen(other.get().holder());
            wait = StandbyPace.untilNextRead(
                    settings.retryPeriod(), other.get().left(), other.get().age());
        } catch (KubernetesClientException e) {
            log.debug("Cannot read the Lease", e); // the lock has said so
        } catch (RuntimeException e) {
            log.error("Cannot stand by for the Lease; the operator tries again", e);
        }
        again(wait);
    }

    private synchronized void again(Duration wait) {
        if (!isClosed) {
            scheduler.schedule(this::standBy, wait.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void elect() {
        LeaderCallbacks callbacks = new LeaderCallbacks(this::lead, this::end, this::leaderRead);
        // only stepDown releases the Lease, once all work has stopped; a Lease that was lost belongs to another
        boolean isReleasedOnCancel = false;
        elector = new LeaderElector(
                client,
                new LeaderElectionConfig(
                        lock,
                        settings.duration(),
                        settings.renewDeadline(),
                        settings.retryPeriod(),
                        callbacks,
                        isReleasedOnCancel,
                        settings.name()),
                scheduler);
        pause = settings.retryPeriod();
        election = elector.start();
        election.whenComplete((nothing, failure) -> again(pause));
    }

    private void lead() {
        RevocableFence begun = new RevocableFence(lock::isFresh);
        fence.set(begun);
        log.info("Leading as {}", lock.identity());
        listener.onLead(begun);
    }

    /** What an attempt of the elector has read. Another leader ends it, unless its Lease has ended and this attempt goes on to take it. */
    private void leaderRead(String leader) {
        leaderSeen(leader);
        // after the attempt, which has this thread
        scheduler.execute(this::giveWay);
    }

    private synchronized void giveWay() {
        if (!isClosed && fence.get() == null) {
            election.cancel(true);
        }
    }

    private void leaderSeen(String leader) {
        // a released Lease names nobody
        String named = leader == null ? "" : leader;
        boolean isNew = !named.equals(lastLeader);
        lastLeader = named;
        if (isNew) {
            log.debug("{} leads", named);
        }
        if (isNew && !named.isEmpty() && !named.equals(lock.identity())) {
            listener.onOtherLeads();
        }
    }

    private void end() {
        RevocableFence ended = fence.getAndSet(null);
        if (ended != null) {
            ended.revoke();
            log.info("No longer leading");
            listener.onLost();
        }
    }

    @Override
    public synchronized void resign() {
        pause = settings.duration();
        stepDown();
    }

    @Override
    public boolean isLeading() {
        RevocableFence current = fence.get();
        // the elector notices by the wall clock that it could not renew, which may have been set back
        return current != null && current.isLeader();
    }

    @Override
    public Health liveness() {
        Duration silence = lock.sinceLastAttempt();
        boolean isAlive = !hasStarted
                || silence.compareTo(STANDSTILL.plus(settings.duration().multipliedBy(2))) < 0;
        return isAlive
                ? Health.good("leader election works")
                : Health.bad("leader election has made no attempt for " + silence.toSeconds() + " s");
    }

    @Override
    public Health readiness() {
        return lock.readiness();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        stepDown();
        scheduler.shutdownNow();
    }

    private void stepDown() {
        if (election == null) {
            return;
        }
        election.cancel(true); // waits for the attempt that is under way, and revokes the fence
        if (!lock.isHeld()) {
            return;
        }
        try {
            elector.release();
        } catch (KubernetesClientException e) {
            log.warn(
                    "Cannot release the Lease, which expires in {} s: {}",
                    settings.duration().toSeconds(),
                    ApiServerError.cause(e));
        }
    }
}
