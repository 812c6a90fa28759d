package net.wawp.operator.e2e;

import static net.wawp.operator.testing.EmbeddedCluster.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.OperatorRuntime.Pace;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.simulator.Call;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.network.WatchFreezer;
import net.wawp.operator.time.SteadyClock;
import org.junit.jupiter.api.Test;

/**
 * A logout is announced, and withdrawn before the operator has the answer to that write. The watch is frozen, so that its cache still asks
 * for the logout.
 */
class WithdrawnLogoutTest {

    private static final int SESSIONS = 16;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
    private final Set<String> readBack = ConcurrentHashMap.newKeySet();

    @Test
    void noSessionIsLoggedOutThoughTheWatchDoesNotTellThatItsLogoutWasWithdrawn() throws IOException {
        try (WawpSimulator wawp = WawpSimulator.start();
                EmbeddedCluster cluster = new EmbeddedCluster();
                WatchFreezer watches = new WatchFreezer(cluster.server().getPort());
                KubernetesClient client =
                        cluster.newClient(builder -> builder.withConfig(new ConfigBuilder(Config.empty())
                                        .withMasterUrl("http://localhost:" + watches.port())
                                        .build())
                                .withHttpClientBuilderConsumer(
                                        http -> http.addOrReplaceInterceptor("user", new User(cluster, watches))));
                OperatorRuntime operator = operator(wawp, client)) {
            cluster.secret("wawp-credentials", TOKEN);
            IntStream.range(0, SESSIONS).forEach(number -> {
                wawp.add(instance(number), TOKEN).put(EngineState.WORKING);
                cluster.apply(name(number), instance(number), DesiredState.LoggedOut);
            });
            operator.start();

            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(readBack).hasSize(SESSIONS));
            watches.thaw();

            await().atMost(TIMEOUT)
                    .untilAsserted(() -> IntStream.range(0, SESSIONS).forEach(number -> assertThat(
                                    Conditions.find(cluster.status(name(number)).conditions(), Conditions.READY))
                            .hasValueSatisfying(ready -> {
                                assertThat(ready.reason()).isEqualTo("Working");
                                assertThat(ready.observedGeneration()).isEqualTo(2);
                            })));
            assertThat(withdrawn).hasSize(SESSIONS);
            assertThat(wawp.ledger().calls()).extracting(Call::operation).doesNotContain(Optional.of(Operation.logout));
        }
    }

    private static OperatorRuntime operator(WawpSimulator wawp, KubernetesClient client) {
        Map<String, String> settings = Map.of(
                "WAWP_BASE_URL", wawp.baseUrl().toString(), "WAWP_LEADER_ELECTION", "false", "WAWP_HTTP_PORT", "0");
        return OperatorRuntime.create(
                OperatorConfig.from(settings, Optional.empty()),
                client,
                slowly(),
                UnaryOperator.identity(),
                new Pace(Duration.ZERO, Pace.PRODUCTION.recheck()));
    }

    /** A guard lets a call go out for ten seconds: on a busy machine they must not be over before the user has withdrawn it. */
    private static InstantSource slowly() {
        InstantSource clock = new SteadyClock();
        Instant start = clock.instant();
        return () -> start.plus(Duration.between(start, clock.instant()).dividedBy(4));
    }

    private static String name(int number) {
        return "line-" + number;
    }

    private static String instance(int number) {
        return "LINE%04d".formatted(number);
    }

    /** Withdraws each logout when it is announced, before the operator learns that the announcement was written. */
    private final class User implements Interceptor {

        private final EmbeddedCluster cluster;
        private final WatchFreezer watches;

        User(EmbeddedCluster cluster, WatchFreezer watches) {
            this.cluster = cluster;
            this.watches = watches;
        }

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            String path = request.uri().getPath();
            String name = path.substring(path.lastIndexOf('/') + 1);
            if ("GET".equals(request.method()) && withdrawn.contains(name)) {
                readBack.add(name);
            }
        }

        @Override
        public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> body) {
            if (!"PUT".equals(request.method()) || !request.uri().getPath().endsWith("/status")) {
                return;
            }
            WhatsAppSession session = Serialization.unmarshal(request.bodyString(), WhatsAppSession.class);
            String name = session.getMetadata().getName();
            boolean announces = response.isSuccessful()
                    && Optional.ofNullable(session.getStatus().lastAction())
                            .filter(action -> action.phase().equals("Intended"))
                            .isPresent();
            if (announces && withdrawn.add(name)) {
                watches.freeze();
                cluster.edit(name, spec -> spec.toBuilder()
                        .desiredState(DesiredState.Running)
                        .build());
            }
        }
    }
}
