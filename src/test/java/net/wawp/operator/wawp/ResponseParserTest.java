package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.PhoneNumber;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.simulator.BodyFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private static final Map<Integer, Kind> NAMED = Map.of(
            401, Kind.Unauthorized,
            403, Kind.QuotaExceeded,
            404, Kind.InstanceNotFound,
            408, Kind.GatewayUnavailable,
            425, Kind.GatewayUnavailable,
            429, Kind.RateLimited);

    /** Every status that is not 2xx, and what the contract makes of it. */
    static Stream<Arguments> everyStatusInEveryFormat() {
        return IntStream.rangeClosed(100, 599)
                .filter(status -> status / 100 != 2)
                .boxed()
                .flatMap(status -> Arrays.stream(BodyFormat.values())
                        .map(format -> Arguments.of(status, format, NAMED.getOrDefault(status, kindOfClass(status)))));
    }

    private static Kind kindOfClass(int status) {
        return status / 100 == 4 ? Kind.RequestRejected : Kind.GatewayUnavailable;
    }

    @Test
    void everyFailureFollowsFromItsStatusWhateverTheBody() {
        assertThat(everyStatusInEveryFormat()).allSatisfy(row -> {
            int status = (int) row.get()[0];
            BodyFormat format = (BodyFormat) row.get()[1];
            assertThat(parse(status, "body of " + format)).isEqualTo(answered((Kind) row.get()[2]));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aTwoHundredInAnErrorsFormatIsNoState(BodyFormat format) {
        for (int status : List.of(200, 201, 202, 204, 299)) {
            assertThat(parse(status, bodyOf(format))).isEqualTo(answered(Kind.GatewayUnavailable));
        }
    }

    private static String bodyOf(BodyFormat format) {
        return switch (format) {
            case Json -> "{\"code\":\"wawp_upstream_error\",\"message\":\"no\"}";
            case Xml -> "<?xml version=\"1.0\"?><status>WORKING</status>";
            case Html -> "<!DOCTYPE html><html><body>\"status\":\"WORKING\"</body></html>";
            case Text -> "WORKING";
            case Empty -> "";
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
        {"status":"STOPPED"}                                                             | STOPPED      | STOPPED      |               |
        {"name":"wawp-84729105","status":"STARTING","config":{"webhooks":{},"proxy":null}} | STARTING   | STARTING     | wawp-84729105 |
        {"name":"wawp-84729105","status":"SCAN_QR_CODE","instance_id":"3EB0BCB2E3D4"}    | SCAN_QR_CODE | SCAN_QR_CODE | wawp-84729105 |
        {"status":"SCAN_QR_CODE","qr":"data:image/png;base64,iVBORw0KGgo="}              | SCAN_QR_CODE | SCAN_QR_CODE |               |
        {"status":"WORKING","me":{"id":"201012345678@c.us","pushName":"John Doe"}}       | WORKING      | WORKING      |               | 20•••••••678@c.us
        {"status":"FAILED","me":null,"name":null}                                        | FAILED       | FAILED       |               |
        {"status":"DELETED"}                                                             | UNKNOWN      | DELETED      |               |
        {"status":"working"}                                                             | UNKNOWN      |              |               |
        {"status":" WORKING"}                                                            | UNKNOWN      |              |               |
        {"status":"PLEASE\\nSEE"}                                                        | UNKNOWN      |              |               |
        {"status":"<script>alert(1)</script>"}                                           | UNKNOWN      |              |               |
        {"status":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}                                   | UNKNOWN      |              |               |
        {"status":"WORKING","name":"line\\nbreak","me":{"id":7}}                         | WORKING      | WORKING      |               |
        {"status":"WORKING","name":42,"me":"201012345678"}                               | WORKING      | WORKING      |               |
        {"status":"WORKING","config":123456789012345678901234567890e400}                 | WORKING      | WORKING      |               |
        """)
    void aStateIsReadAndWhatIsPersonalOrOddIsLeftBehind(
            String body, SessionState state, String word, String name, String account) {
        assertThat(parse(200, body))
                .isEqualTo(new WawpResponse.Success(new SessionInfo(
                        state,
                        Optional.ofNullable(word),
                        Optional.ofNullable(name),
                        Optional.ofNullable(account),
                        account == null ? Optional.empty() : Optional.of(new PhoneNumber("201012345678")))));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "201012345678@c.us, 201012345678",
                "+201012345678, 201012345678",
                "201012345678:12@s.whatsapp.net, 201012345678",
                // WhatsApp's own ids of accounts, which are no phone numbers
                "201012345678@lid, none"
            })
    void thePhoneNumberOfTheAccountIsKeptToCompareAndNeverPrinted(String id, String number) {
        WawpResponse response = parse(200, "{\"status\":\"WORKING\",\"me\":{\"id\":\"" + id + "\"}}");

        assertThat(((WawpResponse.Success) response).info().number())
                .isEqualTo(Optional.ofNullable(number).map(PhoneNumber::new));
        assertThat(response.toString()).doesNotContain("201012345678");
    }

    @Test
    void theWordOfAKnownStateIsOneForAllSessions() {
        assertThat(word()).contains("WORKING").isSameAs(word());
    }

    private static Optional<String> word() {
        WawpResponse response = parse(200, "{\"status\":\"WORKING\"}");
        return ((WawpResponse.Success) response).info().word();
    }

    @Test
    void theLinkAndTheCodeAreReadFromTheirOwnAnswersAlone() {
        byte[] link = "{\"link\":\"https://app.wawp.net/temp-qr/abc\"}".getBytes(StandardCharsets.UTF_8);
        byte[] code = ("{\"mimetype\":\"x\",\"data\":\""
                        + Base64.getEncoder().encodeToString("{\"value\":\"2@abc\"}".getBytes(StandardCharsets.UTF_8))
                        + "\"}")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(parse(Operation.OfferLink, link))
                .isEqualTo(new WawpResponse.PairingLink("https://app.wawp.net/temp-qr/abc"));
        assertThat(parse(Operation.QrCode, code)).isEqualTo(new WawpResponse.QrCode("2@abc"));
        assertThat(parse(Operation.RevokeLink, new byte[0])).isEqualTo(new WawpResponse.Done());
        assertThat(parse(Operation.Info, link)).isEqualTo(answered(Kind.GatewayUnavailable));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"link\":null}",
                "{\"link\":\"javascript:alert(1)\"}",
                "{\"link\":\"https://a b\"}",
                "{\"link\":7}",
                "[]",
                ""
            })
    void aLinkThatIsNoneIsNoAnswer(String body) {
        assertThat(parse(Operation.OfferLink, body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(answered(Kind.GatewayUnavailable));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"data\":null}",
                "{\"data\":\"%%%\"}",
                "{\"data\":\"bm90aGluZw==\"}",
                "{\"data\":\"e30=\"}",
                ""
            })
    void aCodeThatIsNoneIsNoAnswer(String body) {
        assertThat(parse(Operation.QrCode, body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(answered(Kind.GatewayUnavailable));
    }

    private static WawpResponse parse(Operation operation, byte[] body) {
        return ResponseParser.parse(operation, new RawResponse(200, Optional.empty(), Optional.of(body)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "[{\"status\":\"WORKING\"}]",
                "null",
                "7",
                "\"WORKING\"",
                "{\"status\":null}",
                "{\"status\":\"\"}",
                "{\"status\":\"  \"}",
                "{\"status\":5}",
                "{\"status\":true}",
                "{\"status\":[\"WORKING\"]}",
                "{\"status\":{\"name\":\"WORKING\"}}",
                "{\"data\":{\"status\":\"WORKING\"}}",
                "{\"status\":\"WORK",
                "{\"status\":\"WORKING\"",
                "{\"status\":\"WORKING\"} and more",
                "{\"status\":\"WORKING\"}{\"status\":\"STOPPED\"}",
                "{\"status\":\"WORKING\",\"status\":\"STOPPED\"}",
                "{'status':'WORKING'}"
            })
    void whatNamesNoStateIsNoAnswerOfTheGateway(String body) {
        assertThat(parse(200, body)).isEqualTo(answered(Kind.GatewayUnavailable));
    }

    static Stream<byte[]> bytesThatAreNoJson() {
        String deep = "{\"status\":\"WORKING\",\"config\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}";
        String longNumber = "{\"status\":\"WORKING\",\"config\":" + "9".repeat(60_000) + "}";
        return Stream.of(
                deep.getBytes(StandardCharsets.UTF_8),
                longNumber.getBytes(StandardCharsets.UTF_8),
                "{\"status\":\"WORKING\",\"name\":\"José\"}".getBytes(StandardCharsets.ISO_8859_1),
                new byte[] {0, (byte) 0xff, (byte) 0xfe, '{', 3, (byte) 0xc3},
                new byte[] {(byte) 0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0});
    }

    @ParameterizedTest
    @MethodSource("bytesThatAreNoJson")
    void bytesThatCannotBeReadAreNoAnswerOfTheGateway(byte[] body) {
        assertThat(ResponseParser.parse(Operation.Info, new RawResponse(200, Optional.empty(), Optional.of(body))))
                .isEqualTo(answered(Kind.GatewayUnavailable));
    }

    @Test
    void aGoodStatusWhoseBodyNeverCameWholeMayHaveTakenEffect() {
        assertThat(ResponseParser.parse(Operation.Info, new RawResponse(200, Optional.empty(), Optional.empty())))
                .isEqualTo(new WawpResponse.Refused(new Failure(Kind.GatewayUnavailable, Delivery.Unanswered)));
    }

    @Test
    void anErrorStatusCountsEvenWhereItsBodyNeverCameWhole() {
        assertThat(ResponseParser.parse(Operation.Info, new RawResponse(401, Optional.empty(), Optional.empty())))
                .isEqualTo(answered(Kind.Unauthorized));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        30                            | 30
        ' 30 '                        | 30
        0                             | 1
        901                           | 900
        99999999999999999999999999    | 900
        Thu, 01 Jan 2026 12:00:10 GMT | 10
        Thu, 01 Jan 2026 11:00:00 GMT | 1
        Thu, 01 Jan 2026 13:00:00 GMT | 900
        Thursday, 01-Jan-26 12:00:10 GMT   | 10
        Thursday, 01-Jan-26 11:00:00 GMT   | 1
        Monday, 01-Jan-76 12:00:00 GMT     | -
        Wednesday, 01-Jan-75 12:00:00 GMT  | -
        Tuesday, 01-Jan-75 12:00:00 GMT    | 900
        Wednesday, 01-Jan-76 12:00:00 GMT  | 900
        Saturday, 31-Dec-77 12:00:00 GMT   | 1
        Thu Jan  1 12:00:10 2026      | 10
        Sat Jan 10 12:00:00 2026      | 900
        Thu Jan 1 12:00:10 2026       | -
        Thu Jan 01 12:00:10 2026      | 10
        Fri, 01 Jan 2026 12:00:10 GMT | -
        -5                            | -
        +5                            | -
        1.5                           | -
        1e3                           | -
        ٣٠                            | -
        0x10                          | -
        30, 60                        | -
        soon                          | -
        Thu, 99 Jan 2026 13:00:00 GMT | -
        Thu, 01 Jan 2026 25:00:00 GMT | -
        2026-01-01T12:00:10Z          | -
        ''                            | -
        """)
    void retryAfterIsSecondsOrADateWithinBounds(String header, Integer seconds) {
        assertThat(RetryAfter.parse(header, Optional.empty(), NOW))
                .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        Thu, 01 Jan 2026 12:59:50 GMT      | 10
        Thursday, 01-Jan-26 12:59:50 GMT   | 10
        Thu Jan  1 12:59:50 2026           | 10
        Thu, 01 Jan 2026 13:00:01 GMT      | 1
        Thu, 01 Jan 2026 11:00:00 GMT      | 900
        -                                  | 600
        ''                                 | 600
        soon                               | 600
        1767272390                         | 600
        """)
    void aRetryAfterDateIsMeasuredByTheDateOfTheAnswerOrElseByTheWallClock(String date, int seconds) {
        Instant now = Instant.parse("2026-01-01T12:50:00Z");

        assertThat(RetryAfter.parse("Thu, 01 Jan 2026 13:00:00 GMT", Optional.ofNullable(date), now))
                .contains(Duration.ofSeconds(seconds));
        assertThat(RetryAfter.parse("30", Optional.ofNullable(date), now)).contains(Duration.ofSeconds(30));
    }

    @Test
    void aRetryAfterOfAnyLengthAndAnyCharactersIsReadOrIgnored() {
        Stream.of("9".repeat(8000), " ".repeat(8000) + "5", "\u0000", "\u202e30", "Thu, ".repeat(1000), "\ud83d")
                .forEach(header -> assertThat(RetryAfter.parse(header, Optional.empty(), NOW))
                        .as(header)
                        .satisfiesAnyOf(wait -> assertThat(wait).isEmpty(), wait -> assertThat(wait)
                                .contains(Duration.ofSeconds(5))));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        201012345678@c.us,       20•••••••678@c.us
        201012345678,            20•••••••678
        +201012345678@c.us,      20•••••••678@c.us
        201012345678:12@s.whatsapp.net, 20•••••••678@s.whatsapp.net
        12345678@c.us,           12•••678@c.us
        1234567@c.us,            •••••••@c.us
        1@c.us,                  •@c.us
        John Doe,                -
        201012345678@evil<b>,    -
        '',                      -
        """)
    void anAccountShowsTwoDigitsInFrontAndThreeBehindAtMost(String id, String masked) {
        assertThat(AccountId.parse(id).map(AccountId::masked)).isEqualTo(Optional.ofNullable(masked));
    }

    @Test
    void anAccountPrintsItselfMasked() {
        assertThat(AccountId.parse("201012345678@c.us").orElseThrow()).hasToString("20•••••••678@c.us");
    }

    private static WawpResponse parse(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return ResponseParser.parse(Operation.Info, new RawResponse(status, Optional.empty(), Optional.of(bytes)));
    }

    private static WawpResponse answered(Kind kind) {
        return new WawpResponse.Refused(new Failure(kind, Delivery.Answered));
    }
}
