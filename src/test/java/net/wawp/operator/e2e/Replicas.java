package net.wawp.operator.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import net.wawp.operator.testing.kubernetes.Signal;

/** Two processes of the packaged operator, of which one leads. One that ends is followed by another, as in a Deployment. */
final class Replicas implements AutoCloseable {

    /** Longer than the Lease. */
    static final Duration FREEZE = Duration.ofSeconds(5);

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    static final Map<String, String> SETTINGS = Map.of(
            "WAWP_LEASE_DURATION", "4s",
            "WAWP_LEASE_RENEW_DEADLINE", "3s",
            "WAWP_LEASE_RETRY_PERIOD", "500ms",
            "WAWP_REQUEST_TIMEOUT", "3s",
            "JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx160m");

    private final OperatedCluster cluster;
    private final String lease;
    private final Supplier<OperatorJar> process;
    private final List<OperatorJar> running = new ArrayList<>();
    private final List<Interruption> interruptions = new CopyOnWriteArrayList<>();
    private Instant countedAt = Instant.now();
    private long termsOfEnded;
    private long terms;

    /** Some time between these two the lead changed, or a process was killed, frozen or ended. */
    private record Interruption(Instant from, Instant to) {}

    /** Of the one release. */
    static Replicas of(OperatedCluster cluster) {
        // the token of an earlier file may have run out
        return new Replicas(
                cluster,
                "wawp-operator",
                () -> cluster.startOperator(cluster.installation().kubeconfig(), SETTINGS));
    }

    /**
     * @param lease that they share
     * @param process starts one of them
     */
    Replicas(OperatedCluster cluster, String lease, Supplier<OperatorJar> process) {
        this.cluster = cluster;
        this.lease = lease;
        this.process = process;
        start();
        start();
    }

    private synchronized OperatorJar start() {
        OperatorJar started = process.get();
        running.add(started);
        return started;
    }

    /** The one that leads, else the one that was started first. */
    synchronized OperatorJar leader() {
        return running.stream().filter(this::leads).findFirst().orElseGet(() -> running.get(0));
    }

    synchronized OperatorJar standby() {
        return running.stream().filter(replica -> !leads(replica)).findFirst().orElseGet(() -> running.get(1));
    }

    void kill(OperatorJar replica) {
        Instant from = Instant.now();
        replica.send(Signal.KILL);
        interrupted(from, Instant.now());
        replace(replica);
    }

    /** For {@link #FREEZE}: a call that went out just before hangs so long, however soon it would have been given up. */
    void freeze(OperatorJar replica) {
        Instant from = Instant.now();
        replica.send(Signal.STOP);
        interrupted(from, Instant.now().plus(FREEZE));
    }

    void thaw(OperatorJar replica) {
        replica.send(Signal.CONT);
    }

    /** Returns the exit status. */
    int terminate(OperatorJar replica) {
        Instant from = Instant.now();
        int status = replica.terminate();
        interrupted(from, Instant.now());
        replace(replica);
        return status;
    }

    private void interrupted(Instant from, Instant to) {
        interruptions.add(new Interruption(from, to));
    }

    private synchronized void replace(OperatorJar ended) {
        running.remove(ended);
        termsOfEnded += terms(ended);
        ended.close();
        start();
    }

    /** Whether the lead may have changed between these two, or a process was killed, frozen or ended. */
    boolean wereInterruptedBetween(Instant from, Instant to) {
        return interruptions.stream()
                .anyMatch(interruption -> !interruption.to().isBefore(from)
                        && !interruption.from().isAfter(to));
    }

    /** A busy machine may have cost a process the lead though nobody touched it: notes that it did. */
    void awaitLeader() {
        await().alias("somebody leads").atMost(TIMEOUT).until(this::isLed);
        synchronized (this) {
            long now =
                    termsOfEnded + running.stream().mapToLong(Replicas::terms).sum();
            Instant at = Instant.now();
            if (now != terms) {
                interruptions.add(new Interruption(countedAt, at));
            }
            terms = now;
            countedAt = at;
        }
    }

    /** How often it began to lead. */
    private static long terms(OperatorJar replica) {
        return replica.log().lines().filter(line -> line.contains("Leading as")).count();
    }

    void awaitReady() {
        await().alias("both replicas are ready").atMost(TIMEOUT).until(this::areReady);
    }

    private synchronized boolean isLed() {
        return running.stream().anyMatch(this::leads);
    }

    private synchronized boolean areReady() {
        return running.stream().allMatch(replica -> replica.probe("/readyz") == 200);
    }

    private boolean leads(OperatorJar replica) {
        return holder().filter(identity -> replica.log().contains("Leading as " + identity))
                .isPresent();
    }

    private Optional<String> holder() {
        return Optional.ofNullable(cluster.kubernetes()
                        .client()
                        .leases()
                        .inNamespace(cluster.installation().namespace())
                        .withName(lease)
                        .get())
                .map(Lease::getSpec)
                .map(LeaseSpec::getHolderIdentity)
                .filter(identity -> !identity.isEmpty());
    }

    @Override
    public synchronized void close() {
        running.forEach(OperatorJar::close);
    }
}
