package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.wawp.HostileAnswer.Outcome;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import net.wawp.operator.wawp.RawServer.Ending;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes back there is one response to each call, no call is sent twice, and nothing is kept of the answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileAnswersTest {

    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "token");
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HASTE = Duration.ofMillis(300);

    private Vertx vertx;

    @BeforeAll
    void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    static List<HostileAnswer> answers() {
        return HostileAnswer.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void everyAnswerHasOneMeaningAndNoCallIsSentTwice(HostileAnswer answer) throws IOException {
        try (RawServer server = new RawServer(answer.script())) {
            WawpClient client = client(server, answer.timesOut() ? HASTE : TIMEOUT);
            List<WawpResponse> responses = List.of(poll(client), logOut(client));

            assertThat(responses)
                    .as(answer.name())
                    .extracting(HostileAnswersTest::outcome)
                    .containsOnly(answer.outcome());
            assertThat(responses.toString()).doesNotContain(HostileAnswer.SECRET);
            assertThat(server.heads()).hasSizeLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 307, 308})
    void aRedirectIsNotFollowed(int status) throws IOException {
        String answer = "HTTP/1.1 " + status + " Elsewhere\r\nLocation: /v2/session/info\r\nContent-Length: 0\r\n\r\n";
        try (RawServer server = RawServer.sending(bytes(answer), Ending.NextRequest)) {
            WawpClient client = client(server, TIMEOUT);

            assertThat(List.of(poll(client), logOut(client)))
                    .extracting(HostileAnswersTest::outcome)
                    .containsOnly(Outcome.Unreadable);
            assertThat(server.heads()).hasSize(2);
        }
    }

    @Test
    void anAnswerThatIsCutAtAnyByteIsNoSuccess() throws IOException {
        String body = "{\"status\":\"WORKING\"}";
        byte[] whole = bytes("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        for (int length : IntStream.range(0, whole.length).toArray()) {
            byte[] cut = Arrays.copyOf(whole, length);
            try (RawServer server = RawServer.sending(cut, length % 2 == 0 ? Ending.Close : Ending.Reset)) {
                assertThat(outcome(logOut(client(server, TIMEOUT))))
                        .as("after %d bytes", length)
                        .isEqualTo(Outcome.CutShort);
            }
        }
    }

    @Test
    void aCookieIsNotSentBack() throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 20\r\n\r\n{\"status\":\"WORKING\"}";
        try (RawServer server = RawServer.sending(bytes(answer), Ending.NextRequest)) {
            WawpClient client = client(server, TIMEOUT);
            poll(client);
            poll(client);

            assertThat(server.heads()).hasSize(2).noneMatch(head -> head.toLowerCase(Locale.ROOT)
                    .contains("cookie"));
        }
    }

    @Test
    void aHundredEndlessBodiesTogetherAreCutOff() throws IOException {
        try (RawServer server = RawServer.answeringEndlessly("{")) {
            WawpClient client = client(server, TIMEOUT);
            List<WawpResponse> responses = IntStream.range(0, 100)
                    .mapToObj(i -> client.send(WawpRequest.change(Action.Stop, CREDENTIALS, () -> true)))
                    .toList()
                    .stream()
                    .map(response -> response.toCompletableFuture().join())
                    .toList();

            assertThat(responses).extracting(HostileAnswersTest::outcome).containsOnly(Outcome.CutShort);
            await().until(() -> server.connectionsClosedByClient() == 100);
        }
    }

    private WawpClient client(RawServer server, Duration timeout) {
        return new HttpWawpClient(
                vertx,
                WawpEndpoint.direct(server.uri()),
                Style.Body,
                timeout,
                16,
                InstantSource.system(),
                InstantSource.system());
    }

    private static WawpResponse poll(WawpClient client) {
        return client.send(WawpRequest.info(CREDENTIALS, Priority.Routine, () -> true))
                .toCompletableFuture()
                .join();
    }

    private static WawpResponse logOut(WawpClient client) {
        return client.send(WawpRequest.change(Action.Logout, CREDENTIALS, () -> true))
                .toCompletableFuture()
                .join();
    }

    private static Outcome outcome(WawpResponse response) {
        if (response instanceof WawpResponse.Success) {
            return Outcome.Success;
        }
        Failure failure = ((WawpResponse.Refused) response).failure();
        assertThat(failure.kind()).isEqualTo(Kind.GatewayUnavailable);
        return failure.delivery() == Delivery.Answered ? Outcome.Unreadable : Outcome.CutShort;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
