package net.wawp.operator.testing.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Accepts connections to a port of this machine, and serves each on a thread of its own. */
public final class ConnectionServer implements AutoCloseable {

    private static final int BACKLOG = 200;

    /** Serves one connection, and closes it. An exception ends the task: either side has closed the socket. */
    @FunctionalInterface
    public interface Service {
        void serve(Socket client) throws IOException;
    }

    /** Something to do with sockets. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    private final ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());

    public ConnectionServer(Service service) throws IOException {
        inBackground(() -> {
            while (true) {
                Socket client = listener.accept();
                inBackground(() -> service.serve(client));
            }
        });
    }

    public int port() {
        return listener.getLocalPort();
    }

    static void inBackground(Task task) {
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
