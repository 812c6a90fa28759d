package net.wawp.operator.testing.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Leads to one port of this machine, and brings so many bytes of what comes back from there to each client, and no more. */
public final class CuttingProxy implements AutoCloseable {

    /** What becomes of the client's connection then. */
    public enum Cut {
        Close,
        Reset,
        /** It stays open, until the client closes it. */
        Silence
    }

    private final int target;
    private final long mostBytes;
    private final Cut cut;
    private final ConnectionServer server;
    private final AtomicLong brought = new AtomicLong();

    public CuttingProxy(int target, long mostBytes, Cut cut) throws IOException {
        this.target = target;
        this.mostBytes = mostBytes;
        this.cut = cut;
        this.server = new ConnectionServer(this::serve);
    }

    public int port() {
        return server.port();
    }

    /** How many bytes it has brought to its clients. */
    public long brought() {
        return brought.get();
    }

    private void serve(Socket client) throws IOException {
        try (client;
                Socket origin = new Socket(InetAddress.getLoopbackAddress(), target)) {
            ConnectionServer.inBackground(() -> {
                // that the client has gone ends the other direction
                try (origin) {
                    client.getInputStream().transferTo(origin.getOutputStream());
                }
            });
            bring(origin.getInputStream(), client.getOutputStream());
            switch (cut) {
                case Close -> {}
                case Reset -> client.setSoLinger(true, 0);
                // until the other direction has ended
                case Silence -> origin.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
        }
    }

    private void bring(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[4096];
        long left = mostBytes;
        // what is cut off has come: the call has been carried out
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            int part = (int) Math.min(left, count);
            // before the client can have them
            brought.addAndGet(part);
            to.write(buffer, 0, part);
            left -= part;
            if (part < count) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
