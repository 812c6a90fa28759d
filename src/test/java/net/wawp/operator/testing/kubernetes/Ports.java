package net.wawp.operator.testing.kubernetes;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** For programs that cannot draw a port themselves, or have to keep the one that they had. */
public final class Ports {

    private static final int LOWEST = 20_000;
    private static final int FIRST_GIVEN = 30_000;

    private Ports() {}

    /** So many different ones, below those that the system gives to whoever asks for any: while nobody listens there nobody else gets them. */
    public static List<Integer> free(int number) {
        return ThreadLocalRandom.current()
                .ints(LOWEST, FIRST_GIVEN)
                .filter(Ports::isFree)
                .distinct()
                .limit(number)
                .boxed()
                .toList();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
