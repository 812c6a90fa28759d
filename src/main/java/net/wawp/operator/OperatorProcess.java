package net.wawp.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.config.ProxyAddress;
import net.wawp.operator.server.Health;
import net.wawp.operator.server.ProbeServer;
import net.wawp.operator.wawp.HttpWawpClient;
import net.wawp.operator.wawp.LimitedWawpClient;
import net.wawp.operator.wawp.Route;
import net.wawp.operator.wawp.WawpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole operator: probes first, then the wait for the resource's definition, then leadership, and while leading a {@link Term}. Several
 * can run in one JVM.
 */
public final class OperatorProcess implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OperatorProcess.class);

    /** How long commands in flight may take to end when the process stops. */
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private static final int EVENT_LOOPS = 2;
    private static final int WORKERS = 2;
    private static final Duration SERVER_DEADLINE = Duration.ofSeconds(5);

    private final OperatorConfig config;
    private final Vertx vertx;
    private final OperatorMetrics metrics;
    private final ProbeServer probes;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "kind-gate"));
    private final KindGate gate;
    private final Terms terms;
    private final Leadership leadership;
    private volatile boolean isStopping;
    private volatile int httpPort;

    /**
     * The operator as it runs in production.
     *
     * @param client stays open when the process is closed
     */
    public static OperatorProcess create(OperatorConfig config, KubernetesClient client, InstantSource clock) {
        String identity = hostName() + "_" + HexFormat.of().toHexDigits(new SecureRandom().nextLong());
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(EVENT_LOOPS)
                .setWorkerPoolSize(WORKERS)
                // nothing is served from files: the root file system may be read-only
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        OperatorMetrics metrics = new OperatorMetrics(config.sessionMetrics());
        WawpClient http = new HttpWawpClient(
                vertx,
                new Route(config.baseUrl(), config.proxy().map(OperatorProcess::proxyOptions), config.extraRoots()),
                switch (config.credentialsStyle()) {
                    case Body -> HttpWawpClient.Style.Body;
                    case Query -> HttpWawpClient.Style.Query;
                },
                config.requestTimeout(),
                // looks out of turn have a bound of their own beside the routine ones
                2 * config.maxLooksInFlight(),
                clock);
        LimitedWawpClient wawp = new LimitedWawpClient(
                metrics.metered(http),
                config.maxCallsPerSecond(),
                config.maxCallsPerSecond(),
                clock,
                new SecureRandom());
        Term.Factory terms = (mayAct, giveUp) ->
                new SessionTerm(config, client, vertx, wawp, wawp::nextProbe, metrics, mayAct, giveUp, identity, clock);
        return new OperatorProcess(config, identity, client, vertx, metrics, terms);
    }

    private static ProxyOptions proxyOptions(ProxyAddress proxy) {
        ProxyOptions options =
                new ProxyOptions().setType(ProxyType.HTTP).setHost(proxy.host()).setPort(proxy.port());
        proxy.login().ifPresent(login -> options.setUsername(login.user()).setPassword(login.password()));
        return options;
    }

    /** In a pod the name of the pod. */
    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }

    /**
     * @param identity different for every process that ever runs
     * @param client stays open when the process is closed
     * @param vertx closed with the process
     * @param metrics closed with the process
     */
    OperatorProcess(
            OperatorConfig config,
            String identity,
            KubernetesClient client,
            Vertx vertx,
            OperatorMetrics metrics,
            Term.Factory factory) {
        this.config = config;
        this.vertx = vertx;
        this.metrics = metrics;
        this.terms = new Terms(factory, this::resign);
        this.leadership = config.lease()
                .<Leadership>map(lease -> new LeaseLeadership(client, lease, identity, System::nanoTime, terms))
                .orElseGet(() -> new SoleLeadership(terms));
        metrics.leader(leadership::isLeading);
        this.gate = new KindGate(client, config.watchNamespaces(), scheduler, leadership::start);
        this.probes = new ProbeServer(vertx, this::liveness, this::readiness, metrics.registry());
    }

    /**
     * Begins; everything that may take time goes on in the background, where it waits for the API server as long as need be.
     *
     * @throws IllegalStateException when the port cannot be listened on
     */
    public void start() {
        try {
            httpPort = await(probes.start(config.httpPort()));
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "Cannot listen on port %d (WAWP_HTTP_PORT): %s"
                            .formatted(config.httpPort(), e.getCause().getMessage()),
                    e);
        }
        log.info("Probes and metrics are served on port {}", httpPort);
        gate.start();
    }

    /** Where probes and metrics are served, after the start. */
    public int httpPort() {
        return httpPort;
    }

    public boolean isLeading() {
        return leadership.isLeading();
    }

    public Health liveness() {
        return leadership.liveness().and(terms.liveness());
    }

    public Health readiness() {
        return isStopping
                ? Health.bad("stopping")
                : gate.readiness().and(leadership.readiness()).and(terms.readiness());
    }

    /** Ends: commands in flight have 20 s to end, then the lead is handed over. Returns when all is done; again, does nothing. */
    @Override
    public synchronized void close() {
        if (isStopping) {
            return;
        }
        isStopping = true;
        scheduler.shutdownNow();
        terms.close(DRAIN);
        leadership.close();
        try {
            await(vertx.close());
        } catch (CompletionException e) {
            log.warn("The HTTP server did not end well", e);
        }
        metrics.close();
        log.info("Stopped");
    }

    private void resign() {
        leadership.resign();
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(SERVER_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
