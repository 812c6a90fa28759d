package net.wawp.operator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.demo.Demo.Epilogue;
import net.wawp.operator.demo.Demo.Limits;
import net.wawp.operator.documents.Document;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.QrReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The demo on the embedded API, as on a machine that has nothing. One at a time, since each runs an operator. */
@Execution(ExecutionMode.SAME_THREAD)
class DemoIT {

    private static final Limits LIMITS = new Limits(Duration.ofMinutes(3), Duration.ofMinutes(1));

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);

    @Test
    void everySampleEndsAsItsFileSays() throws Exception {
        int status = Demo.play(out, DemoIT::embedded, LIMITS, Epilogue.NONE);

        assertThat(lines()).first().asString().contains("a simulated Wawp and an embedded Kubernetes API");
        for (String file : SampleTest.files()) {
            for (Sample.Ending ending : Sample.read(file).endings()) {
                assertThat(lines())
                        .anyMatch(line ->
                                line.matches(ending.name() + " .* " + ending.ready() + " +" + ending.reason() + " .*"));
            }
        }
        List<String> code =
                lines().stream().filter(line -> line.matches("[█▀▄ ]*█[█▀▄ ]*")).toList();
        assertThat(QrReader.read(code, true)).as("the QR code on the screen").isNotEmpty();
        assertThat(lines()).last().isEqualTo("Every sample ended as its file says.");
        assertThat(status).isZero();
        assertThat(lines())
                .as("README.md shows some of them")
                .containsSubsequence(Document.read("README.md")
                        .blocks("What you see", "text")
                        .get(0)
                        .lines()
                        .toList());
    }

    @Test
    void aSampleThatDoesNotComeToItsStateEndsTheDemoWithOneLine() {
        Supplier<DemoCluster> taken = () -> {
            DemoCluster cluster = embedded();
            cluster.create(session("another-line", "3EB0BCB2E3D1"));
            return cluster;
        };

        int status = Demo.play(out, taken, new Limits(Duration.ofMinutes(3), Duration.ofSeconds(5)), Epilogue.NONE);

        assertThat(lines()).last().asString().startsWith("welcome-line did not come to PairingRequired within 5 s. If");
        assertThat(lines()).noneMatch(line -> line.contains("2-stop.yaml") || line.startsWith("\tat "));
        assertThat(status).isEqualTo(1);
    }

    @Test
    void anErrorIsOneLine() {
        Supplier<DemoCluster> broken = () -> {
            throw new IllegalStateException("no port is free\nand more");
        };

        int status = Demo.play(out, broken, LIMITS, Epilogue.NONE);

        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("The demo failed: java.lang.IllegalStateException: no port is free and more.")
                .contains("run the demo again");
        assertThat(status).isEqualTo(1);
    }

    @Test
    void aStartThatHangsEndsWithTheLimit() {
        CountDownLatch testEnds = new CountDownLatch(1);
        Supplier<DemoCluster> hanging = () -> {
            try {
                testEnds.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("the test has ended");
        };

        int status = Demo.play(out, hanging, new Limits(Duration.ofSeconds(1), Duration.ofSeconds(1)), Epilogue.NONE);
        List<String> lines = lines();
        testEnds.countDown();

        assertThat(lines).singleElement().asString().startsWith("The demo did not end within 1 s.");
        assertThat(status).isEqualTo(1);
    }

    @Test
    void anInterruptEndsItWithOneLine() throws Exception {
        try (DemoProcess demo = DemoProcess.start(folder, "XDG_CACHE_HOME", folder.toString())) {
            demo.awaitFirstSample();

            demo.interrupt();

            demo.assertSaysThatItWasInterrupted();
            assertThat(demo.output()).contains("an embedded Kubernetes API");
        }
    }

    private List<String> lines() {
        return output.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static DemoCluster embedded() {
        return new DemoCluster.Embedded(new EmbeddedCluster());
    }

    private static WhatsAppSession session(String name, String instanceId) {
        WhatsAppSession session = new WhatsAppSession();
        session.getMetadata().setName(name);
        session.setSpec(WhatsAppSessionSpec.builder()
                .desiredState(DesiredState.Running)
                .instanceId(instanceId)
                .credentialsSecretRef(new CredentialsSecretRef("wawp-credentials"))
                .build());
        return session;
    }
}
