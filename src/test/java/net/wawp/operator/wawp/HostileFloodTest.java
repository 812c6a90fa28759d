package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import net.wawp.operator.session.Action;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import net.wawp.operator.wawp.RawServer.Ending;
import net.wawp.operator.wawp.RawServer.Script;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A hundred answers at a time that never end: memory comes back, and a good server beside them is heard. */
@Tag("proof")
@Isolated("measures the memory of this process")
class HostileFloodTest {

    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "token");
    private static final int AT_ONCE = 100;
    private static final int WAVES = 5;
    private static final long MEBIBYTE = 1024 * 1024;
    private static final long GROWTH = 5 * MEBIBYTE;
    private static final byte[] NOTHING = {};

    /** Each flood ends with the cap on an answer or with this time. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Vertx vertx = Vertx.vertx();

    private record Flood(String name, Script script) {
        @Override
        public String toString() {
            return name;
        }
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    static Stream<Flood> floods() {
        byte[] zeroes = new byte[8192];
        return Stream.of(
                new Flood("a body of 10 GB", endless("Content-Length: 10000000000\r\n\r\n{", zeroes)),
                new Flood(
                        "a chunked body without an end",
                        endless("Transfer-Encoding: chunked\r\n\r\n", bytes("2000\r\n" + "x".repeat(8192) + "\r\n"))),
                new Flood(
                        "a body that grows a thousandfold when it is decompressed",
                        endless("Content-Encoding: gzip\r\nContent-Length: 10000000000\r\n\r\n", bomb())),
                new Flood("a small body that grows to 8 MiB when it is decompressed", compressed(bomb())),
                new Flood("headers without an end", endless("", bytes("X-Flood: " + "x".repeat(1000) + "\r\n"))),
                new Flood("one header without an end", endless("X-Flood: ", bytes("x".repeat(8192)))),
                new Flood("a body that comes a byte at a time", drip("Content-Length: 1000000\r\n\r\n{")),
                new Flood("headers that come a byte at a time", drip("X-Flood: ")),
                new Flood(
                        "an answer that hangs in its body",
                        new Script(
                                NOTHING,
                                bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
                                NOTHING,
                                Ending.NextRequest)));
    }

    @ParameterizedTest
    @MethodSource("floods")
    void memoryComesBackAndAGoodServerIsHeardMeanwhile(Flood flood) throws IOException {
        try (RawServer hostile = new RawServer(flood.script());
                RawServer good = RawServer.answering("{\"status\":\"WORKING\"}")) {
            WawpClient client = client(hostile);
            WawpClient beside = client(good);
            wave(client, beside);
            // what is still to be collected would hide as much growth
            long before =
                    IntStream.range(0, 5).mapToLong(collection -> used()).min().orElseThrow();

            for (int wave = 0; wave < WAVES; wave++) {
                wave(client, beside);
            }

            // the collector needs more than one try for what reference queues hold
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(used() - before)
                    .as("growth in bytes after %d answers", WAVES * AT_ONCE)
                    .isLessThanOrEqualTo(GROWTH));
            System.out.printf("%s: %d KiB more than before %n", flood, (used() - before) / 1024);
        }
    }

    @Test
    void theFloodsAreFloods() throws IOException {
        try (RawServer hostile =
                new RawServer(floods().findFirst().orElseThrow().script())) {
            assertThat(send(client(hostile)).toCompletableFuture().join()).isInstanceOf(WawpResponse.Refused.class);
            await().until(() -> hostile.connectionsClosedByClient() == 1);
        }
    }

    private static void wave(WawpClient hostile, WawpClient good) {
        List<CompletionStage<WawpResponse>> flood =
                IntStream.range(0, AT_ONCE).mapToObj(i -> send(hostile)).toList();
        assertThat(good.send(WawpRequest.info(CREDENTIALS, Priority.Routine, () -> true))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(WawpResponse.Success.class);
        flood.forEach(
                response -> assertThat(response.toCompletableFuture().join()).isInstanceOf(WawpResponse.Refused.class));
    }

    /** Each call that changes a session has a connection of its own. */
    private static CompletionStage<WawpResponse> send(WawpClient client) {
        return client.send(WawpRequest.change(Action.Stop, CREDENTIALS, () -> true));
    }

    private WawpClient client(RawServer server) {
        return new HttpWawpClient(
                vertx,
                WawpEndpoint.direct(server.uri()),
                Style.Body,
                TIMEOUT,
                AT_ONCE,
                InstantSource.system(),
                InstantSource.system());
    }

    /** Live heap and direct buffers, in bytes. */
    private static long used() {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return heap
                + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
    }

    private static Script endless(String headers, byte[] filler) {
        return new Script(NOTHING, bytes("HTTP/1.1 200 OK\r\n" + headers), filler, Ending.NextRequest);
    }

    private static Script drip(String headers) {
        return new Script(
                NOTHING,
                bytes("HTTP/1.1 200 OK\r\n" + headers),
                bytes(" "),
                Duration.ofMillis(100),
                Ending.NextRequest);
    }

    private static Script compressed(byte[] body) {
        byte[] head = bytes("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + body.length + "\r\n\r\n");
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(head);
        answer.writeBytes(body);
        return new Script(NOTHING, answer.toByteArray(), NOTHING, Ending.NextRequest);
    }

    /** 8 MiB of zeroes, compressed. One after the other they are one compressed file. */
    private static byte[] bomb() {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(new byte[(int) (8 * MEBIBYTE)]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
