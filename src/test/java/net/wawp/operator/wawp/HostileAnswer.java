package net.wawp.operator.wawp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.wawp.operator.wawp.RawServer.Ending;
import net.wawp.operator.wawp.RawServer.Script;

/**
 * What a broken or hostile server sends. Where there is room it holds {@link #SECRET}, which must get nowhere.
 *
 * @param timesOut whether nothing but the time-out ends the call
 */
record HostileAnswer(String name, Script script, boolean timesOut, Outcome outcome) {

    /** What the client makes of it. */
    enum Outcome {
        /** A state. */
        Success,
        /** {@code GatewayUnavailable}, {@code Answered}. */
        Unreadable,
        /** {@code GatewayUnavailable}, {@code Unanswered}. */
        CutShort
    }

    /** A phone number and the payload of a QR code. */
    static final List<String> SECRET_PARTS = List.of("201012345678", "2@QrPaYlOaD");

    static final String SECRET = String.join("-", SECRET_PARTS);

    private static final String GOOD = "{\"name\":\"wawp-1\",\"status\":\"WORKING\"}";
    private static final String QR = "{\"status\":\"SCAN_QR_CODE\",\"qr\":\"" + SECRET + "\"}";
    private static final String WHOLE = "HTTP/1.1 200 OK\r\nContent-Length: " + GOOD.length() + "\r\n\r\n" + GOOD;
    private static final byte[] NOTHING = {};

    /** As they stand in JSON: raw where it allows that, else escaped. */
    private static final Map<String, String> ODD_CHARACTERS = Map.ofEntries(
            Map.entry("an escape sequence", "\\u001b[2J"),
            Map.entry("a bell", "\\u0007"),
            Map.entry("a zero", "\\u0000"),
            Map.entry("a line feed", "\\n"),
            Map.entry("a carriage return", "\\r"),
            Map.entry("a backspace", "\\b"),
            Map.entry("a delete", "\u007f"),
            Map.entry("a C1 control", "\u009b"),
            Map.entry("a next line", "\u0085"),
            Map.entry("a line separator", "\u2028"),
            Map.entry("a right-to-left override", "\u202e"),
            Map.entry("an isolate", "\u2066"),
            Map.entry("a zero-width joiner", "\u200d"),
            Map.entry("a byte-order mark", "\ufeff"),
            Map.entry("a letter that looks like another", "\u0410"),
            Map.entry("half a character", "\\udc00"),
            Map.entry("an emoji", "\ud83d\ude00"),
            Map.entry("100 accents", "e" + "\u0301".repeat(100)),
            Map.entry("digits of another script", "\u0663"),
            Map.entry("a tag", "<script>"),
            Map.entry("a lookup", "${jndi:ldap://127.0.0.1/}"),
            Map.entry("a format", "%s%n{}"));

    @Override
    public String toString() {
        return name;
    }

    static List<HostileAnswer> all() {
        List<HostileAnswer> all = new ArrayList<>();
        all.addAll(withoutAProperHead());
        all.addAll(withOddHeaders());
        all.addAll(withOddChunks());
        all.addAll(withOddBodies());
        all.addAll(compressed());
        all.addAll(thatBreakOff());
        all.addAll(thatNeverEnd());
        all.addAll(thatAreMoreThanOne());
        all.addAll(withOddStatuses());
        all.addAll(thatSayHowLongToWait());
        all.addAll(withUnicode());
        all.addAll(withOddJson());
        return all;
    }

    private static List<HostileAnswer> withoutAProperHead() {
        return List.of(
                closed("no status line", QR, Outcome.CutShort),
                closed("no status line, several lines", QR + "\r\n\r\n" + QR, Outcome.CutShort),
                closed("garbage before the status line", SECRET + "\r\n" + WHOLE, Outcome.CutShort),
                closed("an empty line before the status line", "\r\n" + WHOLE, Outcome.Success),
                closed("no version", "200 OK " + SECRET + "\r\n\r\n" + GOOD, Outcome.CutShort),
                closed("HTTP/0.9", GOOD, Outcome.CutShort),
                closed("HTTP/1.0 without a length", "HTTP/1.0 200 OK\r\n\r\n" + GOOD, Outcome.Success),
                closed("HTTP/1.2", "HTTP/1.2 200 " + SECRET + "\r\n\r\n" + GOOD, Outcome.CutShort),
                closed("HTTP/3.7", "HTTP/3.7 200 " + SECRET + "\r\n\r\n" + GOOD, Outcome.CutShort),
                closed("HTTP/" + SECRET, "HTTP/" + SECRET + " 200 OK\r\n\r\n" + GOOD, Outcome.CutShort),
                closed("lower case", "http/1.1 200 ok\r\n\r\n" + GOOD, Outcome.CutShort),
                closed("no status", "HTTP/1.1\r\n\r\n" + GOOD, Outcome.CutShort),
                closed("a status that is no number", "HTTP/1.1 " + SECRET + " OK\r\n\r\n" + GOOD, Outcome.CutShort),
                closed("a negative status", "HTTP/1.1 -200 OK\r\n\r\n" + GOOD, Outcome.CutShort),
                closed("a status of one digit", "HTTP/1.1 2 OK\r\n\r\n" + GOOD, Outcome.Unreadable),
                closed("a status of five digits", "HTTP/1.1 20000 OK\r\n\r\n" + GOOD, Outcome.Unreadable),
                closed("a status beyond counting", "HTTP/1.1 99999999999 OK\r\n\r\n" + GOOD, Outcome.CutShort),
                closed("no reason phrase", "HTTP/1.1 200\r\n\r\n" + GOOD, Outcome.Success),
                closed("a secret for a reason phrase", "HTTP/1.1 200 " + SECRET + "\r\n\r\n" + GOOD, Outcome.Success),
                closed(
                        "a control character in the reason",
                        "HTTP/1.1 200 \u0007\u001b[31m\r\n\r\n" + GOOD,
                        Outcome.Success),
                closed("line feeds alone", "HTTP/1.1 200 OK\n\n" + GOOD, Outcome.CutShort),
                closed("an SSH server", "SSH-2.0-" + SECRET + "\r\n", Outcome.CutShort),
                closed("an SMTP server", "220 " + SECRET + " ESMTP\r\n", Outcome.CutShort),
                closed("a TLS alert", "\u0015\u0003\u0001\u0000\u0002\u0002\u0028", Outcome.CutShort),
                closed("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Outcome.CutShort),
                closed("zeroes", "\0".repeat(200), Outcome.CutShort),
                closed("nothing", "", Outcome.CutShort),
                greeted("a banner before the request", "220 " + SECRET + "\r\n", Outcome.CutShort));
    }

    private static List<HostileAnswer> withOddHeaders() {
        return List.of(
                headers("a header without a colon", SECRET, Outcome.CutShort),
                headers("a header without a name", ": " + SECRET, Outcome.CutShort),
                headers("a header with a space in its name", "X Y: " + SECRET, Outcome.Success),
                headers("a space before the colon", "X-Qr : " + SECRET, Outcome.Success),
                headers("a zero in a header", "X-Qr: " + SECRET + "\0", Outcome.CutShort),
                headers("a control character in a header", "X-Qr: \u001b]0;" + SECRET + "\u0007", Outcome.CutShort),
                headers("a folded header", "X-Qr: a\r\n " + SECRET, Outcome.Success),
                headers("a header that is not ASCII", "X-Qr: \u00e9\u00ff" + SECRET, Outcome.Success),
                headers("a QR code in a header", "X-Qr: " + SECRET, Outcome.Success),
                headers("the same header 100 times", "X-Qr: 1\r\n".repeat(100) + "X-Qr: 2", Outcome.Success),
                headers("9,000 bytes of headers", "X-Qr: " + SECRET.repeat(400), Outcome.CutShort),
                headers("3,000 small headers", "A: 1\r\n".repeat(3000) + "X-Qr: " + SECRET, Outcome.CutShort),
                headers("a cookie", "Set-Cookie: qr=" + SECRET, Outcome.Success),
                headers("a broken cookie", "Set-Cookie: ;=;" + SECRET + "=\u0001", Outcome.CutShort),
                headers("a negative length", "Content-Length: -1", Outcome.CutShort),
                headers("a length that is no number", "Content-Length: " + SECRET, Outcome.CutShort),
                headers("a length beyond counting", "Content-Length: 99999999999999999999", Outcome.CutShort),
                headers("two lengths", "Content-Length: 5\r\nContent-Length: 7", Outcome.CutShort),
                headers("an unknown coding", "Transfer-Encoding: " + SECRET, Outcome.Success),
                headers("an unknown keep-alive", "Keep-Alive: timeout=" + SECRET, Outcome.Success),
                headers("an upgrade", "Connection: Upgrade\r\nUpgrade: " + SECRET, Outcome.Success),
                headers("a type that it is not", "Content-Type: image/png; x=" + SECRET, Outcome.Success));
    }

    private static List<HostileAnswer> withOddChunks() {
        String hex = Integer.toHexString(GOOD.length());
        return List.of(
                chunked("chunks", hex + "\r\n" + GOOD + "\r\n0\r\n\r\n", Outcome.Success),
                chunked(
                        "a QR code in a chunk extension",
                        hex + ";qr=\"" + SECRET + "\"\r\n" + GOOD + "\r\n0\r\n\r\n",
                        Outcome.Success),
                chunked(
                        "a QR code in a broken chunk extension",
                        hex + ";qr=" + SECRET + "\r\n" + GOOD + "\r\n0\r\n\r\n",
                        Outcome.CutShort),
                chunked(
                        "a long chunk extension",
                        hex + ";qr=" + SECRET.repeat(400) + "\r\n" + GOOD + "\r\n0\r\n\r\n",
                        Outcome.CutShort),
                chunked("a size that is no number", SECRET + "\r\n" + GOOD, Outcome.CutShort),
                chunked("a negative size", "-5\r\n" + GOOD + "\r\n0\r\n\r\n", Outcome.CutShort),
                chunked("a size beyond counting", "fffffffffffffffff\r\n" + GOOD, Outcome.CutShort),
                chunked("a size of 2 GB", "7fffffff\r\n" + QR, Outcome.CutShort),
                chunked(
                        "no line break after a chunk",
                        hex + "\r\n" + GOOD + SECRET + "\r\n0\r\n\r\n",
                        Outcome.CutShort),
                chunked("no last chunk", hex + "\r\n" + GOOD + "\r\n", Outcome.CutShort),
                chunked(
                        "a QR code in a trailer",
                        hex + "\r\n" + GOOD + "\r\n0\r\nX-Qr: " + SECRET + "\r\n\r\n",
                        Outcome.Success),
                chunked(
                        "a broken trailer",
                        hex + "\r\n" + GOOD + "\r\n0\r\n: " + SECRET + "\r\n\r\n",
                        Outcome.CutShort),
                chunked(
                        "a long trailer",
                        hex + "\r\n" + GOOD + "\r\n0\r\nX-Qr: " + SECRET.repeat(400) + "\r\n\r\n",
                        Outcome.CutShort));
    }

    private static List<HostileAnswer> withOddBodies() {
        return List.of(
                body("no body", "", Outcome.Unreadable),
                body("a QR code and no JSON", SECRET, Outcome.Unreadable),
                body("a page", "<html><body>" + SECRET + "</body></html>", Outcome.Unreadable),
                body("JSON that is cut", "{\"status\":\"WORKING\",\"qr\":\"" + SECRET, Outcome.Unreadable),
                body("a secret for a state", "{\"status\":\"" + SECRET + "\"}", Outcome.Success),
                body(
                        "a secret for a name",
                        "{\"status\":\"WORKING\",\"name\":\"\\u001b[31m" + SECRET + "\"}",
                        Outcome.Success),
                body(
                        "a secret for an account",
                        "{\"status\":\"WORKING\",\"me\":{\"id\":\"" + SECRET + "\"}}",
                        Outcome.Success),
                body(
                        "right-to-left marks",
                        "{\"status\":\"WORKING\",\"name\":\"\\u202e" + SECRET + "\"}",
                        Outcome.Success),
                body("half a character", "{\"status\":\"WORKING\",\"name\":\"\\ud83d\"}", Outcome.Success),
                body(
                        "raw control characters",
                        "{\"status\":\"WORKING\",\"name\":\"\u0001" + SECRET + "\"}",
                        Outcome.Unreadable),
                body("a deep array", "{\"status\":\"WORKING\",\"qr\":" + "[".repeat(30_000), Outcome.Unreadable),
                body("a long number", "{\"status\":\"WORKING\",\"qr\":" + "9".repeat(60_000) + "}", Outcome.Unreadable),
                body("one member twice", "{\"status\":\"WORKING\",\"status\":\"" + SECRET + "\"}", Outcome.Unreadable),
                body("two documents", GOOD + QR, Outcome.Unreadable),
                body("over 64 KiB", GOOD + " ".repeat(64 * 1024), Outcome.CutShort),
                inCharset("UTF-16", StandardCharsets.UTF_16, Outcome.Success),
                inCharset("UTF-32", Charset.forName("UTF-32"), Outcome.Success));
    }

    private static List<HostileAnswer> compressed() {
        return List.of(
                coded("gzip", gzip(GOOD.getBytes(StandardCharsets.UTF_8))),
                coded("deflate", deflate(GOOD.getBytes(StandardCharsets.UTF_8))),
                coded("br", GOOD.getBytes(StandardCharsets.ISO_8859_1)),
                // 32 MiB in less than 64 KiB
                coded("gzip", gzip(new byte[32 * 1024 * 1024])),
                coded("gzip, gzip", gzip(gzip(new byte[32 * 1024 * 1024]))));
    }

    private static List<HostileAnswer> thatBreakOff() {
        String half = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + QR;
        return List.of(
                closed("half a status line", "HTTP/1.1 20", Outcome.CutShort),
                closed("half a head", "HTTP/1.1 200 OK\r\nX-Qr: " + SECRET, Outcome.CutShort),
                closed("half a body", half, Outcome.CutShort),
                reset("a reset instead of an answer", "", Outcome.CutShort),
                reset("a reset in the head", "HTTP/1.1 200 OK\r\nX-Qr: " + SECRET, Outcome.CutShort),
                reset("a reset in the body", half, Outcome.CutShort),
                reset(
                        "a reset in a chunk",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + QR,
                        Outcome.CutShort));
    }

    private static List<HostileAnswer> thatNeverEnd() {
        String head = "HTTP/1.1 200 OK\r\n";
        return List.of(
                endless("an endless status line", "HTTP/1.1 200 ", SECRET, false),
                endless("endless headers", head, "X-Qr: " + SECRET + "\r\n", false),
                endless("an endless header", head + "X-Qr: ", SECRET, false),
                endless("an endless body", head + "\r\n", SECRET, false),
                endless("endless chunks", head + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n{\r\n", false),
                endless("an endless chunk extension", head + "Transfer-Encoding: chunked\r\n\r\n5;", SECRET, false),
                endless(
                        "endless trailers",
                        head + "Transfer-Encoding: chunked\r\n\r\n0\r\n",
                        "X-Qr: " + SECRET + "\r\n",
                        false),
                endless("endless line breaks", "", "\r\n", true),
                endless("endless 100 Continue", "", "HTTP/1.1 100 Continue\r\nX-Qr: " + SECRET + "\r\n\r\n", true),
                endless(
                        "endless 103 Early Hints",
                        "",
                        "HTTP/1.1 103 Early Hints\r\nX-Qr: " + SECRET + "\r\n\r\n",
                        true),
                silent("silence", ""),
                silent("silence after half a head", head + "X-Qr: " + SECRET),
                silent("silence after half a body", head + "Content-Length: 1000\r\n\r\n" + QR));
    }

    private static List<HostileAnswer> thatAreMoreThanOne() {
        return List.of(
                closed("100 Continue before it", "HTTP/1.1 100 Continue\r\n\r\n" + WHOLE, Outcome.Success),
                closed(
                        "103 Early Hints before it",
                        "HTTP/1.1 103 Early Hints\r\nX-Qr: " + SECRET + "\r\n\r\n" + WHOLE,
                        Outcome.Success),
                closed("102 Processing before it", "HTTP/1.1 102 Processing\r\n\r\n" + WHOLE, Outcome.Unreadable),
                closed(
                        "101 Switching Protocols",
                        "HTTP/1.1 101 Switching Protocols\r\n\r\n" + SECRET,
                        Outcome.Unreadable),
                open(
                        "another answer after it",
                        WHOLE + "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + QR,
                        Outcome.Success),
                open("garbage after it", WHOLE + SECRET, Outcome.Success),
                closed(
                        "less than its length",
                        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + GOOD,
                        Outcome.CutShort),
                closed("204 with a body", "HTTP/1.1 204 No Content\r\n\r\n" + QR, Outcome.Unreadable),
                closed("304", "HTTP/1.1 304 Not Modified\r\nX-Qr: " + SECRET + "\r\n\r\n", Outcome.Unreadable));
    }

    /** The status alone decides, whatever the body says. */
    private static List<HostileAnswer> withOddStatuses() {
        List<HostileAnswer> all = new ArrayList<>();
        for (int status : new int[] {201, 202, 203, 206, 226, 299}) {
            all.add(closed(status + " with a state", "HTTP/1.1 " + status + " Ok\r\n\r\n" + GOOD, Outcome.Success));
        }
        for (int status : new int[] {205, 207, 208}) {
            all.add(closed(
                    status + " without a state", "HTTP/1.1 " + status + " Ok\r\n\r\n" + SECRET, Outcome.Unreadable));
        }
        for (int status : new int[] {305, 306, 399, 408, 425, 500, 501, 502, 503, 504, 505, 507, 511, 520, 530, 599}) {
            all.add(closed(
                    status + " with a state and a QR code",
                    "HTTP/1.1 " + status + " " + SECRET + "\r\nX-Qr: " + SECRET + "\r\n\r\n" + GOOD + QR,
                    Outcome.Unreadable));
        }
        for (int status : new int[] {600, 666, 999}) {
            all.add(closed(
                    status + ", which is no status",
                    "HTTP/1.1 " + status + " " + SECRET + "\r\n\r\n" + GOOD,
                    Outcome.Unreadable));
        }
        for (int status : new int[] {302, 303, 307}) {
            all.add(closed(
                    status + " to a secret",
                    "HTTP/1.1 " + status + " Elsewhere\r\nLocation: http://127.0.0.1:1/?qr=" + SECRET
                            + "\r\nContent-Length: 0\r\n\r\n",
                    Outcome.Unreadable));
        }
        return all;
    }

    /** It is heard for 429 alone; here it comes with an answer that is none. */
    private static List<HostileAnswer> thatSayHowLongToWait() {
        return Stream.of(
                        "0",
                        "-1",
                        "9".repeat(4000),
                        SECRET,
                        "Thursday, 01-Jan-26 12:00:10 GMT",
                        "Thu Jan  1 12:00:10 2026",
                        "\u00e9\u00ff",
                        "Thu, 01 Jan +999999999 00:00:00 GMT")
                .map(wait -> closed(
                        "503 until " + wait.substring(0, Math.min(12, wait.length())),
                        "HTTP/1.1 503 Busy\r\nRetry-After: " + wait + "\r\n\r\n" + QR,
                        Outcome.Unreadable))
                .toList();
    }

    /** Characters that a terminal, a log or a page would act upon, in each field that is read. */
    private static List<HostileAnswer> withUnicode() {
        List<HostileAnswer> all = new ArrayList<>();
        ODD_CHARACTERS.forEach((name, character) -> {
            String odd = character + SECRET + character;
            String json = "{\"status\":\"%s\",\"name\":\"%s\",\"me\":{\"id\":\"%s\",\"pushName\":\"%s\"}}";
            all.add(utf8(name + " in the state", json.formatted(odd, "wawp-1", "1@c.us", "x"), Outcome.Success));
            all.add(utf8(name + " in the others", json.formatted("WORKING", odd, odd, odd), Outcome.Success));
        });
        return all;
    }

    private static List<HostileAnswer> withOddJson() {
        return List.of(
                body("a comment", "{/*" + SECRET + "*/\"status\":\"WORKING\"}", Outcome.Unreadable),
                body("single quotes", "{'status':'WORKING','qr':'" + SECRET + "'}", Outcome.Unreadable),
                body("no quotes", "{status:WORKING,qr:" + SECRET + "}", Outcome.Unreadable),
                body("a trailing comma", "{\"status\":\"WORKING\",}", Outcome.Unreadable),
                body("NaN", "{\"status\":\"WORKING\",\"qr\":NaN}", Outcome.Unreadable),
                body("a leading zero", "{\"status\":\"WORKING\",\"qr\":007}", Outcome.Unreadable),
                body("a hexadecimal number", "{\"status\":\"WORKING\",\"qr\":0x2A}", Outcome.Unreadable),
                body("an exponent beyond counting", "{\"status\":\"WORKING\",\"qr\":1e999999999}", Outcome.Success),
                body("an array around it", "[{\"status\":\"WORKING\",\"qr\":\"" + SECRET + "\"}]", Outcome.Unreadable),
                body("a string around it", "\"{\\\"status\\\":\\\"WORKING\\\"}\"", Outcome.Unreadable),
                body("JSONP", "callback({\"status\":\"WORKING\"})", Outcome.Unreadable),
                body("a guard against JSONP", ")]}',\n" + GOOD, Outcome.Unreadable),
                body("lines of JSON", GOOD + "\n" + GOOD, Outcome.Unreadable),
                body("a member without a name", "{\"\":\"" + SECRET + "\",\"status\":\"WORKING\"}", Outcome.Success),
                body("a state that is a number", "{\"status\":200,\"qr\":\"" + SECRET + "\"}", Outcome.Unreadable),
                body("a state that is an object", "{\"status\":{\"qr\":\"" + SECRET + "\"}}", Outcome.Unreadable),
                body("a state that is null", "{\"status\":null,\"qr\":\"" + SECRET + "\"}", Outcome.Unreadable),
                body("a state of 60,000 letters", "{\"status\":\"" + "A".repeat(60_000) + "\"}", Outcome.Success),
                body("a name of 60,000 letters", GOOD.replace("wawp-1", "a".repeat(60_000)), Outcome.Success),
                body("a member name of 60,000 letters", GOOD.replace("name", "a".repeat(60_000)), Outcome.Unreadable),
                body("6,000 members", GOOD.replace("\"name\"", members(6000) + "\"name\""), Outcome.Success),
                body(
                        "an account that is a list",
                        GOOD.replace("\"wawp-1\"", "7,\"me\":[\"" + SECRET + "\"]"),
                        Outcome.Success),
                body("900 levels", GOOD.replace("\"wawp-1\"", "[".repeat(900) + "]".repeat(900)), Outcome.Success),
                body(
                        "1,100 levels",
                        GOOD.replace("\"wawp-1\"", "[".repeat(1100) + "]".repeat(1100)),
                        Outcome.Unreadable),
                closed(
                        "a mark of UTF-8 in front",
                        join("HTTP/1.1 200 OK\r\n\r\n", ("\ufeff" + GOOD).getBytes(StandardCharsets.UTF_8)),
                        Outcome.Success),
                closed(
                        "bytes that are no UTF-8",
                        "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"WORKING\",\"qr\":\"\u00c3\u0028" + SECRET + "\"}",
                        Outcome.Unreadable));
    }

    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"m" + i + "\":0,").collect(Collectors.joining());
    }

    private static HostileAnswer utf8(String name, String json, Outcome outcome) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return closed(name, join("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n", body), outcome);
    }

    private static HostileAnswer headers(String name, String lines, Outcome outcome) {
        return closed(name, "HTTP/1.1 200 OK\r\n" + lines + "\r\n\r\n" + GOOD, outcome);
    }

    private static HostileAnswer chunked(String name, String chunks, Outcome outcome) {
        return closed(name, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, outcome);
    }

    private static HostileAnswer body(String name, String text, Outcome outcome) {
        return closed(name, "HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text, outcome);
    }

    private static HostileAnswer inCharset(String name, Charset charset, Outcome outcome) {
        return closed(name, join("HTTP/1.1 200 OK\r\n\r\n", GOOD.getBytes(charset)), outcome);
    }

    private static HostileAnswer coded(String coding, byte[] body) {
        String head =
                "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        Outcome outcome = "br".equals(coding) ? Outcome.Success : Outcome.Unreadable;
        return closed(coding + ", " + body.length + " bytes", join(head, body), outcome);
    }

    private static HostileAnswer closed(String name, String text, Outcome outcome) {
        return closed(name, bytes(text), outcome);
    }

    private static HostileAnswer closed(String name, byte[] answer, Outcome outcome) {
        return new HostileAnswer(name, new Script(NOTHING, answer, NOTHING, Ending.Close), false, outcome);
    }

    private static HostileAnswer reset(String name, String text, Outcome outcome) {
        return new HostileAnswer(name, new Script(NOTHING, bytes(text), NOTHING, Ending.Reset), false, outcome);
    }

    private static HostileAnswer open(String name, String text, Outcome outcome) {
        return new HostileAnswer(name, new Script(NOTHING, bytes(text), NOTHING, Ending.NextRequest), false, outcome);
    }

    private static HostileAnswer silent(String name, String text) {
        Script script = new Script(NOTHING, bytes(text), NOTHING, Ending.NextRequest);
        return new HostileAnswer(name, script, true, Outcome.CutShort);
    }

    private static HostileAnswer greeted(String name, String text, Outcome outcome) {
        return new HostileAnswer(name, new Script(bytes(text), NOTHING, NOTHING, Ending.Close), false, outcome);
    }

    private static HostileAnswer endless(String name, String start, String filler, boolean timesOut) {
        Script script = new Script(NOTHING, bytes(start), bytes(filler.repeat(50)), Ending.NextRequest);
        return new HostileAnswer(name, script, timesOut, Outcome.CutShort);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(String head, byte[] body) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(bytes(head));
        both.writeBytes(body);
        return both.toByteArray();
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static byte[] deflate(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
