package net.wawp.operator.wawp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Shows what really goes over the wire, and answers with given bytes: the same to every request, on connections it keeps open. */
final class RawServer implements AutoCloseable {

    private final ServerSocket listener;
    private final String answer;
    private final boolean endless;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger closedByClient = new AtomicInteger();

    private RawServer(String answer, boolean endless) throws IOException {
        this.answer = answer;
        this.endless = endless;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        inBackground(this::accept);
    }

    static RawServer answering(String body) throws IOException {
        return new RawServer("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body, false);
    }

    /** Its body starts like this one and never ends. */
    static RawServer answeringEndlessly(String body) throws IOException {
        return new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n" + body, true);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Request line and headers of every request so far. */
    List<String> heads() {
        return heads;
    }

    int connections() {
        return accepted.get();
    }

    int connectionsClosedByClient() {
        return closedByClient.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket socket = listener.accept();
            accepted.incrementAndGet();
            inBackground(() -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = socket.getOutputStream();
            while (readRequest(in)) {
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                while (endless) {
                    out.write(new byte[8192]);
                }
            }
        } finally {
            closedByClient.incrementAndGet();
        }
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

    private interface Task {
        void run() throws IOException;
    }

    private static void inBackground(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException closed) {
                // either side has closed the socket: the task is over
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
