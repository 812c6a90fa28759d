package net.wawp.operator.testing.network;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Real TLS before a plain port of this machine, with a certificate that nobody has signed. */
public final class TlsFront implements AutoCloseable {

    /** The one that the certificate is for. */
    public static final String HOST = "wawp.test";

    private static final String LOOPBACK = "127.0.0.1";

    /** One for all tests of this process: a key takes a second to make. */
    private static final SelfSignedCertificate CERTIFICATE = SelfSignedCertificate.create(HOST);

    private final Vertx vertx = Vertx.vertx();
    private final NetServer server;
    private final AtomicInteger trusted = new AtomicInteger();

    public TlsFront(int target) {
        server = vertx.createNetServer(
                        new NetServerOptions().setSsl(true).setKeyCertOptions(CERTIFICATE.keyCertOptions()))
                .connectHandler(client -> {
                    trusted.incrementAndGet();
                    client.pause();
                    vertx.createNetClient().connect(target, LOOPBACK).onSuccess(wawp -> {
                        client.pipeTo(wawp);
                        wawp.pipeTo(client);
                        client.resume();
                    });
                })
                .listen(0, LOOPBACK)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    public int port() {
        return server.actualPort();
    }

    /** Its certificate, as PEM. */
    public Path certificate() {
        return Path.of(CERTIFICATE.certificatePath());
    }

    /** How many connections got as far as the end of the handshake. */
    public int connections() {
        return trusted.get();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
