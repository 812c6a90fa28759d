package net.wawp.operator.e2e;

import static net.wawp.operator.testing.EmbeddedCluster.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.OperatorRuntime.Pace;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.ManualClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A script that requests a poll of each session again and again. */
class ManyRequestsTest {

    private static final int SESSIONS = 50;
    private static final int ROUNDS = 4;
    /** So many calls a second its token may make, and as many at once. */
    private static final int RATE = 5;

    private static final Duration STEP = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final ManualClock clock = new ManualClock();

    @Test
    void twoHundredRequestsAreAnsweredWithNoMorePollsThanTheTokenAllows() {
        try (WawpSimulator wawp = WawpSimulator.start();
                EmbeddedCluster cluster = new EmbeddedCluster();
                KubernetesClient client = cluster.newClient(builder -> {});
                OperatorRuntime operator = operator(wawp, client)) {
            cluster.secret("wawp-credentials", TOKEN);
            IntStream.range(0, SESSIONS).forEach(number -> {
                wawp.add(instance(number), TOKEN).put(EngineState.WORKING);
                cluster.apply(name(number), instance(number), DesiredState.Running);
            });
            operator.start();
            awaitAll(cluster, status -> "WORKING".equals(status.sessionState()));

            long before = wawp.ledger().lastNumber();
            Instant begin = clock.instant();
            for (int round = 0; round < ROUNDS; round++) {
                String token = "round " + round;
                IntStream.range(0, SESSIONS).forEach(number -> cluster.request(name(number), token));
            }
            awaitAll(cluster, status -> ("round " + (ROUNDS - 1)).equals(status.lastHandledRequestAt()));

            long seconds = Duration.between(begin, clock.instant()).toSeconds() + 1;
            assertThat(wawp.ledger().lastNumber() - before).isLessThanOrEqualTo(RATE + seconds * RATE);
        }
    }

    /** Time passes only while this waits. */
    private void awaitAll(EmbeddedCluster cluster, Predicate<WhatsAppSessionStatus> isMeant) {
        Awaitility.await().atMost(TIMEOUT).until(() -> {
            clock.advance(STEP);
            List<WhatsAppSession> all = cluster.client()
                    .resources(WhatsAppSession.class)
                    .inNamespace(EmbeddedCluster.NAMESPACE)
                    .list()
                    .getItems();
            return all.stream().allMatch(session -> session.getStatus() != null && isMeant.test(session.getStatus()));
        });
    }

    private OperatorRuntime operator(WawpSimulator wawp, KubernetesClient client) {
        Map<String, String> settings = Map.of(
                "WAWP_BASE_URL",
                wawp.baseUrl().toString(),
                "WAWP_MAX_CALLS_PER_SECOND",
                String.valueOf(RATE),
                "WAWP_LEADER_ELECTION",
                "false",
                "WAWP_HTTP_PORT",
                "0");
        return OperatorRuntime.create(
                OperatorConfig.from(settings, Optional.empty()),
                client,
                clock,
                UnaryOperator.identity(),
                new Pace(Duration.ZERO, Pace.PRODUCTION.recheck()));
    }

    private static String name(int number) {
        return "line-" + number;
    }

    private static String instance(int number) {
        return "LINE%04d".formatted(number);
    }
}
