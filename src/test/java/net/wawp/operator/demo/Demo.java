package net.wawp.operator.demo;

import io.fabric8.kubernetes.client.Watch;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.LogManager;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.demo.DemoTable.Row;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The operator at work: a simulated Wawp, a Kubernetes API, and the samples of {@code deploy/samples} one after the other. Exits with 0
 * when each ended as its file says; else with 1, after a line that says what went wrong. With the system property {@code stay} it goes
 * on until it is interrupted. With {@code demo.debug} a failure has its stack trace.
 */
public final class Demo {

    private static final Limits LIMITS = new Limits(Duration.ofMinutes(3), Duration.ofSeconds(60));
    private static final String TOKEN = "replace-me-with-the-token-of-your-account";
    private static final String AGAIN =
            "If the machine is busy, run the demo again when it is not; if it fails again, report it with its output.";

    /**
     * How long things may take.
     *
     * @param demo all of it, from the start to the end
     * @param step the way of a resource to a state
     */
    record Limits(Duration demo, Duration step) {}

    /** What comes after the samples, while everything still runs. */
    interface Epilogue {
        Epilogue NONE = cluster -> {};

        void follow(DemoCluster cluster) throws InterruptedException;
    }

    private final PrintStream out;
    private final Supplier<DemoCluster> source;
    private final Limits limits;
    private final Epilogue epilogue;
    private final CompletableFuture<Void> samplesEnded = new CompletableFuture<>();
    private final CompletableFuture<Void> allEnded = new CompletableFuture<>();

    private Demo(PrintStream out, Supplier<DemoCluster> source, Limits limits, Epilogue epilogue) {
        this.out = out;
        this.source = source;
        this.limits = limits;
        this.epilogue = epilogue;
    }

    public static void main(String[] args) {
        quietLibraries();
        DemoExit exit = DemoExit.install();
        PrintStream out = System.out;
        Epilogue epilogue = System.getProperty("stay") == null
                ? Epilogue.NONE
                : cluster -> {
                    exit.interruptEndsWell();
                    stay(out, cluster);
                };
        exit.exit(play(out, () -> DemoCluster.start(out), LIMITS, epilogue));
    }

    /** The embedded API logs a line for each request. */
    private static void quietLibraries() {
        try (InputStream configuration = Demo.class.getResourceAsStream("/logging.properties")) {
            LogManager.getLogManager().readConfiguration(configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Plays all samples and returns the exit status. It returns when the limit has passed, even if something hangs: what was started may
     * still run then. The limit does not count for the epilogue.
     */
    static int play(PrintStream out, Supplier<DemoCluster> source, Limits limits, Epilogue epilogue) {
        return new Demo(out, source, limits, epilogue).play();
    }

    private int play() {
        Thread show = new Thread(this::show, "demo");
        show.setDaemon(true);
        show.start();
        try {
            CompletableFuture<Void> end = epilogue == Epilogue.NONE ? allEnded : samplesEnded;
            end.get(limits.demo().toMillis(), TimeUnit.MILLISECONDS);
            allEnded.get();
            return 0;
        } catch (ExecutionException e) {
            return failed(e.getCause());
        } catch (TimeoutException e) {
            // the failure that began it, where its clearing up hangs
            return failed(
                    samplesEnded.isCompletedExceptionally()
                            ? samplesEnded.handle((nothing, failure) -> failure).join()
                            : null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(e);
        }
    }

    private int failed(Throwable failure) {
        String line;
        if (failure == null) {
            line = "The demo did not end within %s s. %s"
                    .formatted(limits.demo().toSeconds(), AGAIN);
        } else if (failure instanceof DemoFailedException) {
            line = failure.getMessage();
        } else {
            line = "The demo failed: %s. %s -Ddemo.debug shows where it happened.".formatted(failure, AGAIN);
        }
        out.println();
        out.println(line.replaceAll("\\s+", " "));
        if (failure != null && System.getProperty("demo.debug") != null) {
            failure.printStackTrace(out);
        }
        return 1;
    }

    private void show() {
        try {
            try (WawpSimulator wawp = WawpSimulator.start();
                    DemoCluster cluster = source.get();
                    OperatorRuntime operator = operator(wawp, cluster)) {
                out.println("The operator runs against a simulated Wawp and " + cluster.description() + ".");
                operator.start();
                new Story(wawp, cluster).tell();
                samplesEnded.complete(null);
                epilogue.follow(cluster);
            } catch (Throwable e) {
                samplesEnded.completeExceptionally(e);
                throw e;
            }
            allEnded.complete(null);
        } catch (Throwable e) {
            allEnded.completeExceptionally(e);
        }
    }

    private static OperatorRuntime operator(WawpSimulator wawp, DemoCluster cluster) {
        Map<String, String> settings = Map.of(
                "WAWP_BASE_URL", wawp.baseUrl().toString(), "WAWP_LEADER_ELECTION", "false", "WAWP_HTTP_PORT", "0");
        return OperatorRuntime.create(
                OperatorConfig.from(settings, Optional.empty()), cluster.client(), InstantSource.system());
    }

    /** The samples, one after the other. It breaks off where one does not go on as its file says. */
    private final class Story {

        private final WawpSimulator wawp;
        private final DemoCluster cluster;
        private final DemoTable table = new DemoTable(out);

        Story(WawpSimulator wawp, DemoCluster cluster) {
            this.wawp = wawp;
            this.cluster = cluster;
        }

        void tell() {
            Watch watch = cluster.client()
                    .resources(WhatsAppSession.class)
                    .inNamespace(DemoCluster.NAMESPACE)
                    .watch(table);
            try {
                Sample.read("credentials.yaml").resources(cluster.client()).forEach(cluster::create);
                startAndScan();
                stop();
                logOut();
                recover();
                drift();
                badToken();
                twoOnOne();
                out.println();
                out.println("Every sample ended as its file says.");
            } finally {
                watch.close();
            }
        }

        private void startAndScan() {
            SimulatedSession session = instance("3EB0BCB2E3D1").put(EngineState.STOPPED);
            Sample sample = apply("1-start-and-scan.yaml");
            comesTo("welcome-line", "PairingRequired");
            Map<String, String> wayToPair = secret("welcome-line-pairing");
            out.println("  ... the operator hands out the QR code of the simulated Wawp, which links no real phone");
            out.print(text(wayToPair, "qr.txt"));
            out.println("  ... a person scans the QR code");
            session.scan(text(wayToPair, "payload"));
            ends(sample);
        }

        private Map<String, String> secret(String name) {
            try {
                return Awaitility.await()
                        .atMost(limits.step())
                        .until(
                                () -> cluster.client()
                                        .secrets()
                                        .inNamespace(DemoCluster.NAMESPACE)
                                        .withName(name)
                                        .get(),
                                Objects::nonNull)
                        .getData();
            } catch (ConditionTimeoutException e) {
                throw new DemoFailedException(
                        "The Secret %s did not appear within %s s. %s"
                                .formatted(name, limits.step().toSeconds(), AGAIN),
                        e);
            }
        }

        private static String text(Map<String, String> data, String key) {
            return new String(Base64.getDecoder().decode(data.get(key)), StandardCharsets.UTF_8);
        }

        private void stop() {
            instance("3EB0BCB2E3D2").put(EngineState.WORKING);
            ends(apply("2-stop.yaml"));
        }

        private void logOut() {
            instance("3EB0BCB2E3D3").put(EngineState.WORKING);
            ends(apply("3-log-out.yaml"));
        }

        private void recover() {
            instance("3EB0BCB2E3D4").put(EngineState.WORKING).fail();
            ends(apply("4-recover.yaml"));
        }

        private void drift() {
            SimulatedSession session = instance("3EB0BCB2E3D5").put(EngineState.WORKING);
            Sample sample = apply("5-drift.yaml");
            comesTo("steady-line", "Working");
            out.println("  ... somebody stops the session in Wawp's dashboard");
            session.stopInDashboard();
            comesTo("steady-line", "Starting");
            out.println("  ... the operator has noticed");
            ends(sample);
        }

        private void badToken() {
            instance("3EB0BCB2E3D6").put(EngineState.STOPPED);
            ends(apply("6-bad-token.yaml"));
        }

        private void twoOnOne() {
            instance("3EB0BCB2E3D7").put(EngineState.WORKING);
            ends(apply("7-two-on-one-instance.yaml"));
        }

        private SimulatedSession instance(String id) {
            return wawp.add(id, TOKEN);
        }

        private Sample apply(String fileName) {
            Sample sample = Sample.read(fileName);
            out.printf("%n# %s: %s%n", sample.file(), sample.title());
            sample.resources(cluster.client()).forEach(cluster::create);
            return sample;
        }

        private void ends(Sample sample) {
            sample.endings()
                    .forEach(ending -> comesTo(
                            ending.name(),
                            "Ready %s, %s".formatted(ending.ready(), ending.reason()),
                            row -> row.ready().equals(ending.ready())
                                    && row.reason().equals(ending.reason())));
        }

        private void comesTo(String name, String reason) {
            comesTo(name, reason, row -> row.reason().equals(reason));
        }

        private void comesTo(String name, String state, Predicate<Row> isThere) {
            try {
                Awaitility.await()
                        .atMost(limits.step())
                        .until(() -> table.row(name).filter(isThere).isPresent());
            } catch (ConditionTimeoutException e) {
                throw new DemoFailedException(
                        "%s did not come to %s within %s s. %s"
                                .formatted(name, state, limits.step().toSeconds(), AGAIN),
                        e);
            }
        }
    }

    private static void stay(PrintStream out, DemoCluster cluster) throws InterruptedException {
        out.println();
        if (cluster instanceof DemoCluster.Real real) {
            out.println("Still running, until you press Ctrl-C. In another terminal:");
            out.println("  export KUBECONFIG=" + real.cluster().kubeconfig());
            out.println("  kubectl get whatsappsessions -o wide");
            out.println("  kubectl patch was night-line --type merge -p '{\"spec\":{\"desiredState\":\"Running\"}}'");
            out.println("  kubectl wait was night-line --for=condition=Ready --timeout=60s");
            out.println("  kubectl describe was locked-line");
        } else {
            out.println(
                    "Still running, until you press Ctrl-C. kubectl needs a real API server: run mvn verify once, which"
                            + " fetches or builds its programs.");
        }
        new CountDownLatch(1).await();
    }
}
