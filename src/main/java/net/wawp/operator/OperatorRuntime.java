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
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.config.ProxyAddress;
import net.wawp.operator.kubernetes.CrdAvailability;
import net.wawp.operator.leaderelection.LeaderElection;
import net.wawp.operator.leaderelection.LeaderTask;
import net.wawp.operator.leaderelection.LeaderTaskRunner;
import net.wawp.operator.leaderelection.LeadershipFence;
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
 * The whole operator: the management server beside the wait for the CRD, then leader election, and while this process leads a
 * {@link LeaderTask}. Several can run in one JVM.
 */
public final class OperatorRuntime implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OperatorRuntime.class);

    /**
     * How long things take that happen in real time.
     *
     * @param drain how long calls in flight may take to end when the operator is closed
     * @param recheck between two checks whether the resources can still be listed
     */
    public record Pace(Duration drain, Duration recheck) {

        public static final Pace PRODUCTION = new Pace(Duration.ofSeconds(20), Duration.ofSeconds(10));
    }

    private static final int EVENT_LOOPS = 2;
    private static final int WORKERS = 2;
    private static final Duration SERVER_DEADLINE = Duration.ofSeconds(5);

    private final OperatorConfig config;
    private final Pace pace;
    private final Vertx vertx;
    private final OperatorMetrics metrics;
    private final ManagementServer management;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "crd-availability"));
    private final CrdAvailability availability;
    private final LeaderTaskRunner tasks;
    private final LeaderElection election;
    private final CompletableFuture<Void> served = new CompletableFuture<>();
    private volatile boolean isStopping;
    private volatile int httpPort;

    /**
     * The operator as it runs in production.
     *
     * @param client stays open when this is closed
     */
    public static OperatorRuntime create(OperatorConfig config, KubernetesClient client, InstantSource clock) {
        return create(config, client, clock, UnaryOperator.identity(), Pace.PRODUCTION);
    }

    /**
     * The same operator, with something between it and Wawp, or at another pace.
     *
     * @param client stays open when this is closed
     * @param network wraps the client that calls Wawp, below limits and metrics
     */
    public static OperatorRuntime create(
            OperatorConfig config,
            KubernetesClient client,
            InstantSource clock,
            UnaryOperator<WawpClient> network,
            Pace pace) {
        String identity = hostName() + "_" + HexFormat.of().toHexDigits(new SecureRandom().nextLong());
        Vertx vertx = Vertx.vertx(threads(EVENT_LOOPS));
        OperatorMetrics metrics = new OperatorMetrics(config.sessionMetrics(), config.shard(), OperatorMain.version());
        WawpClient http = new HttpWawpClient(
                vertx,
                new WawpEndpoint(
                        config.wawp().baseUrl(),
                        config.wawp().proxy().map(OperatorRuntime::proxyOptions),
                        config.wawp().extraRoots()),
                switch (config.wawp().credentialsStyle()) {
                    case Body -> HttpWawpClient.Style.Body;
                    case Query -> HttpWawpClient.Style.Query;
                },
                config.wawp().requestTimeout(),
                // polls out of turn have a limit of their own, beside the routine ones
                2 * config.wawp().maxConcurrentPolls(),
                clock,
                InstantSource.system());
        LimitedWawpClient wawp = new LimitedWawpClient(
                metrics.metered(network.apply(http)),
                config.wawp().maxCallsPerSecond(),
                config.wawp().maxCallsPerSecond(),
                clock,
                new SplittableRandom());
        metrics.learntRate(wawp::lowestLearntRate);
        return new OperatorRuntime(
                config,
                identity,
                client,
                vertx,
                metrics,
                (namespaces, fence, giveUp) -> {
                    wawp.forgetHealth();
                    return new LeaderWorkload(
                            config,
                            namespaces,
                            client,
                            vertx,
                            wawp,
                            wawp::nextProbe,
                            metrics,
                            fence,
                            giveUp,
                            identity,
                            clock);
                },
                pace);
    }

    /** Vert.x caches no files: the root file system may be read-only. */
    static VertxOptions threads(int eventLoops) {
        return new VertxOptions()
                .setEventLoopPoolSize(eventLoops)
                .setWorkerPoolSize(WORKERS)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }

    private static ProxyOptions proxyOptions(ProxyAddress proxy) {
        ProxyOptions options =
                new ProxyOptions().setType(ProxyType.HTTP).setHost(proxy.host()).setPort(proxy.port());
        proxy.login().ifPresent(login -> options.setUsername(login.user()).setPassword(login.password()));
        return options;
    }

    /** In a pod, the name of the pod. */
    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }

    /** Makes the work of the leader. */
    @FunctionalInterface
    interface WorkloadFactory {
        /**
         * @param namespaces to watch; empty for all
         * @param fence see {@link LeaderElection.Listener#onLead}
         * @param giveUp see {@link LeaderTask.Factory#create}
         */
        LeaderTask create(List<String> namespaces, LeadershipFence fence, Runnable giveUp);
    }

    /**
     * @param identity different for every process
     * @param client stays open when this is closed
     * @param vertx closed with this
     * @param metrics closed with this
     */
    OperatorRuntime(
            OperatorConfig config,
            String identity,
            KubernetesClient client,
            Vertx vertx,
            OperatorMetrics metrics,
            WorkloadFactory workload,
            Pace pace) {
        this.config = config;
        this.pace = pace;
        this.vertx = vertx;
        this.metrics = metrics;
        this.tasks =
                new LeaderTaskRunner((fence, giveUp) -> workload.create(namespaces(), fence, giveUp), this::resign);
        this.election = config.lease()
                .<LeaderElection>map(lease -> new LeaseLeaderElection(client, lease, identity, System::nanoTime, tasks))
                .orElseGet(() -> new NoLeaderElection(tasks));
        metrics.leader(election::isLeading);
        this.availability =
                new CrdAvailability(client, config.watchNamespaces(), scheduler, pace.recheck(), new WhenAvailable());
        metrics.existing(availability::resources);
        this.management = new ManagementServer(vertx, this::liveness, this::readiness, metrics.registry());
    }

    /**
     * Starts, and returns at once: the rest happens in the background and waits for the API server as long as it has to.
     *
     * @throws IllegalStateException if it cannot listen on the port
     */
    public void start() {
        availability.start();
        try {
            httpPort = await(management.start(config.httpPort()));
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "Cannot listen on port %d (WAWP_HTTP_PORT): %s"
                            .formatted(config.httpPort(), e.getCause().getMessage()),
                    e);
        }
        log.info("Probes and metrics are served on port {}", httpPort);
        served.complete(null);
    }

    /** The port of probes and metrics, once started. */
    public int httpPort() {
        return httpPort;
    }

    public Health liveness() {
        return election.liveness().and(tasks.liveness());
    }

    public Health readiness() {
        return isStopping
                ? Health.bad("stopping")
                : availability.readiness().and(election.readiness()).and(tasks.readiness());
    }

    /** Stops: calls in flight have some time to end, then another process can lead. Returns once it has stopped; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (isStopping) {
            return;
        }
        isStopping = true;
        scheduler.shutdownNow();
        tasks.close(pace.drain());
        election.close();
        try {
            await(vertx.close());
        } catch (CompletionException e) {
            log.warn("The HTTP server did not stop cleanly", e);
        }
        metrics.close();
        log.info("Stopped");
    }

    private void resign() {
        election.resign();
    }

    private List<String> namespaces() {
        List<String> listable = availability.listable();
        return listable.isEmpty() ? config.watchNamespaces() : listable;
    }

    private final class WhenAvailable implements CrdAvailability.Listener {
        @Override
        public void onFirst() {
            // a process that cannot listen ends, again and again: it must not take the Lease each time
            served.thenRun(() -> {
                if (!isStopping) {
                    election.start();
                }
            });
        }

        /** The informers of the work that runs know nothing of a namespace that was not there, or have ended with the CRD. */
        @Override
        public void onMore() {
            log.info("More resources can be listed now: starting the work of the leader anew, if this process leads");
            tasks.restart(pace.drain());
        }
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(SERVER_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
