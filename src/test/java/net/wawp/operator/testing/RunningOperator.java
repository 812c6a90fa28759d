package net.wawp.operator.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.OperatorRuntime.Pace;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.simulator.WawpSimulator;

/** The operator as it runs in production, against an embedded cluster and the simulator, and what it wrote to the cluster. */
public final class RunningOperator implements AutoCloseable {

    private final KubernetesClient kubernetes;
    private final OperatorRuntime operator;
    private final List<Write> writes = new CopyOnWriteArrayList<>();

    /** A request that changed something about a resource. */
    public record Write(String method, String path, String body) {}

    public RunningOperator(EmbeddedCluster cluster, WawpSimulator wawp, InstantSource clock) {
        this(cluster, wawp, clock, "");
    }

    /** @param namespaces that it watches, parted by commas; empty: all */
    public RunningOperator(EmbeddedCluster cluster, WawpSimulator wawp, InstantSource clock, String namespaces) {
        OperatorConfig config = OperatorConfig.from(
                Map.of(
                        "WAWP_BASE_URL", wawp.baseUrl().toString(),
                        "WAWP_POLL_INTERVAL", "20s",
                        "WAWP_WATCH_NAMESPACES", namespaces,
                        "WAWP_LEADER_ELECTION", "false",
                        "WAWP_HTTP_PORT", "0"),
                Optional.empty());
        this.kubernetes = cluster.newClient(builder ->
                builder.withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("witness", new Witness())));
        this.operator = OperatorRuntime.create(
                config,
                kubernetes,
                clock,
                UnaryOperator.identity(),
                new Pace(Duration.ZERO, Pace.PRODUCTION.recheck()));
        operator.start();
    }

    /** What it wrote so far, in order. */
    public List<Write> writes() {
        return List.copyOf(writes);
    }

    @Override
    public void close() {
        operator.close();
        kubernetes.close();
    }

    private final class Witness implements Interceptor {
        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            String path = request.uri().getPath();
            if (!"GET".equals(request.method()) && path.contains("/whatsappsessions/")) {
                writes.add(new Write(request.method(), path, String.valueOf(request.bodyString())));
            }
        }
    }
}
