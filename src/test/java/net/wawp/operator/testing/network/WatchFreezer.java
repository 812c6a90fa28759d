package net.wawp.operator.testing.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Leads to an API server on one port of this machine, and can keep back what its watches bring. All else goes through. */
public final class WatchFreezer implements AutoCloseable {

    private static final String WATCH = "watch=true";

    private final int target;
    private final ConnectionServer server;
    private boolean isFrozen;

    public WatchFreezer(int target) throws IOException {
        this.target = target;
        this.server = new ConnectionServer(this::serve);
    }

    public int port() {
        return server.port();
    }

    /** No event arrives from now on until {@link #thaw}. */
    public synchronized void freeze() {
        isFrozen = true;
    }

    public synchronized void thaw() {
        isFrozen = false;
        notifyAll();
    }

    private synchronized void awaitThaw() throws IOException {
        while (isFrozen) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private void serve(Socket client) throws IOException {
        Connection connection = new Connection();
        try (client;
                Socket origin = new Socket(InetAddress.getLoopbackAddress(), target)) {
            ConnectionServer.inBackground(() -> {
                // that the client has gone ends the other direction
                try (origin) {
                    connection.bringRequests(client.getInputStream(), origin.getOutputStream());
                }
            });
            connection.bringAnswers(origin.getInputStream(), client.getOutputStream());
        }
    }

    private final class Connection {

        private volatile boolean isWatch;

        void bringRequests(InputStream from, OutputStream to) throws IOException {
            byte[] buffer = new byte[8192];
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                isWatch |= new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains(WATCH);
                to.write(buffer, 0, count);
            }
        }

        void bringAnswers(InputStream from, OutputStream to) throws IOException {
            byte[] buffer = new byte[8192];
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                if (isWatch) {
                    awaitThaw();
                }
                to.write(buffer, 0, count);
            }
        }
    }

    @Override
    public void close() throws IOException {
        thaw();
        server.close();
    }
}
