package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.Call;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.Timing;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import net.wawp.operator.wawp.RawServer.Ending;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpWawpClientTest {

    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "token & more/of+it=?");
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HASTE = Duration.ofMillis(500);
    private static final String GOOD = "{\"name\":\"wawp-1\",\"status\":\"WORKING\"}";

    private final Vertx vertx = Vertx.vertx();
    private final WawpSimulator simulator = WawpSimulator.start();
    private final SimulatedSession session = simulator.add(CREDENTIALS.instanceId(), CREDENTIALS.accessToken());

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        simulator.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyOperationIsAPostWithTheCredentialsInTheirPlace(Style style) {
        WawpClient client = client(simulator.baseUrl(), style, TIMEOUT);
        simulator.conduct().timing(Timing.DEFAULT.withBoot(0));

        assertThat(stateOf(act(client, Action.Start))).isEqualTo(SessionState.STARTING);
        assertThat(stateOf(poll(client))).isEqualTo(SessionState.SCAN_QR_CODE);
        session.scan();
        assertThat(poll(client)).isInstanceOfSatisfying(WawpResponse.Success.class, success -> {
            assertThat(success.info().state()).isEqualTo(SessionState.WORKING);
            assertThat(success.info().sessionName()).contains(session.sessionName());
            assertThat(success.info().account()).contains(maskOf(session.accountId()));
        });
        assertThat(stateOf(act(client, Action.Stop))).isEqualTo(SessionState.STOPPED);
        assertThat(stateOf(act(client, Action.Logout))).isEqualTo(SessionState.SCAN_QR_CODE);

        assertThat(simulator.ledger().calls()).allSatisfy(call -> {
            assertThat(call.method()).isEqualTo("POST");
            assertThat(call.style().name()).isEqualTo(style.name());
        });
        assertThat(simulator.ledger().calls())
                .extracting(Call::operation)
                .containsExactly(
                        Optional.of(Operation.start),
                        Optional.of(Operation.info),
                        Optional.of(Operation.info),
                        Optional.of(Operation.stop),
                        Optional.of(Operation.logout));
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(Fault.error(400, BodyFormat.Text), Kind.RequestRejected, Delivery.Answered),
                Arguments.of(Fault.error(401, BodyFormat.Xml), Kind.Unauthorized, Delivery.Answered),
                Arguments.of(Fault.error(403, BodyFormat.Json), Kind.QuotaExceeded, Delivery.Answered),
                Arguments.of(Fault.error(404, BodyFormat.Html), Kind.InstanceNotFound, Delivery.Answered),
                Arguments.of(Fault.error(422, BodyFormat.Empty), Kind.RequestRejected, Delivery.Answered),
                Arguments.of(Fault.error(429, BodyFormat.Json), Kind.RateLimited, Delivery.Answered),
                Arguments.of(Fault.error(500, BodyFormat.Html), Kind.GatewayUnavailable, Delivery.Answered),
                Arguments.of(Fault.error(502, BodyFormat.Xml), Kind.GatewayUnavailable, Delivery.Answered),
                Arguments.of(Fault.of(Fault.Kind.Redirect), Kind.GatewayUnavailable, Delivery.Answered),
                Arguments.of(Fault.of(Fault.Kind.NoState), Kind.GatewayUnavailable, Delivery.Answered),
                Arguments.of(Fault.of(Fault.Kind.Garbage), Kind.GatewayUnavailable, Delivery.Answered),
                Arguments.of(Fault.of(Fault.Kind.Overlong), Kind.GatewayUnavailable, Delivery.Unanswered),
                Arguments.of(Fault.of(Fault.Kind.ResetMidBody), Kind.GatewayUnavailable, Delivery.Unanswered),
                Arguments.of(Fault.of(Fault.Kind.ResetBeforeAnswer), Kind.GatewayUnavailable, Delivery.Unanswered));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void everyFaultIsClassifiedAndNoCallIsSentTwice(Fault fault, Kind kind, Delivery delivery) {
        WawpClient client = client(simulator.baseUrl(), Style.Body, TIMEOUT);
        simulator.inject(fault);

        assertThat(poll(client)).isEqualTo(refused(kind, delivery));
        assertThat(act(client, Action.Logout)).isEqualTo(refused(kind, delivery));
        assertThat(simulator.ledger().calls()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"Hang", "Drip"})
    void anAnswerThatTakesTooLongIsCutOffHoweverBusyTheConnectionIs(Fault.Kind slowness) {
        simulator.inject(Fault.of(slowness).withEffect());
        Duration timeout = HASTE;
        WawpResponse reply = act(client(simulator.baseUrl(), Style.Body, timeout), Action.Start);
        while (simulator.ledger().calls().isEmpty()) {
            // a busy machine took longer to send the call than the client waits for all
            timeout = timeout.multipliedBy(2);
            reply = act(client(simulator.baseUrl(), Style.Body, timeout), Action.Start);
        }

        assertThat(reply).isEqualTo(refused(Kind.GatewayUnavailable, Delivery.Unanswered));
        assertThat(session.state()).isNotEqualTo(EngineState.STOPPED);
    }

    @Test
    void anUnknownStateIsASuccess() {
        simulator.inject(Fault.of(Fault.Kind.UnknownWord));

        WawpResponse response = poll(client(simulator.baseUrl(), Style.Body, TIMEOUT));

        assertThat(stateOf(response)).isEqualTo(SessionState.UNKNOWN);
    }

    @Test
    void retryAfterComesWithTheResponse() {
        simulator.inject(Fault.error(429, BodyFormat.Empty).retryAfter("60"));

        assertThat(poll(client(simulator.baseUrl(), Style.Body, TIMEOUT)))
                .isInstanceOfSatisfying(
                        WawpResponse.Refused.class,
                        refused -> assertThat(refused.failure().notBefore()).isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-01T11:00:00Z", "2026-01-01T13:00:00Z"})
    void aRetryAfterDateIsMeasuredByTheClockOfTheAnswer(Instant clientTime) throws IOException {
        InstantSource clientClock = InstantSource.fixed(clientTime);

        assertThat(pollRefusedUntil10SecondsAfterNoon("Date: Thu, 01 Jan 2026 12:00:00 GMT", clientClock, clientClock))
                .contains(clientTime.plusSeconds(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-01T11:00:00Z", "2026-01-01T13:00:00Z"})
    void aRetryAfterDateOfAnAnswerWithoutADateIsMeasuredByTheWallClock(Instant clientTime) throws IOException {
        InstantSource wallClock = InstantSource.fixed(Instant.parse("2026-01-01T12:00:00Z"));

        assertThat(pollRefusedUntil10SecondsAfterNoon("Server: none", InstantSource.fixed(clientTime), wallClock))
                .contains(clientTime.plusSeconds(10));
    }

    /** The earliest time of the next call. */
    private Optional<Instant> pollRefusedUntil10SecondsAfterNoon(
            String header, InstantSource clock, InstantSource wallClock) throws IOException {
        String answer = String.join(
                "\r\n",
                "HTTP/1.1 429 Too Many Requests",
                header,
                "Retry-After: Thu, 01 Jan 2026 12:00:10 GMT",
                "Content-Length: 0",
                "",
                "");
        try (RawServer server = RawServer.sending(answer.getBytes(StandardCharsets.US_ASCII), Ending.NextRequest)) {
            WawpResponse response = poll(client(server.uri(), Style.Body, TIMEOUT, clock, wallClock));
            return ((WawpResponse.Refused) response).failure().notBefore();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:1", "http://no-such-host.invalid", "https://127.0.0.1:%d"})
    void withoutAConnectionTheCallIsUnreachedAndTheGuardIsNotAsked(String address) {
        URI uri = URI.create(address.formatted(simulator.baseUrl().getPort()));
        AtomicInteger asked = new AtomicInteger();

        WawpResponse response = join(client(uri, Style.Body, TIMEOUT)
                .send(WawpRequest.change(Action.Stop, CREDENTIALS, () -> asked.incrementAndGet() > 0)));

        assertThat(response).isEqualTo(refused(Kind.GatewayUnavailable, Delivery.Unreached));
        assertThat(asked).hasValue(0);
    }

    @Test
    void aCallThatTheGuardRefusesIsNotSent() {
        WawpClient client = client(simulator.baseUrl(), Style.Body, TIMEOUT);

        WawpResponse response = join(client.send(WawpRequest.change(Action.Logout, CREDENTIALS, () -> false)));

        assertThat(response).isEqualTo(refused(Kind.GatewayUnavailable, Delivery.Withheld));
        assertThat(stateOf(poll(client))).isEqualTo(SessionState.STOPPED);
        assertThat(simulator.ledger().calls(Operation.logout, CREDENTIALS.instanceId()))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("guardsThatRefuse")
    void theGuardIsAskedOnceOnAnOpenConnectionAndAfterARefusalNotAByteIsWritten(SendGuard refusing) throws IOException {
        try (RawServer server = RawServer.answering(GOOD)) {
            WawpClient client = client(server.uri(), Style.Body, TIMEOUT);
            AtomicInteger asked = new AtomicInteger();
            SendGuard guard = () -> {
                asked.incrementAndGet();
                return refusing.maySend();
            };

            assertThat(join(client.send(WawpRequest.change(Action.Logout, CREDENTIALS, guard))))
                    .isEqualTo(refused(Kind.GatewayUnavailable, Delivery.Withheld));
            await().until(() -> server.connectionsClosedByClient() == 1);
            assertThat(asked).hasValue(1);
            assertThat(server.received()).isZero();

            act(client, Action.Stop);
            assertThat(server.connections())
                    .as("a fresh connection for the next call")
                    .isEqualTo(2);
        }
    }

    static Stream<SendGuard> guardsThatRefuse() {
        return Stream.of(() -> false, () -> {
            throw new IllegalStateException("the lease cannot be read");
        });
    }

    @Test
    void aGuardThatAgreesIsAskedOnce() {
        AtomicInteger asked = new AtomicInteger();

        join(client(simulator.baseUrl(), Style.Body, TIMEOUT)
                .send(WawpRequest.change(Action.Start, CREDENTIALS, () -> asked.incrementAndGet() > 0)));

        assertThat(asked).hasValue(1);
    }

    @Test
    void pollsShareAConnectionAndEveryChangingCallHasItsOwn() throws IOException {
        try (RawServer server = RawServer.answering(GOOD)) {
            WawpClient client = client(server.uri(), Style.Body, TIMEOUT);
            poll(client);
            poll(client);
            assertThat(server.connections()).isEqualTo(1);
            act(client, Action.Stop);
            act(client, Action.Stop);
            assertThat(server.connections()).isEqualTo(3);
        }
    }

    @Test
    void aBodyMayHave64KibibytesAndNotOneMore() throws IOException {
        String longest = GOOD + " ".repeat(64 * 1024 - GOOD.length());
        try (RawServer server = RawServer.answering(longest)) {
            assertThat(stateOf(poll(client(server.uri(), Style.Body, TIMEOUT)))).isEqualTo(SessionState.WORKING);
        }
        try (RawServer server = RawServer.answering(longest + " ")) {
            assertThat(poll(client(server.uri(), Style.Body, TIMEOUT)))
                    .isEqualTo(refused(Kind.GatewayUnavailable, Delivery.Unanswered));
        }
    }

    @Test
    void anEndlessBodyIsCutOffAtOnce() throws IOException {
        try (RawServer server = RawServer.answeringEndlessly(GOOD)) {
            assertThat(poll(client(server.uri(), Style.Body, TIMEOUT)))
                    .isEqualTo(refused(Kind.GatewayUnavailable, Delivery.Unanswered));
            await().until(() -> server.connectionsClosedByClient() == 1);
        }
    }

    @Test
    void withTheBodyStyleNothingSecretIsInTheUrlOrTheHeaders() throws IOException {
        try (RawServer server = RawServer.answering(GOOD)) {
            poll(client(server.uri(), Style.Body, TIMEOUT));
            assertThat(server.heads()).singleElement().satisfies(head -> assertThat(head)
                    .startsWith("POST /v2/session/info HTTP/1.1\n")
                    .contains("user-agent: wawp-operator")
                    .doesNotContain("token"));
        }
    }

    private WawpClient client(URI baseUrl, Style style, Duration timeout) {
        return client(baseUrl, style, timeout, InstantSource.system(), InstantSource.system());
    }

    private WawpClient client(
            URI baseUrl, Style style, Duration timeout, InstantSource clock, InstantSource wallClock) {
        return new HttpWawpClient(vertx, WawpEndpoint.direct(baseUrl), style, timeout, 16, clock, wallClock);
    }

    private static WawpResponse poll(WawpClient client) {
        return join(client.send(WawpRequest.info(CREDENTIALS, Priority.Routine, () -> true)));
    }

    private static WawpResponse act(WawpClient client, Action action) {
        return join(client.send(WawpRequest.change(action, CREDENTIALS, () -> true)));
    }

    private static WawpResponse join(CompletionStage<WawpResponse> response) {
        return response.toCompletableFuture().join();
    }

    private static SessionState stateOf(WawpResponse response) {
        assertThat(response).isInstanceOf(WawpResponse.Success.class);
        return ((WawpResponse.Success) response).info().state();
    }

    private static WawpResponse refused(Kind kind, Delivery delivery) {
        return new WawpResponse.Refused(new Failure(kind, delivery));
    }

    private static String maskOf(String accountId) {
        return AccountId.parse(accountId).orElseThrow().masked();
    }
}
