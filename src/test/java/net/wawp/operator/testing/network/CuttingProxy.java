package net.wawp.operator.testing.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
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
    private final ServerSocket listener;
    private final AtomicLong brought = new AtomicLong();

    public CuttingProxy(int target, long mostBytes, Cut cut) throws IOException {
        this.target = target;
        this.mostBytes = mostBytes;
        this.cut = cut;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        inBackground(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How many bytes it has brought to its clients. */
    public long brought() {
        return brought.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            inBackground(() -> serve(client));
        }
    }

    private void serve(Socket client) throws IOException {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            inBackground(() -> {
                // that the client has gone ends the other direction
                try (server) {
                    client.getInputStream().transferTo(server.getOutputStream());
                }
            });
            bring(server.getInputStream(), client.getOutputStream());
            switch (cut) {
                case Close -> {}
                case Reset -> client.setSoLinger(true, 0);
                // until the other direction has ended
                case Silence -> server.getInputStream().transferTo(OutputStream.nullOutputStream());
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
