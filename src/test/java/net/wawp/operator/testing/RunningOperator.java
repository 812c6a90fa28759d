package net.wawp.operator.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import net.wawp.operator.LeaderWorkload;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.metrics.OperatorMetrics;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.wawp.HttpWawpClient;
import net.wawp.operator.wawp.WawpEndpoint;
import net.wawp.operator.wawp.limits.LimitedWawpClient;

/** The operator as it runs in production, against an embedded cluster and the simulator, and what it wrote to the cluster. */
public final class RunningOperator implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final KubernetesClient kubernetes;
    private final LeaderWorkload term;
    private final List<String> writes = new CopyOnWriteArrayList<>();

    public RunningOperator(EmbeddedCluster cluster, WawpSimulator wawp, InstantSource clock) {
        this(cluster, wawp, clock, "");
    }

    /** @param namespaces that it watches, parted by commas; empty: all */
    public RunningOperator(EmbeddedCluster cluster, WawpSimulator wawp, InstantSource clock, String namespaces) {
        OperatorConfig config = OperatorConfig.from(
                Map.of(
                        "WAWP_BASE_URL",
                        wawp.baseUrl().toString(),
                        "WAWP_POLL_INTERVAL",
                        "20s",
                        "WAWP_WATCH_NAMESPACES",
                        namespaces,
                        "WAWP_LEADER_ELECTION",
                        "false"),
                Optional.empty());
        this.kubernetes = cluster.newClient(builder ->
                builder.withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("witness", new Witness())));
        LimitedWawpClient limited = new LimitedWawpClient(
                new HttpWawpClient(
                        vertx,
                        WawpEndpoint.direct(config.baseUrl()),
                        HttpWawpClient.Style.Body,
                        config.requestTimeout(),
                        16,
                        clock),
                100,
                100,
                clock,
                new SecureRandom());
        this.term = new LeaderWorkload(
                config,
                kubernetes,
                vertx,
                limited,
                limited::nextProbe,
                new OperatorMetrics(true, "test"),
                () -> true,
                () -> {},
                "test",
                clock);
        term.start();
    }

    /** The resources as it keeps them. */
    public Stream<WhatsAppSession> sessions() {
        return term.sessions();
    }

    /** Every request that changed something about a resource. */
    public List<String> writes() {
        return List.copyOf(writes);
    }

    @Override
    public void close() {
        term.stop(Duration.ZERO);
        kubernetes.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private final class Witness implements Interceptor {
        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            if (!"GET".equals(request.method()) && request.uri().getPath().contains("/whatsappsessions/")) {
                writes.add(request.method() + " " + request.uri().getPath());
            }
        }
    }
}
