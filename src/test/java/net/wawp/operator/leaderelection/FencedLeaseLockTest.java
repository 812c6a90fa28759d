package net.wawp.operator.leaderelection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import net.wawp.operator.config.LeaseSettings;
import net.wawp.operator.kubernetes.UnretriedClient;
import net.wawp.operator.testing.FaultyApiServer;
import net.wawp.operator.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What one process knows of the Lease by its own clock, request by request. */
@Execution(ExecutionMode.SAME_THREAD)
class FencedLeaseLockTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** Its own in each test: the log is shared by all that run at the same time. */
    private final String namespace = "wawp-" + UUID.randomUUID();

    private final FaultyApiServer api = new FaultyApiServer();
    private final KubernetesClient client = UnretriedClient.of(api.client(), Duration.ofSeconds(30));
    private final AtomicLong nanos = new AtomicLong(Duration.ofHours(10).toNanos());
    private final FencedLeaseLock lock = lock("me");
    private final RecordedLog log = new RecordedLog(FencedLeaseLock.class);

    @AfterEach
    void close() {
        log.close();
        client.close();
        api.close();
    }

    @Test
    void aLeaseThatWasNeverWrittenIsNeitherHeldNorFresh() {
        assertThat(lock.isHeld()).isFalse();
        assertThat(lock.isFresh()).isFalse();
        assertThat(lock.get(client)).isNull();
        assertThat(lock.isHeld()).isFalse();
    }

    @Test
    void theLeaseIsFreshUpToTheRenewDeadlineAndHeldBeyondIt() {
        lock.get(client);
        lock.create(client, record("me"));
        nanos.addAndGet(DEADLINE.toNanos() - 1);
        assertThat(lock.isFresh()).isTrue();

        nanos.addAndGet(1);

        assertThat(lock.isFresh()).isFalse();
        assertThat(lock.isHeld()).isTrue();
    }

    @Test
    void theTimeOfALeaseThatIsCreatedRunsFromTheRequestAndNotFromTheAnswer() {
        lock.get(client);
        api.refuse(this::takesSixSeconds, 500, "never sent");

        lock.create(client, record("me"));

        nanos.addAndGet(Duration.ofSeconds(4).toNanos());
        assertThat(lock.isFresh()).isFalse();
    }

    @Test
    void theTimeOfARenewalRunsFromTheRequestAndNotFromTheAnswer() {
        lock.get(client);
        lock.create(client, record("me"));
        lock.get(client);
        api.refuse(this::takesSixSeconds, 500, "never sent");

        lock.update(client, record("me"));

        nanos.addAndGet(Duration.ofSeconds(4).toNanos());
        assertThat(lock.isFresh()).isFalse();
    }

    @Test
    void aReleaseEndsTheHold() {
        lock.get(client);
        lock.create(client, record("me"));

        lock.update(client, record("me").toBuilder().holderIdentity(null).build());

        assertThat(lock.isHeld()).isFalse();
        assertThat(lock.isFresh()).isFalse();
        assertThat(lock.get(client).getHolderIdentity()).isEmpty();
    }

    @Test
    void aLeaseThatIsReadAsOnesOwnStaysHeldAndFresh() {
        lock.get(client);
        lock.create(client, record("me"));

        assertThat(lock.get(client).getHolderIdentity()).isEqualTo("me");

        assertThat(lock.isHeld()).isTrue();
        assertThat(lock.isFresh()).isTrue();
    }

    @Test
    void aLeaseThatIsReadAsSomebodyElsesIsHeldNoMore() {
        lock.get(client);
        lock.create(client, record("me"));
        FencedLeaseLock other = lock("other");
        other.get(client);
        other.update(client, record("other"));

        lock.get(client);

        assertThat(lock.isHeld()).isFalse();
        assertThat(lock.isFresh()).isFalse();
    }

    @Test
    void aLeaseThatSomebodyDeletedIsHeldNoMore() {
        lock.get(client);
        lock.create(client, record("me"));
        client.leases().inNamespace(namespace).withName("wawp-operator").delete();

        assertThat(lock.get(client)).isNull();

        assertThat(lock.isHeld()).isFalse();
    }

    @Test
    void theAgeOfAForeignLeaseIsHowLongItWasSeenUnchangedHere() {
        FencedLeaseLock other = lock("other");
        other.get(client);
        other.create(client, record("other"));
        ZonedDateTime first = lock.get(client).getRenewTime();
        assertThat(first).isAfter(ZonedDateTime.now().minusHours(1));
        nanos.addAndGet(Duration.ofHours(1).toNanos());

        ZonedDateTime hourLater = lock.get(client).getRenewTime();

        assertThat(hourLater).isBetween(first.minusMinutes(61), first.minusMinutes(59));
    }

    @Test
    void aForeignLeaseIsHeldUntilItsDurationWasSeenToPassHere() {
        assertThat(lock.heldByAnother(client)).as("there is none").isEmpty();
        FencedLeaseLock other = lock("other");
        other.get(client);
        other.create(client, record("other"));
        assertThat(other.heldByAnother(client)).as("its own").isEmpty();

        lock.heldByAnother(client);
        nanos.addAndGet(Duration.ofSeconds(15).toNanos());
        assertThat(lock.heldByAnother(client)).get().satisfies(foreign -> {
            assertThat(foreign.holder()).isEqualTo("other");
            assertThat(foreign.left()).isZero();
        });

        nanos.addAndGet(1);
        assertThat(lock.heldByAnother(client)).isEmpty();
    }

    @Test
    void aLeaseThatWasReleasedIsHeldByNobody() {
        FencedLeaseLock other = lock("other");
        other.get(client);
        other.create(client, record("other"));
        other.update(client, record("other").toBuilder().holderIdentity(null).build());

        assertThat(lock.heldByAnother(client)).isEmpty();
    }

    @Test
    void theTimeSinceTheLastAttemptCountsFromTheReadThatBeganIt() {
        lock.get(client);
        nanos.addAndGet(Duration.ofSeconds(7).toNanos());

        assertThat(lock.sinceLastAttempt()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aFailureIsLoggedOnceAndItsEndToo() {
        lock.get(client);
        api.refuse(request -> true, 500, "etcd is away");
        assertThatThrownBy(() -> lock.get(client)).isInstanceOf(KubernetesClientException.class);
        assertThatThrownBy(() -> lock.get(client)).isInstanceOf(KubernetesClientException.class);
        api.recover();
        lock.get(client);
        lock.get(client);

        assertThat(lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("WARN Cannot get the Lease " + namespace
                                        + "/wawp-operator. The operator tries again. "),
                        line -> assertThat(line)
                                .isEqualTo("INFO The Lease " + namespace + "/wawp-operator can be used again"));
    }

    @Test
    void aMissingRightIsLoggedAndMakesTheProcessUnreadyUntilAWriteWorks() {
        lock.get(client);
        assertThat(lock.readiness().isGood()).isTrue();
        api.refuse(request -> request.getMethod().equals("POST"), 403, "forbidden");
        assertThatThrownBy(() -> lock.create(client, record("me"))).isInstanceOf(KubernetesClientException.class);
        String missing = "The operator may not create leases.coordination.k8s.io in namespace " + namespace
                + ": grant its service account the verbs get, create and patch";

        assertThat(lock.readiness().reason()).isEqualTo(missing);
        lock.get(client);
        assertThat(lock.readiness().isGood())
                .as("a read that works says nothing about the write")
                .isFalse();

        api.recover();
        lock.create(client, record("me"));

        assertThat(lock.readiness().isGood()).isTrue();
        assertThat(lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("WARN " + missing + ". It tries again. "),
                        line -> assertThat(line)
                                .isEqualTo("INFO The Lease " + namespace + "/wawp-operator can be used again"));
    }

    @Test
    void whoStandsByIsReadyAgainOnceAnotherHasWrittenTheLease() {
        lock.get(client);
        api.refuse(request -> request.getMethod().equals("POST"), 403, "forbidden");
        assertThatThrownBy(() -> lock.create(client, record("me"))).isInstanceOf(KubernetesClientException.class);
        assertThat(lock.readiness().isGood()).isFalse();
        api.recover();
        FencedLeaseLock other = lock("other");
        other.get(client);
        other.create(client, record("other"));

        assertThat(lock.heldByAnother(client)).isPresent();

        assertThat(lock.readiness().isGood()).isTrue();
        assertThat(lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("WARN The operator may not create "),
                        line -> assertThat(line)
                                .isEqualTo("INFO The Lease " + namespace + "/wawp-operator can be used again"));
    }

    @Test
    void whatAnotherWroteBeforeTheFailureDoesNotEndIt() {
        FencedLeaseLock other = lock("other");
        other.get(client);
        other.create(client, record("other"));
        lock.get(client);
        api.refuse(request -> request.getMethod().equals("PATCH"), 403, "forbidden");
        assertThatThrownBy(() -> lock.update(client, record("me"))).isInstanceOf(KubernetesClientException.class);

        assertThat(lock.heldByAnother(client)).isPresent();
        assertThat(lock.readiness().isGood()).isFalse();

        api.recover();
        other.update(client, record("other"));
        assertThat(lock.heldByAnother(client)).isPresent();
        assertThat(lock.readiness().isGood()).isTrue();
    }

    @Test
    void whoCannotReadTheLeaseStaysUnreadyWhateverAnotherHasWritten() {
        lock.get(client);
        api.refuse(request -> request.getMethod().equals("POST"), 403, "forbidden");
        assertThatThrownBy(() -> lock.create(client, record("me"))).isInstanceOf(KubernetesClientException.class);
        api.recover();
        FencedLeaseLock other = lock("other");
        other.get(client);
        other.create(client, record("other"));
        api.refuse(request -> request.getMethod().equals("GET"), 403, "forbidden");

        assertThatThrownBy(() -> lock.heldByAnother(client)).isInstanceOf(KubernetesClientException.class);

        assertThat(lock.readiness().isGood()).isFalse();
    }

    @Test
    void anOwnLeaseThatIsReadDoesNotEndTheFailureOfItsRenewal() {
        lock.get(client);
        lock.create(client, record("me"));
        api.refuse(request -> request.getMethod().equals("PATCH"), 403, "forbidden");
        assertThatThrownBy(() -> lock.update(client, record("me"))).isInstanceOf(KubernetesClientException.class);

        lock.get(client);

        assertThat(lock.readiness().isGood()).isFalse();
    }

    @Test
    void aWriteThatWorksEndsTheFailureOfARead() {
        lock.get(client);
        api.refuse(request -> true, 403, "forbidden");
        assertThatThrownBy(() -> lock.get(client)).isInstanceOf(KubernetesClientException.class);
        assertThat(lock.readiness().isGood()).isFalse();
        api.recover();

        lock.create(client, record("me"));

        assertThat(lock.readiness().isGood()).isTrue();
    }

    @Test
    void aReadThatWorksEndsTheFailureOfARead() {
        api.refuse(request -> true, 403, "forbidden");
        assertThatThrownBy(() -> lock.get(client)).isInstanceOf(KubernetesClientException.class);
        assertThat(lock.readiness().isGood()).isFalse();
        api.recover();

        lock.get(client);

        assertThat(lock.readiness().isGood()).isTrue();
    }

    @Test
    void aConflictIsNoFailureSinceSomebodyElseWasFaster() {
        lock.get(client);
        api.refuse(request -> true, 409, "somebody else was faster");

        assertThatThrownBy(() -> lock.create(client, record("me"))).isInstanceOf(KubernetesClientException.class);

        assertThat(lock.isHeld()).isFalse();
        assertThat(lock.readiness().isGood()).isTrue();
        assertThat(lines()).isEmpty();
    }

    private FencedLeaseLock lock(String identity) {
        return new FencedLeaseLock(
                new LeaseSettings(namespace, "wawp-operator", Duration.ofSeconds(15), DEADLINE, Duration.ofSeconds(2)),
                identity,
                nanos::get);
    }

    private static LeaderElectionRecord record(String holder) {
        ZonedDateTime now = ZonedDateTime.now();
        return new LeaderElectionRecord(holder, Duration.ofSeconds(15), now, now, 0);
    }

    /** Lets the request through, but late by the clock of the operator. */
    private boolean takesSixSeconds(Object request) {
        nanos.addAndGet(Duration.ofSeconds(6).toNanos());
        return false;
    }

    private List<String> lines() {
        return log.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .filter(line -> line.contains(namespace))
                .toList();
    }
}
