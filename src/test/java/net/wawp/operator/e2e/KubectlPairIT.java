package net.wawp.operator.e2e;

import static net.wawp.operator.e2e.PairingFixture.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.testing.QrReader;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person in front of a terminal links a phone with {@code kubectl wawp pair}: the real kubectl, and what the screen shows is read as a camera reads it. */
@WithOperator
class KubectlPairIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(150);

    private static KubectlPlugin plugin;

    @BeforeAll
    static void build(@TempDir Path directory) {
        plugin = KubectlPlugin.build(directory);
    }

    @Test
    void oneCommandAndOneScanLeadFromNothingToWorking(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster);
        try (Terminal terminal = pair(cluster, fixture, "")) {
            // Wawp may show another code by then
            String payload = await().atMost(TIMEOUT)
                    .until(() -> scanned(terminal), fixture.session().session()::scan);

            await().atMost(TIMEOUT).until(terminal::hasEnded);
            assertThat(terminal.exitCode()).isZero();
            assertThat(terminal.scrollback())
                    .contains("Have the phone ready", "Paired with ")
                    .doesNotContain(payload, "█", "▀", "▄");
        }
        fixture.awaitNothingLeft();
        fixture.session().awaitReason(NAME, "Working");
        assertThat(fixture.session().changes()).containsExactly(Operation.start);
    }

    @Test
    void theCodeOnTheScreenFollowsTheOneAtWawpAndAnInterruptTakesItAway(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster).showManyCodes();
        try (Terminal terminal = pair(cluster, fixture, "")) {
            String first = scanned(terminal);

            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(QrReader.read(terminal.picture(), terminal.blocksAreLight()))
                            .isNotEqualTo(first));
            terminal.interrupt();

            await().atMost(TIMEOUT).until(terminal::hasEnded);
            assertThat(terminal.exitCode()).isEqualTo(1);
            assertThat(terminal.scrollback()).contains("error: interrupted").doesNotContain("█", "▀", "▄");
        }
    }

    @Test
    void aLinkStandsInTheAlternateScreenAlone(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster, "mode: Link");
        try (Terminal terminal = pair(cluster, fixture, "--link")) {
            await().atMost(TIMEOUT).until(() -> !terminal.screen().isEmpty());
            String link = fixture.session().session().link().orElseThrow();
            assertThat(terminal.screen()).contains(link);
            terminal.interrupt();

            await().atMost(TIMEOUT).until(terminal::hasEnded);
            assertThat(terminal.scrollback()).doesNotContain(link);
        }
    }

    @Test
    void aRequestThatCannotBeServedEndsWithTheReason(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster);
        fixture.session().kubectl("create", "secret", "generic", NAME + "-pairing", "--from-literal=mine=kept");
        try (Terminal terminal = pair(cluster, fixture, "")) {
            await().atMost(TIMEOUT).until(terminal::hasEnded);
            assertThat(terminal.exitCode()).isEqualTo(1);
            assertThat(terminal.scrollback()).contains("error: ", NAME + "-pairing", "delete or rename it");
        }
    }

    @Test
    void anotherAccountThanTheExpectedOneIsNoSuccess(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster, "mode: QR, expectedAccount: \"201012345678\"");
        try (Terminal terminal = pair(cluster, fixture, "")) {
            scanned(terminal);

            fixture.session().session().scanWith("201099999999");

            await().atMost(TIMEOUT).until(terminal::hasEnded);
            assertThat(terminal.exitCode()).isEqualTo(1);
            assertThat(terminal.scrollback()).contains("error: ").doesNotContain("Paired with");
        }
    }

    @Test
    void withoutATerminalNothingIsAskedFor(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster);
        fixture.session().awaitReason(NAME, "PairingRequired");

        ProgramRun refused = plugin.run(cluster.kubernetes(), command(fixture, ""));

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.errors()).contains("needs a terminal");
        assertThat(fixture.session().find(NAME).orElseThrow().getMetadata().getAnnotations())
                .doesNotContainKey("wawp.net/pair");
    }

    private static Terminal pair(OperatedCluster cluster, PairingFixture fixture, String flags) {
        return Terminal.open(plugin.terminal(cluster.kubernetes(), command(fixture, flags)));
    }

    private static String command(PairingFixture fixture, String flags) {
        return "kubectl wawp pair %s -n %s %s"
                .formatted(NAME, fixture.session().namespace(), flags)
                .strip();
    }

    private static String scanned(Terminal terminal) {
        await().atMost(TIMEOUT).until(() -> !terminal.picture().isEmpty() || terminal.hasEnded());
        assertThat(terminal.picture()).as(terminal.scrollback()).isNotEmpty();
        return QrReader.read(terminal.picture(), terminal.blocksAreLight());
    }
}
