package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Vertx;
import io.vertx.core.net.ProxyOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.session.Action;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.network.ConnectProxy;
import net.wawp.operator.testing.network.TlsFront;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Everything that is logged at TRACE, by whatever library, while everything goes right and everything goes wrong. */
@Isolated("listens to all that is logged in this process")
@Execution(ExecutionMode.SAME_THREAD)
class NothingSecretGetsOutTest {

    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "vErYsEcReTtOkEn");
    /** Where a good answer must not be missed, and where nothing may come. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration HASTE = Duration.ofMillis(300);

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
    void noTokenQrCodeOrPairingLinkIsInAnyLogLineOrResponse(Style style) {
        List<WawpResponse> responses = new ArrayList<>();
        Vertx vertx = Vertx.vertx();
        List<String> waysToPair = new ArrayList<>();
        try (WawpSimulator simulator = WawpSimulator.start()) {
            SimulatedSession session = simulator
                    .add(CREDENTIALS.instanceId(), CREDENTIALS.accessToken())
                    .put(EngineState.SCAN_QR_CODE);
            everythingThatCanHappen().forEach(fault -> {
                fault.ifPresent(simulator::inject);
                session.qrCode().ifPresent(waysToPair::add);
                session.qrPayload().ifPresent(waysToPair::add);
                responses.addAll(callAll(
                        vertx, WawpEndpoint.direct(simulator.baseUrl()), style, fault.isPresent() ? HASTE : PATIENCE));
                session.link().ifPresent(waysToPair::add);
                simulator.heal();
                session.put(EngineState.SCAN_QR_CODE);
            });
            responses.addAll(callAll(vertx, WawpEndpoint.direct(URI.create("http://127.0.0.1:1")), style));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }

        assertThat(responses)
                .hasAtLeastOneElementOfType(WawpResponse.PairingLink.class)
                .hasAtLeastOneElementOfType(WawpResponse.QrCode.class)
                .extracting(WawpResponse::toString)
                .noneMatch(text -> tells(text, waysToPair));
        assertThat(clientsLines())
                .anyMatch(line -> line.startsWith("io.netty."))
                .noneMatch(line -> tells(line, waysToPair));
    }

    @Test
    void noByteOfAHostileAnswerIsInAnyLogLineOrResponseAndABrokenConnectionIsNoWarning() throws IOException {
        List<WawpResponse> responses = new ArrayList<>();
        Vertx vertx = Vertx.vertx();
        try {
            for (HostileAnswer answer : HostileAnswer.all()) {
                try (RawServer server = new RawServer(answer.script())) {
                    responses.addAll(callAll(vertx, WawpEndpoint.direct(server.uri()), Style.Body));
                }
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }

        assertThat(responses).extracting(WawpResponse::toString).noneMatch(NothingSecretGetsOutTest::tellsTheAnswer);
        assertThat(clientsLines())
                .anyMatch(line -> line.startsWith("io.netty."))
                .noneMatch(NothingSecretGetsOutTest::tellsTheAnswer);
        assertThat(List.copyOf(log.list))
                .as("lines for whoever reads the log")
                // it tells of a busy machine
                .filteredOn(event -> !event.getLoggerName().endsWith(".BlockedThreadChecker"))
                .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.INFO));
    }

    @ParameterizedTest
    @ValueSource(strings = {"right", "wrong"})
    void thePasswordOfTheProxyIsInNoLogLineAndNoResponse(String start) {
        String password = start + "PaSsWoRdOfTheProxy";
        String login = Base64.getEncoder().encodeToString(("operator:" + password).getBytes(StandardCharsets.UTF_8));
        List<WawpResponse> responses = new ArrayList<>();
        Vertx vertx = Vertx.vertx();
        try (WawpSimulator simulator = WawpSimulator.start();
                TlsFront tls = new TlsFront(simulator.baseUrl().getPort());
                ConnectProxy proxy = ConnectProxy.forUser(tls.port(), "operator", "rightPaSsWoRdOfTheProxy")) {
            ProxyOptions options = new ProxyOptions()
                    .setHost("127.0.0.1")
                    .setPort(proxy.port())
                    .setUsername("operator")
                    .setPassword(password);
            WawpEndpoint endpoint = new WawpEndpoint(URI.create("https://wawp.test"), Optional.of(options), List.of());
            responses.addAll(callAll(vertx, endpoint, Style.Body));

            assertThat(proxy.asked()).isNotEmpty();
            assertThat(endpoint.toString()).doesNotContain(password);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }

        assertThat(responses).extracting(WawpResponse::toString).noneMatch(text -> text.contains(password));
        assertThat(clientsLines())
                .anyMatch(line -> line.startsWith("io.netty."))
                .noneMatch(line -> line.contains(password) || line.contains(login));
    }

    @Test
    void credentialsDoNotPrintThemselves() {
        assertThat(CREDENTIALS.toString()).doesNotContain(CREDENTIALS.accessToken(), CREDENTIALS.instanceId());
    }

    private static Stream<Optional<Fault>> everythingThatCanHappen() {
        return Stream.concat(
                Stream.of(Optional.empty(), Optional.of(Fault.error(401, BodyFormat.Json))),
                Stream.of(Fault.Kind.values()).map(Fault::of).map(Optional::of));
    }

    private static List<WawpResponse> callAll(Vertx vertx, WawpEndpoint endpoint, Style style) {
        return callAll(vertx, endpoint, style, HASTE);
    }

    private static List<WawpResponse> callAll(Vertx vertx, WawpEndpoint endpoint, Style style, Duration timeout) {
        WawpClient client =
                new HttpWawpClient(vertx, endpoint, style, timeout, 4, InstantSource.system(), InstantSource.system());
        return List.of(
                client.send(WawpRequest.pairing(Operation.OfferLink, CREDENTIALS, () -> true))
                        .toCompletableFuture()
                        .join(),
                client.send(WawpRequest.pairing(Operation.QrCode, CREDENTIALS, () -> true))
                        .toCompletableFuture()
                        .join(),
                client.send(WawpRequest.info(CREDENTIALS, Priority.Routine, () -> true))
                        .toCompletableFuture()
                        .join(),
                client.send(WawpRequest.change(Action.Logout, CREDENTIALS, () -> true))
                        .toCompletableFuture()
                        .join(),
                client.send(WawpRequest.change(Action.Logout, CREDENTIALS, () -> false))
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

    private static boolean tellsTheAnswer(String text) {
        // a status line is put into capital letters before it is reported
        String lowerCase = text.toLowerCase(Locale.ROOT);
        return HostileAnswer.SECRET_PARTS.stream().anyMatch(part -> lowerCase.contains(part.toLowerCase(Locale.ROOT)))
                || text.contains(CREDENTIALS.accessToken());
    }

    private static boolean tells(String text, List<String> waysToPair) {
        return text.contains(CREDENTIALS.accessToken())
                || waysToPair.stream().anyMatch(way -> text.contains(way.substring(way.indexOf(',') + 1)));
    }
}
