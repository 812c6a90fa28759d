package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.session.Action;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Everything that is logged at TRACE, by whatever library, while everything goes right and everything goes wrong. */
@Isolated("listens to all that is logged in this process")
class NothingSecretGetsOutTest {

    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "vErYsEcReTtOkEn");

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Appender<ILoggingEvent> console = root.getAppender("CONSOLE");
    private final Level usualLevel = root.getLevel();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        // read by our own thread and written by those of Vert.x
        log.list = Collections.synchronizedList(new ArrayList<>());
        root.detachAppender(console);
        root.addAppender(log);
        log.start();
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void stopListening() {
        root.setLevel(usualLevel);
        root.detachAppender(log);
        root.addAppender(console);
    }

    @ParameterizedTest
    @EnumSource
    void noTokenAndNoQrCodeIsInAnyLogLineOrReply(Style style) {
        List<Reply> replies = new ArrayList<>();
        Vertx vertx = Vertx.vertx();
        String qrCode;
        try (WawpSimulator simulator = WawpSimulator.start()) {
            SimulatedSession session = simulator
                    .add(CREDENTIALS.instanceId(), CREDENTIALS.accessToken())
                    .put(EngineState.SCAN_QR_CODE);
            qrCode = session.qrCode().orElseThrow();
            everythingThatCanHappen().forEach(fault -> {
                fault.ifPresent(simulator::inject);
                replies.addAll(callAll(vertx, simulator.baseUrl(), style));
                simulator.heal();
                session.put(EngineState.SCAN_QR_CODE);
            });
            replies.addAll(callAll(vertx, URI.create("http://127.0.0.1:1"), style));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }

        assertThat(replies).extracting(Reply::toString).noneMatch(text -> tells(text, qrCode));
        assertThat(clientsLines())
                .anyMatch(line -> line.startsWith("io.netty."))
                .noneMatch(line -> tells(line, qrCode));
    }

    @Test
    void credentialsDoNotPrintThemselves() {
        assertThat(CREDENTIALS.toString())
                .doesNotContain(CREDENTIALS.accessToken(), CREDENTIALS.instanceId(), CREDENTIALS.tokenFingerprint());
    }

    private static Stream<Optional<Fault>> everythingThatCanHappen() {
        return Stream.concat(
                Stream.of(Optional.empty(), Optional.of(Fault.error(401, BodyFormat.Json))),
                Stream.of(Fault.Kind.values()).map(Fault::of).map(Optional::of));
    }

    private static List<Reply> callAll(Vertx vertx, URI baseUrl, Style style) {
        WawpClient client =
                new HttpWawpClient(vertx, baseUrl, style, Duration.ofMillis(300), 4, InstantSource.system());
        return List.of(
                client.look(CREDENTIALS, Urgency.Routine).toCompletableFuture().join(),
                client.act(Action.Logout, CREDENTIALS, () -> true)
                        .toCompletableFuture()
                        .join());
    }

    /** What was logged, but for the simulator's own router, which is not part of the operator. */
    private List<String> clientsLines() {
        return List.copyOf(log.list).stream()
                .filter(event -> !event.getLoggerName().startsWith("io.vertx.ext.web."))
                .map(event -> event.getLoggerName() + " " + event.getFormattedMessage() + " "
                        + ThrowableProxyUtil.asString(event.getThrowableProxy()))
                .toList();
    }

    private static boolean tells(String text, String qrCode) {
        return text.contains(CREDENTIALS.accessToken())
                || text.contains(CREDENTIALS.tokenFingerprint())
                || text.contains(qrCode.substring(qrCode.indexOf(',') + 1));
    }
}
