package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.network.CuttingProxy;
import net.wawp.operator.testing.network.CuttingProxy.Cut;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import net.wawp.operator.wawp.RawServer.Ending;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The line breaks at each byte of an answer: nobody knows then whether the call was carried out, and nobody is told that it was. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutAnswersTest {

    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "token");
    private static final WawpResponse UNKNOWN =
            new WawpResponse.Refused(new Failure(Kind.GatewayUnavailable, Delivery.Unanswered));
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HASTE = Duration.ofSeconds(10);
    private static final String BODY = "{\"status\":\"WORKING\"}";

    private Vertx vertx;
    private WawpSimulator wawp;
    private SimulatedSession session;

    @BeforeAll
    void start() {
        vertx = Vertx.vertx();
        wawp = WawpSimulator.start();
        session = wawp.add(CREDENTIALS.instanceId(), CREDENTIALS.accessToken());
    }

    @AfterAll
    void close() {
        wawp.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @BeforeEach
    void link() {
        session.put(EngineState.WORKING);
        wawp.ledger().clear();
    }

    private enum Asked {
        Poll(net.wawp.operator.simulator.Operation.info, EngineState.WORKING),
        Logout(net.wawp.operator.simulator.Operation.logout, EngineState.SCAN_QR_CODE);

        private final net.wawp.operator.simulator.Operation operation;
        private final EngineState after;

        Asked(net.wawp.operator.simulator.Operation operation, EngineState after) {
            this.operation = operation;
            this.after = after;
        }

        private WawpRequest request() {
            return switch (this) {
                case Poll -> WawpRequest.info(CREDENTIALS, Priority.Routine, () -> true);
                case Logout -> WawpRequest.change(Action.Logout, CREDENTIALS, () -> true);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLineThatBreaksAtAnyByteLeavesTheOutcomeUnknownAndNothingIsSentTwice(Asked asked) throws IOException {
        long length = lengthOfTheAnswer(asked);
        for (long bytes = 0; bytes < length; bytes++) {
            for (Cut cut : List.of(Cut.Close, Cut.Reset)) {
                link();
                try (CuttingProxy proxy = new CuttingProxy(port(), bytes, cut)) {
                    assertThat(join(send(proxy.port(), TIMEOUT, asked)))
                            .as("%s after %d bytes of %d", cut, bytes, length)
                            .isEqualTo(UNKNOWN);
                }
                assertThat(wawp.ledger().calls(asked.operation, CREDENTIALS.instanceId()))
                        .hasSize(1);
                assertThat(session.state()).isEqualTo(asked.after);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLineThatFallsSilentAtAnyByteIsGivenUp(Asked asked) throws IOException {
        long length = lengthOfTheAnswer(asked);
        List<CuttingProxy> proxies = new ArrayList<>();
        List<CompletionStage<WawpResponse>> responses = new ArrayList<>();
        for (long bytes = 0; bytes < length; bytes++) {
            CuttingProxy proxy = new CuttingProxy(port(), bytes, Cut.Silence);
            proxies.add(proxy);
            responses.add(send(proxy.port(), HASTE, asked));
        }

        assertThat(responses.stream().map(CutAnswersTest::join)).containsOnly(UNKNOWN);
        for (CuttingProxy proxy : proxies) {
            proxy.close();
        }
    }

    /** Where the end of the connection is the end of the body, only the body itself tells that it is not whole. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Transfer-Encoding: chunked\r\n"})
    void anAnswerThatDoesNotTellItsLengthIsNoSuccessUntilItIsWhole(String header) throws IOException {
        byte[] whole = ("HTTP/1.1 200 OK\r\n" + header + "\r\n" + (header.isEmpty() ? BODY : chunks()))
                .getBytes(StandardCharsets.ISO_8859_1);
        for (int length = 0; length < whole.length; length++) {
            try (RawServer server = RawServer.sending(Arrays.copyOf(whole, length), Ending.Close)) {
                assertThat(join(send(server.uri().getPort(), TIMEOUT, Asked.Poll)))
                        .as("after %d bytes of %d", length, whole.length)
                        .isInstanceOfSatisfying(
                                WawpResponse.Refused.class,
                                refused -> assertThat(refused.failure().kind()).isEqualTo(Kind.GatewayUnavailable));
            }
        }
        try (RawServer server = RawServer.sending(whole, Ending.Close)) {
            assertWorks(join(send(server.uri().getPort(), TIMEOUT, Asked.Poll)));
        }
    }

    @Test
    void aProxyThatCutsNothingOffBringsTheAnswer() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(port(), lengthOfTheAnswer(Asked.Poll), Cut.Reset)) {
            assertWorks(join(send(proxy.port(), TIMEOUT, Asked.Poll)));
        }
    }

    private static String chunks() {
        String first = BODY.substring(0, 7);
        String second = BODY.substring(7);
        return Stream.of(first, second, "")
                .map(chunk -> Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n")
                .reduce("", String::concat);
    }

    private static void assertWorks(WawpResponse response) {
        assertThat(response).isInstanceOfSatisfying(WawpResponse.Success.class, success -> assertThat(
                        success.info().state())
                .isEqualTo(SessionState.WORKING));
    }

    private long lengthOfTheAnswer(Asked asked) throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(port(), Long.MAX_VALUE, Cut.Close)) {
            assertThat(join(send(proxy.port(), TIMEOUT, asked))).isInstanceOf(WawpResponse.Success.class);
            return proxy.brought();
        }
    }

    private int port() {
        return wawp.baseUrl().getPort();
    }

    private CompletionStage<WawpResponse> send(int port, Duration timeout, Asked asked) {
        WawpEndpoint endpoint = WawpEndpoint.direct(URI.create("http://127.0.0.1:" + port));
        return new HttpWawpClient(
                        vertx, endpoint, Style.Body, timeout, 16, InstantSource.system(), InstantSource.system())
                .send(asked.request());
    }

    private static WawpResponse join(CompletionStage<WawpResponse> response) {
        return response.toCompletableFuture().join();
    }
}
