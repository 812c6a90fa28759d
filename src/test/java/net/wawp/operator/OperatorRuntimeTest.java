package net.wawp.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.vertx.core.Vertx;
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
import java.util.function.BooleanSupplier;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.leaderelection.LeaderTask;
import net.wawp.operator.management.Health;
import net.wawp.operator.metrics.OperatorMetrics;
import net.wawp.operator.testing.FaultyApiServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OperatorRuntimeTest {

    private static final Map<String, String> ELECTED = Map.of(
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
    private final List<RecordedTerm> terms = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void waitAsLongAsABusyMachineNeeds() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

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
        assertThat(terms).singleElement().satisfies(term -> assertThat(term.mayAct.getAsBoolean())
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
                        + " crds/whatsappsessions.wawp.net.yaml; going on trying. 404 page not found\n");
        assertThat(probe(process, "/livez")).startsWith("200 ");
        assertThat(terms).isEmpty();

        api.recover();
        await().until(() -> process.readiness().reason().equals("leading"));
        assertThat(terms).hasSize(1);
    }

    @Test
    void aMissingRightToListIsNamedWithTheNamespace() {
        Map<String, String> variables = new HashMap<>(ELECTED);
        variables.put("WAWP_WATCH_NAMESPACES", "crm,sales");
        api.refuse(request -> request.getPath().contains("/namespaces/sales/whatsappsessions"), 403, "forbidden");
        OperatorRuntime process = started(variables);

        await().until(() -> process.readiness().reason().contains("may not list"));
        assertThat(process.readiness().reason())
                .startsWith("The operator may not list whatsappsessions.wawp.net in namespace sales");
    }

    @Test
    void aStandbyIsReadyAndDoesNothing() {
        OperatorRuntime leader = started(ELECTED);
        await().until(leader::isLeading);
        OperatorRuntime standby = started(ELECTED);

        await().until(() -> standby.readiness().isGood());

        assertThat(probe(standby, "/readyz")).isEqualTo("200 standing by\n");
        assertThat(probe(standby, "/livez")).startsWith("200 ");
        assertThat(terms).hasSize(1);
    }

    @Test
    void whoStopsDrainsItsTermWhileItStillHoldsTheLeaseAndThenHandsItOver() {
        OperatorRuntime leader = started(ELECTED);
        await().until(() -> leader.readiness().reason().equals("leading"));
        OperatorRuntime standby = started(ELECTED);
        await().until(() -> standby.readiness().isGood());
        String holder = leaseHolder().orElseThrow();

        leader.close();

        RecordedTerm first = terms.get(0);
        assertThat(first.drains).containsExactly(Duration.ofSeconds(20));
        assertThat(first.holdersAtStop).containsExactly(holder);
        assertThat(first.mayAct.getAsBoolean()).isFalse();
        await().until(standby::isLeading);
        await().until(() -> terms.size() == 2);
    }

    @Test
    void aLeaderThatLosesItsLeaseEndsTheTermAndLeadsAgainInTheSameProcess() {
        OperatorRuntime process = started(ELECTED);
        await().until(() -> process.readiness().reason().equals("leading"));

        api.refuse(request -> true, 503, "the API server is away");
        await().until(() -> terms.get(0).drains.size() == 1);
        assertThat(terms.get(0).drains).containsExactly(Duration.ZERO);
        assertThat(probe(process, "/livez")).as("it does no good to restart it").startsWith("200 ");

        api.recover();
        await().until(() -> terms.size() == 2);
        await().until(() -> process.readiness().reason().equals("leading"));
    }

    @Test
    void aTermThatCannotBeginIsEndedAndAnotherOneIsTriedLater() {
        OperatorRuntime process = process(ELECTED, () -> {
            if (terms.size() == 1) {
                throw new IllegalStateException("no list of resources");
            }
        });
        process.start();

        await().until(() -> terms.size() == 2);
        await().until(() -> process.readiness().reason().equals("leading"));
        assertThat(terms.get(0).drains).containsExactly(Duration.ZERO);
    }

    @Test
    void aTermThatGivesUpIsEndedAndAnotherOneBeginsLater() {
        OperatorRuntime process = started(ELECTED);
        await().until(() -> process.readiness().reason().equals("leading"));

        terms.get(0).giveUp.run();

        await().until(() -> terms.size() == 2);
        assertThat(terms.get(0).drains).containsExactly(Duration.ZERO);
    }

    @Test
    void aTermThatStandsStillFailsTheLivenessProbe() {
        OperatorRuntime process = started(ALONE);
        await().until(() -> process.readiness().reason().equals("leading"));

        terms.get(0).liveness = Health.bad("the poller has stood still for 31 s");

        assertThat(probe(process, "/livez")).isEqualTo("503 the poller has stood still for 31 s\n");
    }

    @Test
    void aPortThatIsTakenIsToldOf() {
        OperatorRuntime first = started(ALONE);
        OperatorRuntime second = process(
                Map.of("WAWP_HTTP_PORT", String.valueOf(first.httpPort()), "WAWP_LEADER_ELECTION", "false"), () -> {});

        assertThatThrownBy(second::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Cannot listen on port " + first.httpPort() + " (WAWP_HTTP_PORT): ");
    }

    @Test
    void aProcessStopsAtOnceWhileItStillWaitsForTheApiServer() {
        api.refuse(request -> true, 503, "the API server is away");
        OperatorRuntime process = started(ELECTED);
        await().until(() -> process.readiness().reason().contains("Cannot list"));

        process.close();

        assertThat(process.readiness().reason()).isEqualTo("stopping");
        assertThat(terms).isEmpty();
    }

    private static boolean listsSessions(RecordedRequest request) {
        return request.getPath().contains("whatsappsessions");
    }

    private OperatorRuntime started(Map<String, String> variables) {
        OperatorRuntime process = process(variables, () -> {});
        process.start();
        return process;
    }

    private OperatorRuntime process(Map<String, String> variables, Runnable whenTermStarts) {
        OperatorRuntime process = new OperatorRuntime(
                OperatorConfig.from(variables, Optional.empty()),
                "process-" + processes.size(),
                client,
                Vertx.vertx(),
                new OperatorMetrics(true, "test"),
                (mayAct, giveUp) -> {
                    RecordedTerm term = new RecordedTerm(mayAct, giveUp, whenTermStarts);
                    terms.add(term);
                    return term;
                });
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

    private final class RecordedTerm implements LeaderTask {

        private final BooleanSupplier mayAct;
        private final Runnable giveUp;
        private final Runnable whenStarted;
        private final List<Duration> drains = new CopyOnWriteArrayList<>();
        private final List<String> holdersAtStop = new CopyOnWriteArrayList<>();
        private volatile Health liveness = Health.good("leading");

        RecordedTerm(BooleanSupplier mayAct, Runnable giveUp, Runnable whenStarted) {
            this.mayAct = mayAct;
            this.giveUp = giveUp;
            this.whenStarted = whenStarted;
        }

        @Override
        public void start() {
            whenStarted.run();
        }

        @Override
        public void stop(Duration drain) {
            if (mayAct.getAsBoolean()) {
                leaseHolder().ifPresent(holdersAtStop::add);
            }
            drains.add(drain);
        }

        @Override
        public Health liveness() {
            return liveness;
        }
    }
}
