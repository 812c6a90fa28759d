package net.wawp.operator.wawp;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import net.wawp.operator.testing.network.ConnectionServer;

/** Shows what really goes over the wire, and answers every request with the same bytes. */
final class RawServer implements AutoCloseable {

    /** What follows the bytes of an answer. */
    enum Ending {
        /** The next request, on the same connection. */
        NextRequest,
        /** The end of the connection. */
        Close,
        /** A reset of the connection. */
        Reset
    }

    /**
     * @param greeting sent before a request has come
     * @param bytes sent after each request
     * @param filler sent after them again and again, until the client closes the connection; nothing if it is empty
     * @param pause before each filler
     */
    record Script(byte[] greeting, byte[] bytes, byte[] filler, Duration pause, Ending ending) {

        Script(byte[] greeting, byte[] bytes, byte[] filler, Ending ending) {
            this(greeting, bytes, filler, Duration.ZERO, ending);
        }
    }

    private static final byte[] NOTHING = {};
    private static final int FILLER_BYTES = 8192;

    private final ConnectionServer server;
    private final Script script;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger closedByClient = new AtomicInteger();

    RawServer(Script script) throws IOException {
        this.script = script;
        server = new ConnectionServer(this::serve);
    }

    /** Keeps its connections open. */
    static RawServer answering(String body) throws IOException {
        return sending(bytes(ok(body.length()) + body), Ending.NextRequest);
    }

    /** Its body starts like this one and never ends. */
    static RawServer answeringEndlessly(String body) throws IOException {
        byte[] zeroes = new byte[FILLER_BYTES];
        return new RawServer(new Script(NOTHING, bytes(ok(1_000_000_000_000L) + body), zeroes, Ending.NextRequest));
    }

    static RawServer sending(byte[] answer, Ending ending) throws IOException {
        return new RawServer(new Script(NOTHING, answer, NOTHING, ending));
    }

    private static String ok(long length) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** Request line and headers of every request so far. */
    List<String> heads() {
        return heads;
    }

    /** All bytes that came in. */
    int received() {
        return received.get();
    }

    int connections() {
        return accepted.get();
    }

    int connectionsClosedByClient() {
        return closedByClient.get();
    }

    private void serve(Socket socket) throws IOException {
        accepted.incrementAndGet();
        try (socket) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(counted(socket.getInputStream()), StandardCharsets.ISO_8859_1));
            OutputStream out = socket.getOutputStream();
            out.write(script.greeting());
            while (readRequest(in)) {
                out.write(script.bytes());
                while (script.filler().length > 0) {
                    LockSupport.parkNanos(script.pause().toNanos());
                    out.write(script.filler());
                }
                if (script.ending() != Ending.NextRequest) {
                    socket.setSoLinger(script.ending() == Ending.Reset, 0);
                    return;
                }
            }
        } finally {
            closedByClient.incrementAndGet();
        }
    }

    private InputStream counted(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int count = super.read(bytes, offset, length);
                received.addAndGet(Math.max(0, count));
                return count;
            }
        };
    }

    private boolean readRequest(BufferedReader in) throws IOException {
        StringBuilder head = new StringBuilder();
        int bodyLength = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty()) {
                heads.add(head.toString());
                return in.skip(bodyLength) == bodyLength;
            }
            head.append(line).append('\n');
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                bodyLength =
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
