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
import net.wawp.operator.kubernetes.CrdAvailability;
import net.wawp.operator.leaderelection.LeaderElection;
import net.wawp.operator.leaderelection.LeaderTask;
import net.wawp.operator.leaderelection.LeaderTaskRunner;
import net.wawp.operator.leaderelection.LeaseLeaderElection;
import net.wawp.operator.leaderelection.NoLeaderElection;
import net.wawp.operator.management.Health;
import net.wawp.operator.management.ManagementServer;
import net.wawp.operator.metrics.OperatorMetrics;
import net.wawp.operator.wawp.HttpWawpClient;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpEndpoint;
import net.wawp.operator.wawp.limits.LimitedWawpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole operator: probes first, then the wait for the resource's definition, then leadership, and while leading a {@link LeaderTask}. Several
 * can run in one JVM.
 */
public final class OperatorRuntime implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OperatorRuntime.class);

    /** How long commands in flight may take to end when the process stops. */
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private static final int EVENT_LOOPS = 2;
    private static final int WORKERS = 2;
    private static final Duration SERVER_DEADLINE = Duration.ofSeconds(5);

    private final OperatorConfig config;
    private final Vertx vertx;
    private final OperatorMetrics metrics;
    private final ManagementServer probes;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "kind-gate"));
    private final CrdAvailability gate;
    private final LeaderTaskRunner terms;
    private final LeaderElection leadership;
    private volatile boolean isStopping;
    private volatile int httpPort;

    /**
     * The operator as it runs in production.
     *
     * @param client stays open when the process is closed
     */
    public static OperatorRuntime create(OperatorConfig config, KubernetesClient client, InstantSource clock) {
        String identity = hostName() + "_" + HexFormat.of().toHexDigits(new SecureRandom().nextLong());
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(EVENT_LOOPS)
                .setWorkerPoolSize(WORKERS)
                // nothing is served from files: the root file system may be read-only
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        OperatorMetrics metrics = new OperatorMetrics(config.sessionMetrics(), OperatorMain.version());
        WawpClient http = new HttpWawpClient(
                vertx,
                new WawpEndpoint(
                        config.baseUrl(), config.proxy().map(OperatorRuntime::proxyOptions), config.extraRoots()),
                switch (config.credentialsStyle()) {
                    case Body -> HttpWawpClient.Style.Body;
                    case Query -> HttpWawpClient.Style.Query;
                },
                config.requestTimeout(),
                // polls out of turn have a bound of their own beside the routine ones
                2 * config.maxConcurrentPolls(),
                clock);
        LimitedWawpClient wawp = new LimitedWawpClient(
                metrics.metered(http),
                config.maxCallsPerSecond(),
                config.maxCallsPerSecond(),
                clock,
                new SecureRandom());
        LeaderTask.Factory terms = (mayAct, giveUp) -> new LeaderWorkload(
                config, client, vertx, wawp, wawp::nextProbe, metrics, mayAct, giveUp, identity, clock);
        return new OperatorRuntime(config, identity, client, vertx, metrics, terms);
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
    OperatorRuntime(
            OperatorConfig config,
            String identity,
            KubernetesClient client,
            Vertx vertx,
            OperatorMetrics metrics,
            LeaderTask.Factory factory) {
        this.config = config;
        this.vertx = vertx;
        this.metrics = metrics;
        this.terms = new LeaderTaskRunner(factory, this::resign);
        this.leadership = config.lease()
                .<LeaderElection>map(lease -> new LeaseLeaderElection(client, lease, identity, System::nanoTime, terms))
                .orElseGet(() -> new NoLeaderElection(terms));
        metrics.leader(leadership::isLeading);
        this.gate = new CrdAvailability(client, config.watchNamespaces(), scheduler, leadership::start);
        this.probes = new ManagementServer(vertx, this::liveness, this::readiness, metrics.registry());
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
