package net.wawp.operator.e2e;

import static net.wawp.operator.testing.EmbeddedCluster.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.network.ConnectProxy;
import net.wawp.operator.testing.network.TlsFront;
import org.junit.jupiter.api.Test;

/** The whole operator, from its settings to the status, in a company's network. */
class BehindAProxyTest {

    private static final String INSTANCE = "3EB0BCB2E3D4";

    @Test
    void aSessionIsReadyThroughAProxyWithAPasswordAndTlsOfTheCompanysOwn() {
        try (WawpSimulator wawp = WawpSimulator.start();
                TlsFront tls = new TlsFront(wawp.baseUrl().getPort());
                ConnectProxy proxy = ConnectProxy.forUser(tls.port(), "operator", "p@ss/word");
                EmbeddedCluster cluster = new EmbeddedCluster();
                OperatorRuntime operator = operator(
                        cluster,
                        Map.of(
                                "WAWP_BASE_URL", "https://wawp.test",
                                "WAWP_PROXY_URL", "http://operator:p%40ss%2Fword@127.0.0.1:" + proxy.port(),
                                "WAWP_CA_FILE", tls.certificate().toString(),
                                "WAWP_LEADER_ELECTION", "false",
                                "WAWP_HTTP_PORT", "0"))) {
            wawp.add(INSTANCE, TOKEN).put(EngineState.WORKING);
            cluster.secret("wawp-credentials", TOKEN);
            operator.start();

            cluster.apply("support-line", INSTANCE, DesiredState.Running);

            await().atMost(Duration.ofMinutes(1))
                    .ignoreException(NullPointerException.class)
                    .untilAsserted(
                            () -> assertThat(cluster.status("support-line").sessionState())
                                    .isEqualTo("WORKING"));
            assertThat(proxy.asked()).isNotEmpty().containsOnly("CONNECT wawp.test:443");
        }
    }

    private static OperatorRuntime operator(EmbeddedCluster cluster, Map<String, String> variables) {
        return OperatorRuntime.create(
                OperatorConfig.from(variables, Optional.empty()), cluster.client(), InstantSource.system());
    }
}
