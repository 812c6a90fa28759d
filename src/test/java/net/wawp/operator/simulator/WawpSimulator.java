package net.wawp.operator.simulator;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.time.InstantSource;

/**
 * Wawp's session API, as its public pages describe it, on a port of this machine. Instances exist once they were {@linkplain #add added};
 * how they behave and what goes wrong can be changed at any time, from Java or {@linkplain ControlRoutes over HTTP}.
 *
 * <p>Started by itself it takes its port from the first argument, else from {@code SIMULATOR_PORT}, else takes {@value #DEFAULT_PORT}.
 */
public final class WawpSimulator implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final int DEFAULT_PORT = 8090;
    private static final long MAX_BODY = 64L * 1024 * 1024;

    private final Vertx vertx;
    private final HttpServer server;
    private final Instances instances;
    private final Faults faults = new Faults();
    private final Ledger ledger = new Ledger();

    private WawpSimulator(int port, InstantSource clock) {
        instances = new Instances(clock);
        vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions().setClassPathResolvingEnabled(false)));
        Router router = Router.router(vertx);
        router.route().handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
        new ControlRoutes(instances, faults, ledger).mount(router);
        new SessionRoutes(vertx, instances, faults, ledger, clock).mount(router);
        server = vertx.createHttpServer(
                        new HttpServerOptions().setAcceptBacklog(4096).setHttp2ClearTextEnabled(false))
                .requestHandler(router)
                .listen(port, HOST)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Starts one on a free port. */
    public static WawpSimulator start() {
        return start(InstantSource.system());
    }

    /** Starts one on a free port, whose engines go by this clock. Latency is always in real time. */
    public static WawpSimulator start(InstantSource clock) {
        return new WawpSimulator(0, clock);
    }

    public static void main(String[] args) {
        String port = args.length > 0 ? args[0] : System.getenv().getOrDefault("SIMULATOR_PORT", "" + DEFAULT_PORT);
        WawpSimulator simulator = new WawpSimulator(Integer.parseInt(port), InstantSource.system());
        Runtime.getRuntime().addShutdownHook(new Thread(simulator::close));
        System.out.println("Wawp simulator on " + simulator.baseUrl());
    }

    /** What the operator is given as the address of Wawp. */
    public URI baseUrl() {
        return URI.create("http://" + HOST + ":" + server.actualPort());
    }

    /** A new instance, stopped and without a pairing. Its token is valid from now on. */
    public SimulatedSession add(String instanceId, String accessToken) {
        return instances.add(instanceId, accessToken);
    }

    /** The instance of this id, which must exist. */
    public SimulatedSession session(String instanceId) {
        return instances.find(instanceId).orElseThrow();
    }

    /** Deletes the instance in Wawp. */
    public void remove(String instanceId) {
        instances.remove(instanceId);
    }

    /** Makes a token invalid, for every instance. */
    public void revoke(String accessToken) {
        instances.revoke(accessToken);
    }

    /** How all instances behave, unless something else is set for one. */
    public Conduct conduct() {
        return instances.general();
    }

    /** From now on this goes wrong, after what was set to go wrong before. */
    public void inject(Fault fault) {
        faults.add(fault);
    }

    /** From now on nothing goes wrong. */
    public void heal() {
        faults.clear();
    }

    /** From now on nothing goes wrong that was set for this instance alone. */
    public void heal(String instanceId) {
        faults.clear(instanceId);
    }

    public Ledger ledger() {
        return ledger;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
