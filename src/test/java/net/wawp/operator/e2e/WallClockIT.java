package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Somebody sets the clock of the machine while the packaged operator leads. libfaketime (a package of that name in Debian) gives it another
 * wall clock and leaves the monotonic one alone. Where it is not in its usual place, {@code LIBFAKETIME} names {@code libfaketimeMT.so.1}.
 * Forward, the leader stands by for one retry period and leads again: the elector of the Kubernetes client counts its deadline by the wall clock.
 */
@OnKubernetes(needs = Program.Helm, cluster = Cluster.Own)
@Tag("proof")
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts an API server and operators")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WallClockIT {

    private static final String NAME = "support-line";
    private static final String LEAVING = "leaving-line";
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration MOST_OF_AN_HOUR = Duration.ofMinutes(50);

    private OperatedCluster cluster;
    private Path offset;
    private OperatorJar leader;
    private OperatorJar standby;

    @BeforeAll
    void startOperators() throws IOException {
        Optional<Path> library = library();
        assumeTrue(library.isPresent(), "libfaketime is not here: install it, or name it in LIBFAKETIME");
        cluster = OperatedCluster.create();
        offset = cluster.kubernetes().directory().resolve("clock-offset");
        set("+0");
        leader = cluster.startOperator(
                        cluster.installation().kubeconfig(),
                        Map.of(
                                "LD_PRELOAD",
                                library.get().toString(),
                                "FAKETIME_TIMESTAMP_FILE",
                                offset.toString(),
                                "FAKETIME_NO_CACHE",
                                "1",
                                "DONT_FAKE_MONOTONIC",
                                "1"))
                .awaitReady();
        await().atMost(TIMEOUT).until(() -> leads(leader));
        standby = cluster.startOperator().awaitReady();
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            leader.close();
            standby.close();
            cluster.close();
        }
    }

    @Test
    void aClockThatIsSetAnHourForwardOrBackStopsNoPollReleasesNoDeletionAndGivesNoOtherTheLead() {
        SessionFixture staying = cluster.newFixture();
        staying.session().put(EngineState.WORKING);
        staying.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        staying.awaitReason(NAME, "Working");
        SessionFixture leaving = cluster.newFixture();
        leaving.session().put(EngineState.WORKING);
        leaving.secret(SessionFixture.TOKEN).resource(LEAVING, "desiredState: Running\ndeletionPolicy: Logout");
        leaving.awaitReason(LEAVING, "Working");
        cluster.wawp().inject(Fault.error(502, BodyFormat.Json).at(leaving.instanceId()));
        leaving.kubectl("delete", "was/" + LEAVING, "--wait=false");

        set("+1h");
        await().atMost(TIMEOUT).until(() -> error().compareTo(MOST_OF_AN_HOUR) > 0);
        assertWorks(staying, "Stopped", "Stopped");
        assertThat(leaving.find(LEAVING)).as("its 10 minutes are not over").isPresent();

        set("-1h");
        await().atMost(TIMEOUT).until(() -> error().compareTo(MOST_OF_AN_HOUR.negated()) < 0);
        assertWorks(staying, "Running", "Working");
        assertThat(leaving.find(LEAVING)).as("its 10 minutes are not over").isPresent();

        cluster.wawp().heal();
        await().atMost(TIMEOUT).until(() -> leaving.find(LEAVING).isEmpty());
        assertThat(leaving.changes()).containsExactly(Operation.logout);
        assertThat(staying.changes()).containsExactly(Operation.stop, Operation.start);
        assertThat(leads(standby)).as("the standby took the lead").isFalse();
    }

    private void assertWorks(SessionFixture fixture, String desired, String reason) {
        fixture.awaitPolls();
        fixture.resource(NAME, "desiredState: " + desired);
        fixture.awaitReason(NAME, reason);
        fixture.awaitPolls();
        leader.assertAlive();
    }

    /** How far the leader's clock is ahead, as its Lease shows. */
    private Duration error() {
        ZonedDateTime renewed = cluster.kubernetes()
                .client()
                .leases()
                .inNamespace(cluster.installation().namespace())
                .withName("wawp-operator")
                .get()
                .getSpec()
                .getRenewTime();
        return Duration.between(ZonedDateTime.now(), renewed);
    }

    /** Sets the leader's clock so far ahead of the real one. */
    private void set(String ahead) {
        try {
            Path next = Files.writeString(offset.resolveSibling("clock-offset-next"), ahead + "\n");
            Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean leads(OperatorJar operator) {
        return operator.log().contains("Leading as");
    }

    private static Optional<Path> library() throws IOException {
        if (System.getenv("LIBFAKETIME") != null) {
            return Optional.of(Path.of(System.getenv("LIBFAKETIME")));
        }
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            return Stream.concat(Stream.of(Path.of("/usr/lib")), folders)
                    .map(folder -> folder.resolve("faketime").resolve("libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst();
        }
    }
}
