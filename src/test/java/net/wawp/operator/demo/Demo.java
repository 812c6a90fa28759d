package net.wawp.operator.demo;

import io.fabric8.kubernetes.client.Watch;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The operator at work: a simulated Wawp, a Kubernetes API, and the samples of {@code deploy/samples} one after the other. Exits with 0
 * when each ended as its file says, else with 1. With the system property {@code stay} it goes on until it is interrupted.
 */
public final class Demo {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TOKEN = "replace-me-with-the-token-of-your-account";

    private final PrintStream out;
    private final WawpSimulator wawp;
    private final DemoCluster cluster;
    private final DemoTable table;

    private Demo(PrintStream out, WawpSimulator wawp, DemoCluster cluster) {
        this.out = out;
        this.wawp = wawp;
        this.cluster = cluster;
        this.table = new DemoTable(out);
    }

    public static void main(String[] args) throws InterruptedException {
        PrintStream out = System.out;
        boolean stays = System.getProperty("stay") != null;
        boolean allWell;
        try (WawpSimulator wawp = WawpSimulator.start();
                DemoCluster cluster = DemoCluster.start(out);
                OperatorRuntime operator = operator(wawp, cluster)) {
            out.println("The operator runs against a simulated Wawp and " + cluster.description() + ".");
            operator.start();
            allWell = new Demo(out, wawp, cluster).play();
            if (stays) {
                stay(out, cluster);
            }
        }
        // what still runs are idle threads of libraries
        System.exit(allWell ? 0 : 1);
    }

    private static OperatorRuntime operator(WawpSimulator wawp, DemoCluster cluster) {
        Map<String, String> settings = Map.of(
                "WAWP_BASE_URL", wawp.baseUrl().toString(), "WAWP_LEADER_ELECTION", "false", "WAWP_HTTP_PORT", "0");
        return OperatorRuntime.create(
                OperatorConfig.from(settings, Optional.empty()), cluster.client(), InstantSource.system());
    }

    private boolean play() {
        Watch watch = cluster.client()
                .resources(WhatsAppSession.class)
                .inNamespace(DemoCluster.NAMESPACE)
                .watch(table);
        try {
            Sample.read("credentials.yaml").resources(cluster.client()).forEach(cluster::create);
            boolean allWell = startAndScan() & stop() & logOut() & recover() & drift() & badToken() & twoOnOne();
            out.println();
            out.println(allWell ? "Every sample ended as its file says." : "Not every sample ended as its file says.");
            return allWell;
        } finally {
            watch.close();
        }
    }

    private boolean startAndScan() {
        instance("3EB0BCB2E3D1").put(EngineState.STOPPED);
        Sample sample = apply("1-start-and-scan.yaml");
        return happens("welcome-line", "PairingRequired", "a person scans the QR code", () -> wawp.session(
                                "3EB0BCB2E3D1")
                        .scan())
                && ends(sample);
    }

    private boolean stop() {
        instance("3EB0BCB2E3D2").put(EngineState.WORKING);
        return ends(apply("2-stop.yaml"));
    }

    private boolean logOut() {
        instance("3EB0BCB2E3D3").put(EngineState.WORKING);
        return ends(apply("3-log-out.yaml"));
    }

    private boolean recover() {
        instance("3EB0BCB2E3D4").put(EngineState.WORKING).fail();
        return ends(apply("4-recover.yaml"));
    }

    private boolean drift() {
        instance("3EB0BCB2E3D5").put(EngineState.WORKING);
        Sample sample = apply("5-drift.yaml");
        return happens("steady-line", "Working", "somebody stops the session in Wawp's dashboard", () -> wawp.session(
                                "3EB0BCB2E3D5")
                        .stopInDashboard())
                && happens("steady-line", "Starting", "the operator has noticed", () -> {})
                && ends(sample);
    }

    private boolean badToken() {
        instance("3EB0BCB2E3D6").put(EngineState.STOPPED);
        return ends(apply("6-bad-token.yaml"));
    }

    private boolean twoOnOne() {
        instance("3EB0BCB2E3D7").put(EngineState.WORKING);
        return ends(apply("7-two-on-one-instance.yaml"));
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

    /** Waits until a resource is in this state, then goes on with the story. */
    private boolean happens(String name, String reason, String story, Runnable then) {
        boolean came = comes(
                () -> table.row(name).filter(row -> row.reason().equals(reason)).isPresent());
        if (came) {
            out.println("  ... " + story);
            then.run();
        } else {
            out.printf("! %s did not come to %s within %s seconds%n", name, reason, PATIENCE.toSeconds());
        }
        return came;
    }

    private boolean ends(Sample sample) {
        List<Sample.Ending> missed = sample.endings().stream()
                .filter(ending -> !comes(() -> table.row(ending.name())
                        .filter(row -> row.ready().equals(ending.ready())
                                && row.reason().equals(ending.reason()))
                        .isPresent()))
                .toList();
        missed.forEach(ending -> out.printf(
                "! %s should have ended with Ready %s, %s%n", ending.name(), ending.ready(), ending.reason()));
        return missed.isEmpty();
    }

    private static boolean comes(Callable<Boolean> condition) {
        try {
            Awaitility.await().atMost(PATIENCE).until(condition);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
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
