package net.wawp.operator.simulator;

import static net.wawp.operator.simulator.EngineState.FAILED;
import static net.wawp.operator.simulator.EngineState.SCAN_QR_CODE;
import static net.wawp.operator.simulator.EngineState.STARTING;
import static net.wawp.operator.simulator.EngineState.STOPPED;
import static net.wawp.operator.simulator.EngineState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import net.wawp.operator.testing.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WawpSimulatorTest {

    private static final String ID = "3EB0BCB2E3D4";
    private static final String TOKEN = "token-of-the-simulator-test";
    private static final Duration BOOT = Duration.ofMillis(Timing.DEFAULT.boot());
    private static final Duration FIRST_QR_CODE = Duration.ofMillis(Timing.DEFAULT.firstQrCode());
    private static final Duration QR_CODE = Duration.ofMillis(Timing.DEFAULT.qrCode());

    private final ManualClock clock = new ManualClock();
    private final WawpSimulator simulator = WawpSimulator.start(clock);
    private final SimulatedSession session = simulator.add(ID, TOKEN);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void aFirstStartEndsWithAQrCodeAndAScanEndsItWorking() {
        assertThat(call("start").getString("status")).isEqualTo("STARTING");
        assertThat(call("info").getString("status")).isEqualTo("STARTING");
        clock.advance(BOOT);
        assertThat(call("info").getString("status")).isEqualTo("SCAN_QR_CODE");
        assertThat(call("info").getString("qr")).isEqualTo(session.qrCode().orElseThrow());
        session.scan();
        assertThat(call("info").getString("status")).isEqualTo("WORKING");
        assertThat(call("info").getJsonObject("me").getString("id")).isEqualTo(session.accountId());
    }

    @Test
    void aStopKeepsThePairingAndALogoutGivesItUp() {
        session.put(WORKING);
        assertThat(call("stop").getString("status")).isEqualTo("STOPPED");
        assertThat(session.isPaired()).isTrue();
        call("start");
        clock.advance(BOOT);
        assertThat(session.state()).isEqualTo(WORKING);
        assertThat(call("logout").getString("status")).isEqualTo("SCAN_QR_CODE");
        assertThat(session.isPaired()).isFalse();
    }

    @Test
    void qrCodesChangeAndTheLastUnscannedOneEndsInFailed() {
        session.put(SCAN_QR_CODE);
        String first = session.qrCode().orElseThrow();
        clock.advance(FIRST_QR_CODE);
        assertThat(session.qrCode()).isPresent().get().isNotEqualTo(first);
        clock.advance(QR_CODE.multipliedBy(Timing.DEFAULT.qrCodes() - 1));
        assertThat(session.state()).isEqualTo(FAILED);
    }

    @Test
    void theFirstOfSixCodesLivesAMinuteAndEachOtherTwentySeconds() {
        session.put(SCAN_QR_CODE);
        Set<String> payloads = new LinkedHashSet<>();
        for (int second = 0; session.state() == SCAN_QR_CODE; second++) {
            String payload = payload();
            assertThat(payloads.add(payload))
                    .as("a new code after %s s", second)
                    .isEqualTo(second == 0 || second >= 60 && second % 20 == 0);
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(payloads).hasSize(6);
        assertThat(session.state()).isEqualTo(FAILED);
    }

    @Test
    void onlyTheCodeOfNowLinksAPhone() {
        session.put(SCAN_QR_CODE);
        String first = payload();
        clock.advance(FIRST_QR_CODE);
        session.scan(first);
        assertThat(session.state()).isEqualTo(SCAN_QR_CODE);

        session.scan(payload());

        assertThat(session.state()).isEqualTo(WORKING);
    }

    @Test
    void anotherLinkReplacesTheFirstAndARevokedOrOldOneIsGone() {
        String first = call("temp-link").getString("link");
        String second = call("temp-link").getString("link");
        assertThat(second).startsWith("https://app.wawp.net/temp-qr/").isNotEqualTo(first);
        assertThat(session.link()).contains(second);

        send(request("/v2/session/temp-link").method("DELETE", BodyPublishers.ofString(credentials(ID, TOKEN))));
        assertThat(session.link()).isEmpty();

        call("temp-link");
        clock.advance(Duration.ofMinutes(30));
        assertThat(session.link()).isEmpty();
    }

    @Test
    void aPhoneThatAsksForAPasskeyIsLinkedOnceAPersonHasMadeAndConfirmedIt() {
        session.conduct().turnOn(Quirk.AsksForPasskey);
        session.put(SCAN_QR_CODE).scan();
        assertThat(call("info").getString("status")).isEqualTo("PASSKEY_REQUIRED");
        session.confirmPasskey();
        assertThat(call("info").getString("status")).isEqualTo("PASSKEY_CONFIRMATION_REQUIRED");
        session.confirmPasskey();
        assertThat(call("info").getString("status")).isEqualTo("WORKING");
    }

    private String payload() {
        String data = callPath("/v2/auth/qr").getString("data");
        return new JsonObject(Buffer.buffer(Base64.getDecoder().decode(data))).getString("value");
    }

    @ParameterizedTest
    @CsvSource({
        "STOPPED,  false, SCAN_QR_CODE",
        "STOPPED,  true,  STOPPED",
        "STARTING, false, SCAN_QR_CODE",
        "WORKING,  false, SCAN_QR_CODE",
        "FAILED,   false, SCAN_QR_CODE"
    })
    void aLogoutEndsInScanQrCodeOrWhereTheEngineIsDownAndStaysSo(EngineState from, boolean staysDown, EngineState to) {
        session.put(WORKING).put(from);
        if (staysDown) {
            simulator.conduct().turnOn(Quirk.LogoutKeepsStopped);
        }
        call("logout");
        assertThat(session.state()).isEqualTo(to);
        assertThat(session.isPaired()).isFalse();
    }

    @Test
    void quirksHoldAStartAStopAndALogoutBack() {
        session.conduct().turnOn(Quirk.StartIgnored);
        assertThat(call("start").getString("status")).isEqualTo("STARTING");
        assertThat(session.state()).isEqualTo(STOPPED);

        session.put(WORKING).conduct().turnOn(Quirk.StopIgnored);
        assertThat(call("stop").getString("status")).isEqualTo("STOPPED");
        assertThat(session.state()).isEqualTo(WORKING);

        session.conduct().turnOn(Quirk.LogoutIgnored);
        assertThat(call("logout").getString("status")).isEqualTo("SCAN_QR_CODE");
        assertThat(session.state()).isEqualTo(WORKING);
    }

    @Test
    void anEngineCanHangInStartingAndComeOnLater() {
        session.conduct().turnOn(Quirk.StuckStarting);
        call("start");
        clock.advance(Duration.ofHours(1));
        assertThat(session.state()).isEqualTo(STARTING);
        session.conduct().turnOff(Quirk.StuckStarting);
        clock.advance(BOOT);
        assertThat(session.state()).isEqualTo(SCAN_QR_CODE);
    }

    @Test
    void aStopThatTakesItsTimeIsAnsweredAtOnce() {
        simulator.conduct().timing(Timing.DEFAULT.withStop(5_000));
        session.put(WORKING);
        assertThat(call("stop").getString("status")).isEqualTo("STOPPED");
        assertThat(session.state()).isEqualTo(WORKING);
        clock.advance(Duration.ofSeconds(5));
        assertThat(session.state()).isEqualTo(STOPPED);
    }

    @ParameterizedTest
    @CsvSource({
        "'',           " + TOKEN + ", 400, missing_parameter",
        ID + ",        '',            400, missing_parameter",
        ID + ",        wrong,         401, invalid_access_token",
        "000000000000, " + TOKEN + ", 404, invalid_instance"
    })
    void badCredentialsAreRefusedAsDocumented(String id, String token, int status, String code) {
        HttpResponse<String> answer = post("/v2/session/info", credentials(id, token));
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo(code);
    }

    @Test
    void aBodyThatDoesNotSayThatItIsJsonIsNotRead() {
        HttpResponse<String> answer = send(request("/v2/session/info")
                .setHeader("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(credentials(ID, TOKEN))));

        assertThat(answer.statusCode()).isEqualTo(400);
    }

    @Test
    void credentialsAreTakenFromBodyQueryAndHeadersAndTheLedgerSaysWhich() {
        post("/v2/session/info", credentials(ID, TOKEN));
        get("/v2/session/info?instance_id=" + ID + "&access_token=" + TOKEN);
        send(request("/v2/session/info")
                .header("Authorization", "Bearer " + TOKEN)
                .header("X-Instance-ID", ID));
        assertThat(simulator.ledger().calls())
                .extracting(Call::style)
                .containsExactly(Call.Style.Body, Call.Style.Query, Call.Style.Headers);
        assertThat(simulator.ledger().calls())
                .allSatisfy(call -> assertThat(call.status()).contains(200))
                .extracting(Call::tokenFingerprint)
                .doesNotContain(TOKEN)
                .containsOnly(simulator.ledger().calls().get(0).tokenFingerprint());
    }

    @Test
    void theLedgerSaysWhenACallEndedAndNothingWhileItIsInFlight() {
        call("info");
        await().until(() -> simulator.ledger().calls().get(0).ended().isPresent());

        simulator.inject(Fault.of(Fault.Kind.Hang).times(1));
        HttpClient impatient = HttpClient.newHttpClient();
        CompletableFuture<?> hanging = impatient.sendAsync(
                request("/v2/session/stop")
                        .POST(BodyPublishers.ofString(credentials(ID, TOKEN)))
                        .build(),
                BodyHandlers.discarding());
        await().until(() -> simulator.ledger().calls().size() == 2);
        assertThat(simulator.ledger().calls().get(1).ended()).isEmpty();

        hanging.cancel(true);
        await().until(() -> simulator.ledger().calls().get(1).ended().isPresent());
    }

    @ParameterizedTest
    @EnumSource
    void everyCallEndsInTheLedgerOnceItsClientIsGone(Fault.Kind kind) throws IOException {
        simulator.inject(Fault.of(kind));
        for (boolean isKilled : List.of(false, true)) {
            long before = simulator.ledger().lastNumber();
            try (Socket client = new Socket(
                    simulator.baseUrl().getHost(), simulator.baseUrl().getPort())) {
                String body = credentials(ID, TOKEN);
                client.getOutputStream()
                        .write(("POST /v2/session/logout HTTP/1.1\r\nHost: wawp\r\nContent-Length: " + body.length()
                                        + "\r\n\r\n" + body)
                                .getBytes(StandardCharsets.UTF_8));
                await().until(() -> simulator.ledger().lastNumber() > before);
                client.setSoLinger(isKilled, 0);
            }
            await().untilAsserted(() -> assertThat(simulator.ledger().callsAfter(before))
                    .hasSize(1)
                    .allSatisfy(call -> assertThat(call.ended()).isPresent()));
        }
    }

    @Test
    void anAnswerCanBeLostWithAndWithoutEffect() {
        session.put(WORKING);
        simulator.inject(
                Fault.of(Fault.Kind.ResetBeforeAnswer).on(Operation.stop).times(1));
        simulator.inject(Fault.of(Fault.Kind.ResetBeforeAnswer)
                .on(Operation.stop)
                .times(1)
                .withEffect());

        assertThatThrownBy(() -> call("stop")).hasRootCauseInstanceOf(IOException.class);
        assertThat(session.state()).isEqualTo(WORKING);
        assertThatThrownBy(() -> call("stop")).hasRootCauseInstanceOf(IOException.class);
        assertThat(session.state()).isEqualTo(STOPPED);
        assertThat(simulator.ledger().calls(Operation.stop, ID))
                .extracting(Call::effect)
                .containsExactly(false, true);
        assertThat(simulator.ledger().calls(Operation.stop, ID)).noneMatch(Call::answered);
        assertThat(call("stop").getString("status")).isEqualTo("STOPPED");
    }

    @ParameterizedTest
    @EnumSource
    void anErrorComesInEveryFormat(BodyFormat format) {
        simulator.inject(Fault.error(502, format)
                .contentType("application/json")
                .retryAfter("7")
                .times(1));
        HttpResponse<String> answer = post("/v2/session/info", credentials(ID, TOKEN));
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.headers().firstValue("Retry-After")).contains("7");
        assertThat(answer.body().isEmpty()).isEqualTo(format == BodyFormat.Empty);
    }

    @Test
    void everythingCanBeSwitchedOverHttp() {
        post(
                "/_sim/instances",
                new JsonArray()
                        .add(new JsonObject()
                                .put("instanceId", "A00001")
                                .put("accessToken", "a")
                                .put("state", "WORKING"))
                        .add(new JsonObject().put("instanceId", "B00002").put("accessToken", "b"))
                        .encode());
        patch("/_sim/conduct", "{\"timing\": {\"boot\": 60000}}");
        patch("/_sim/instances/A00001/conduct", "{\"quirks\": [\"UnlinkFails\"]}");
        post(
                "/_sim/faults",
                "{\"kind\": \"Error\", \"status\": 503, \"format\": \"Html\", \"operation\": \"stop\", \"times\": 1}");

        assertThat(simulator.conduct().timing()).isEqualTo(Timing.DEFAULT.withBoot(60_000));
        assertThat(simulator.session("B00002").state()).isEqualTo(STOPPED);
        assertThat(new JsonObject(post("/_sim/instances/A00001/unlink", "").body()).getString("state"))
                .isEqualTo("FAILED");
        assertThat(post("/v2/session/stop", credentials("A00001", "a")).statusCode())
                .isEqualTo(503);
        assertThat(post("/v2/session/stop", credentials("A00001", "a")).statusCode())
                .isEqualTo(200);

        await().until(() -> simulator.ledger().calls().stream().allMatch(Call::answered));
        JsonArray ledger = new JsonArray(get("/_sim/ledger?after=1").body());
        assertThat(ledger).hasSize(1);
        assertThat(ledger.getJsonObject(0).getString("operation")).isEqualTo("stop");
        assertThat(ledger.getJsonObject(0).getInteger("status")).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /_sim/faults               | {"kind": "Nonsense"}
        /_sim/faults               | {"kind": "Hang", "instence": "A"}
        /_sim/faults               | not JSON
        /_sim/instances/GONE/scan  | {}
        /_sim/instances/3EB0BCB2E3D4/dance | {}
        """)
    void aSwitchThatDoesNotExistIsRefusedWithTheReason(String path, String body) {
        HttpResponse<String> answer = post(path, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isNotBlank();
    }

    @Test
    void tenThousandInstancesAreHeldWithoutEffort() {
        for (int i = 0; i < 10_000; i++) {
            simulator.add("LOAD" + i, TOKEN).put(WORKING);
        }
        assertThat(post("/v2/session/info", credentials("LOAD9999", TOKEN)).body())
                .contains("WORKING");
    }

    private JsonObject call(String operation) {
        return callPath("/v2/session/" + operation);
    }

    private JsonObject callPath(String path) {
        return new JsonObject(post(path, credentials(ID, TOKEN)).body());
    }

    private static String credentials(String id, String token) {
        return new JsonObject()
                .put("instance_id", id)
                .put("access_token", token)
                .encode();
    }

    private HttpResponse<String> get(String path) {
        return send(request(path));
    }

    private HttpResponse<String> post(String path, String body) {
        return send(request(path).POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> patch(String path, String body) {
        return send(request(path).method("PATCH", BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(simulator.baseUrl() + path))
                .header("Content-Type", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), BodyHandlers.ofString()).join();
    }
}
