package net.wawp.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import net.wawp.operator.OperatorRuntime.Pace;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.leaderelection.LeaderTask;
import net.wawp.operator.leaderelection.LeadershipFence;
import net.wawp.operator.management.Health;
import net.wawp.operator.metrics.OperatorMetrics;
import net.wawp.operator.testing.FaultyApiServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperatorRuntimeTest {

    private static final Map<String, String> ELECTED = Map.of(
            "WAWP_HTTP_PORT", "0",
            "WAWP_LEASE_NAMESPACE", "wawp-system",
            "WAWP_LEASE_DURATION", "60s", // so long that no busy machine loses the Lease unasked
            "WAWP_LEASE_RENEW_DEADLINE", "40s",
            "WAWP_LEASE_RETRY_PERIOD", "100ms");

    /** For what takes a whole renew deadline or duration. */
    private static final Map<String, String> ELECTED_FOR_SHORT = Map.of(
            "WAWP_HTTP_PORT", "0",
            "WAWP_LEASE_NAMESPACE", "wawp-system",
            "WAWP_LEASE_DURATION", "3s",
            "WAWP_LEASE_RENEW_DEADLINE", "2s",
            "WAWP_LEASE_RETRY_PERIOD", "100ms");

    private static final Map<String, String> ALONE = Map.of("WAWP_HTTP_PORT", "0", "WAWP_LEADER_ELECTION", "false");

    private final FaultyApiServer api = new FaultyApiServer();
    private final KubernetesClient client = api.client();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<OperatorRuntime> processes = new ArrayList<>();
    private final List<RecordedTask> tasks = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        api.recover();
        processes.forEach(OperatorRuntime::close);
        client.close();
        api.close();
    }

    @Test
    void aProcessThatRunsAloneLeadsFromTheStart() {
        OperatorRuntime process = started(ALONE);

        await().until(() -> process.readiness().reason().equals("leading"));

        assertThat(probe(process, "/readyz")).isEqualTo("200 leading\n");
        assertThat(tasks).singleElement().satisfies(task -> assertThat(task.fence.isLeader())
                .isTrue());
        assertThat(leaseHolder()).as("holder of the Lease").isEmpty();
    }

    @Test
    void untilTheResourceIsDefinedTheProbesSayWhatIsMissingAndNothingBegins() {
        api.refuse(OperatorRuntimeTest::listsSessions, 404, "404 page not found");
        OperatorRuntime process = started(ELECTED);

        await().until(() -> process.readiness().reason().contains("does not know"));
        assertThat(probe(process, "/readyz"))
                .isEqualTo("503 The API server does not know whatsappsessions.wawp.net: install"
                        + " crds/whatsappsessions.wawp.net.yaml. The operator tries again. 404 page not found\n");
        assertThat(probe(process, "/livez")).startsWith("200 ");
        assertThat(tasks).isEmpty();

        api.recover();
        await().until(() -> process.readiness().reason().equals("leading"));
        assertThat(tasks).hasSize(1);
    }

    @Test
    void aNamespaceThatCannotBeListedIsNamedAndTheOthersAreServed() {
        Map<String, String> variables = new HashMap<>(ALONE);
        variables.put("WAWP_WATCH_NAMESPACES", "crm,sales,support");
        api.refuse(
                request -> request.getPath().contains("/namespaces/sales/whatsappsessions"),
                403,
                "whatsappsessions.wawp.net is forbidden: User \\\"system:serviceaccount:wawp-system:wawp-operator\\\" cannot list"
                        + " resource \\\"whatsappsessions\\\" in API group \\\"wawp.net\\\" in the namespace \\\"sales\\\"");
        OperatorRuntime process = started(variables);

        await().until(() -> process.readiness().reason().equals("leading"));
        assertThat(tasks.get(0).namespaces).containsExactly("crm", "support");

        api.recover();
        await().until(() -> tasks.size() == 2);
        assertThat(tasks.get(1).namespaces).containsExactly("crm", "sales", "support");
        assertThat(tasks.get(0).drains).as("calls in flight may end").containsExactly(Duration.ofSeconds(20));
        await().until(() -> process.readiness().reason().equals("leading"));
    }

    @Test
    void aNamespaceThatCannotBeListedForTheMomentIsWaitedFor() {
        Map<String, String> variables = new HashMap<>(ALONE);
        variables.put("WAWP_WATCH_NAMESPACES", "crm,sales");
        api.refuse(request -> request.getPath().contains("/namespaces/sales/whatsappsessions"), 503, "away");
        OperatorRuntime process = started(variables);

        await().until(() -> process.readiness().reason().contains("Cannot list"));
        assertThat(process.readiness().isGood()).isFalse();
        assertThat(tasks).isEmpty();

        api.recover();
        await().until(() -> process.readiness().reason().equals("leading"));
        assertThat(tasks).singleElement().satisfies(task -> assertThat(task.namespaces)
                .containsExactly("crm", "sales"));
    }

    @Test
    void whileNoNamespaceCanBeListedNothingStarts() {
        Map<String, String> variables = new HashMap<>(ALONE);
        variables.put("WAWP_WATCH_NAMESPACES", "crm,sales");
        api.refuse(OperatorRuntimeTest::listsSessions, 403, "forbidden");
        OperatorRuntime process = started(variables);

        await().until(() -> process.readiness().reason().contains("may not list"));
        assertThat(process.readiness().reason())
                .isEqualTo(
                        "The operator may not list whatsappsessions.wawp.net in namespace crm: grant it to its service"
                                + " account. The operator tries again. forbidden");
        assertThat(tasks).isEmpty();
    }

    @Test
    void aCrdThatIsDeletedIsNamedAndOnceItIsBackTheTaskStartsAnew() {
        OperatorRuntime process = started(ALONE);
        await().until(() -> process.readiness().reason().equals("leading"));

        api.refuse(OperatorRuntimeTest::listsSessions, 404, "404 page not found");
        await().until(() -> process.readiness().reason().contains("does not know"));
        assertThat(probe(process, "/readyz")).startsWith("503 The API server does not know whatsappsessions.wawp.net");
        assertThat(probe(process, "/livez")).as("a restart does not help").startsWith("200 ");

        api.recover();
        await().until(() -> tasks.size() == 2);
        await().until(() -> process.readiness().reason().equals("leading"));
    }

    @Test
    void aTaskThatCanDoNothingFailsTheReadinessProbe() {
        OperatorRuntime process = started(ALONE);
        await().until(() -> process.readiness().reason().equals("leading"));

        tasks.get(0).readiness = Health.bad("no right to write");

        assertThat(probe(process, "/readyz")).isEqualTo("503 no right to write\n");
    }

    @Test
    void aStandbyIsReadyAndDoesNothing() {
        OperatorRuntime leader = started(ELECTED);
        await().until(() -> leader.readiness().reason().equals("leading"));
        OperatorRuntime standby = started(ELECTED);

        await().until(() -> standby.readiness().isGood());

        assertThat(probe(standby, "/readyz")).isEqualTo("200 standing by\n");
        assertThat(probe(standby, "/livez")).startsWith("200 ");
        assertThat(tasks).hasSize(1);
    }

    @Test
    void whoStopsDrainsItsTaskWhileItStillHoldsTheLeaseAndThenReleasesIt() {
        OperatorRuntime leader = started(ELECTED);
        await().until(() -> leader.readiness().reason().equals("leading"));
        OperatorRuntime standby = started(ELECTED);
        await().until(() -> standby.readiness().isGood());
        String holder = leaseHolder().orElseThrow();

        leader.close();

        RecordedTask first = tasks.get(0);
        assertThat(first.drains).containsExactly(Duration.ofSeconds(20));
        assertThat(first.holdersAtStop).containsExactly(holder);
        assertThat(first.fence.isLeader()).isFalse();
        await().until(() -> standby.readiness().reason().equals("leading"));
        await().until(() -> tasks.size() == 2);
    }

    @Test
    void aLeaderThatLosesItsLeaseStopsItsTaskAndLeadsAgainInTheSameProcess() {
        OperatorRuntime process = started(ELECTED_FOR_SHORT);
        await().until(() -> process.readiness().reason().equals("leading"));

        api.refuse(request -> true, 503, "the API server is away");
        await().until(() -> tasks.get(0).drains.size() > 0);
        assertThat(tasks.get(0).drains).containsExactly(Duration.ZERO);
        assertThat(probe(process, "/livez")).as("a restart does not help").startsWith("200 ");

        api.recover();
        await().until(() -> tasks.size() > 1);
        await().until(() -> process.readiness().reason().equals("leading"));
    }

    @Test
    void aTaskThatCannotStartIsStoppedAndAnotherOneIsTriedLater() {
        OperatorRuntime process = process(ELECTED_FOR_SHORT, () -> {
            if (tasks.size() == 1) {
                throw new IllegalStateException("no list of resources");
            }
        });
        process.start();

        await().until(() -> tasks.size() > 1);
        await().until(() -> process.readiness().reason().equals("leading"));
        assertThat(tasks.get(0).drains).containsExactly(Duration.ZERO);
    }

    @Test
    void aTaskThatGivesUpIsStoppedAndAnotherOneStartsLater() {
        OperatorRuntime process = started(ELECTED_FOR_SHORT);
        await().until(() -> process.readiness().reason().equals("leading"));

        tasks.get(0).giveUp.run();

        await().until(() -> tasks.size() > 1);
        assertThat(tasks.get(0).drains).containsExactly(Duration.ZERO);
    }

    @Test
    void aTaskThatHangsFailsTheLivenessProbe() {
        OperatorRuntime process = started(ALONE);
        await().until(() -> process.readiness().reason().equals("leading"));

        tasks.get(0).liveness = Health.bad("the poller has made no progress for 31 s");

        assertThat(probe(process, "/livez")).isEqualTo("503 the poller has made no progress for 31 s\n");
    }

    @Test
    void aPortThatIsTakenIsReported() {
        OperatorRuntime first = started(ALONE);
        OperatorRuntime second = process(
                Map.of("WAWP_HTTP_PORT", String.valueOf(first.httpPort()), "WAWP_LEADER_ELECTION", "false"), () -> {});

        assertThatThrownBy(second::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Cannot listen on port " + first.httpPort() + " (WAWP_HTTP_PORT): ");
    }

    @Test
    void aProcessWhosePortIsTakenLeavesTheLeaseToOthers() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            Map<String, String> variables = new HashMap<>(ELECTED);
            variables.put("WAWP_HTTP_PORT", String.valueOf(taken.getLocalPort()));
            OperatorRuntime process = process(variables, () -> {});

            assertThatThrownBy(process::start).isInstanceOf(IllegalStateException.class);

            // the election would begin right after the first
            await().until(() -> api.paths().stream()
                            .filter(path -> path.contains("whatsappsessions"))
                            .count()
                    >= 3);
            assertThat(api.paths()).noneMatch(path -> path.contains("leases"));
        }
    }

    @Test
    void aProcessStopsAtOnceWhileItStillWaitsForTheApiServer() {
        api.refuse(request -> true, 503, "the API server is away");
        OperatorRuntime process = started(ELECTED);
        await().until(() -> process.readiness().reason().contains("Cannot list"));

        process.close();

        assertThat(process.readiness().reason()).isEqualTo("stopping");
        assertThat(tasks).isEmpty();
    }

    private static boolean listsSessions(RecordedRequest request) {
        return request.getPath().contains("whatsappsessions");
    }

    private OperatorRuntime started(Map<String, String> variables) {
        OperatorRuntime process = process(variables, () -> {});
        process.start();
        return process;
    }

    private OperatorRuntime process(Map<String, String> variables, Runnable whenTaskStarts) {
        OperatorRuntime process = new OperatorRuntime(
                OperatorConfig.from(variables, Optional.empty()),
                "process-" + processes.size(),
                client,
                Vertx.vertx(),
                new OperatorMetrics(true, Optional.empty(), "test"),
                (namespaces, fence, giveUp) -> {
                    RecordedTask task = new RecordedTask(namespaces, fence, giveUp, whenTaskStarts);
                    tasks.add(task);
                    return task;
                },
                new Pace(Pace.PRODUCTION.drain(), Duration.ofMillis(200)));
        processes.add(process);
        return process;
    }

    private String probe(OperatorRuntime process, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + process.httpPort() + path))
                .build();
        HttpResponse<String> response =
                http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
        return response.statusCode() + " " + response.body();
    }

    private Optional<String> leaseHolder() {
        return Optional.ofNullable(client.leases()
                        .inNamespace("wawp-system")
                        .withName("wawp-operator")
                        .get())
                .map(lease -> lease.getSpec().getHolderIdentity());
    }

    private final class RecordedTask implements LeaderTask {

        private final List<String> namespaces;
        private final LeadershipFence fence;
        private final Runnable giveUp;
        private final Runnable whenStarted;
        private final List<Duration> drains = new CopyOnWriteArrayList<>();
        private final List<String> holdersAtStop = new CopyOnWriteArrayList<>();
        private volatile Health liveness = Health.good("leading");
        private volatile Health readiness = Health.good("leading");

        RecordedTask(List<String> namespaces, LeadershipFence fence, Runnable giveUp, Runnable whenStarted) {
            this.namespaces = namespaces;
            this.fence = fence;
            this.giveUp = giveUp;
            this.whenStarted = whenStarted;
        }

        @Override
        public void start() {
            whenStarted.run();
        }

        @Override
        public void stop(Duration drain) {
            if (fence.isLeader()) {
                leaseHolder().ifPresent(holdersAtStop::add);
            }
            drains.add(drain);
        }

        @Override
        public Health liveness() {
            return liveness;
        }

        @Override
        public Health readiness() {
            return readiness;
        }
    }
}
