package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.net.ProxyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.network.ConnectProxy;
import net.wawp.operator.testing.network.TlsFront;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WawpEndpointTest {

    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "token");
    private static final String HOST = TlsFront.HOST;
    private static final URI BASE_URL = URI.create("https://" + HOST);
    private static final WawpResponse UNREACHED =
            new WawpResponse.Refused(new Failure(Kind.GatewayUnavailable, Delivery.Unreached));

    private final Vertx vertx = Vertx.vertx();
    private final WawpSimulator simulator = WawpSimulator.start();
    private final TlsFront tls = new TlsFront(simulator.baseUrl().getPort());

    @BeforeEach
    void addInstance() {
        simulator.add(CREDENTIALS.instanceId(), CREDENTIALS.accessToken()).put(EngineState.WORKING);
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        tls.close();
        simulator.close();
    }

    @Test
    void everyCallGoesThroughTheProxyWhichAloneResolvesTheName() throws Exception {
        try (ConnectProxy proxy = ConnectProxy.forEverybody(tls.port())) {
            WawpClient client = client(new WawpEndpoint(BASE_URL, Optional.of(through(proxy)), certificates()));

            assertThat(stateOf(poll(client))).isEqualTo(SessionState.WORKING);
            assertThat(stateOf(join(client.send(WawpRequest.change(Action.Stop, CREDENTIALS, () -> true)))))
                    .isEqualTo(SessionState.STOPPED);

            assertThat(proxy.asked())
                    .as("a connection for polls, and one for the changing call")
                    .containsExactly("CONNECT wawp.test:443", "CONNECT wawp.test:443");
        }
    }

    @Test
    void theProxyGetsUserAndPassword() throws Exception {
        try (ConnectProxy proxy = ConnectProxy.forUser(tls.port(), "operator", "päss:word")) {
            ProxyOptions options = through(proxy).setUsername("operator").setPassword("päss:word");

            assertThat(stateOf(poll(client(new WawpEndpoint(BASE_URL, Optional.of(options), certificates())))))
                    .isEqualTo(SessionState.WORKING);
        }
    }

    @Test
    void aProxyThatRefusesLeavesWawpUnreachedAndTheGuardIsNotAsked() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (ConnectProxy proxy = ConnectProxy.forUser(tls.port(), "operator", "right")) {
            ProxyOptions options = through(proxy).setUsername("operator").setPassword("wrong");
            WawpClient client = client(new WawpEndpoint(BASE_URL, Optional.of(options), certificates()));

            assertThat(join(client.send(
                            WawpRequest.change(Action.Logout, CREDENTIALS, () -> asked.incrementAndGet() > 0))))
                    .isEqualTo(UNREACHED);
            assertThat(asked).hasValue(0);
            assertThat(tls.connections()).isZero();
        }
    }

    @Test
    void aPlainAddressIsRequestedFromTheProxyAsAWhole() throws IOException {
        try (RawServer proxy = RawServer.answering("{\"name\":\"wawp-1\",\"status\":\"WORKING\"}")) {
            ProxyOptions options =
                    new ProxyOptions().setHost("127.0.0.1").setPort(proxy.uri().getPort());
            URI plain = URI.create("http://" + HOST);

            assertThat(stateOf(poll(client(new WawpEndpoint(plain, Optional.of(options), List.of())))))
                    .isEqualTo(SessionState.WORKING);
            assertThat(proxy.heads()).singleElement().asString().startsWith("POST http://wawp.test/v2/session/info ");
        }
    }

    @Test
    void anUntrustedCertificateIsRefused() {
        try (ConnectProxy proxy = ConnectProxy.forEverybody(tls.port())) {
            assertThat(poll(client(new WawpEndpoint(BASE_URL, Optional.of(through(proxy)), List.of()))))
                    .isEqualTo(UNREACHED);
            assertThat(simulator.ledger().calls()).isEmpty();
        }
    }

    @Test
    void aTrustedCertificateOfAnotherHostIsRefused() throws Exception {
        URI other = URI.create("https://localhost:" + tls.port());

        assertThat(poll(client(new WawpEndpoint(other, Optional.empty(), certificates()))))
                .isEqualTo(UNREACHED);
        assertThat(simulator.ledger().calls()).isEmpty();
    }

    @Test
    void extraCertificatesAreTrustedBesideThoseOfTheRuntime() throws Exception {
        TrustManagerFactory runtime = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        runtime.init((KeyStore) null);
        X509Certificate[] usual = ((X509TrustManager) runtime.getTrustManagers()[0]).getAcceptedIssuers();

        assertThat(usual).isNotEmpty();
        assertThat(TrustedRoots.with(certificates()).getAcceptedIssuers())
                .containsAll(Arrays.asList(usual))
                .containsAll(certificates());
    }

    private WawpClient client(WawpEndpoint endpoint) {
        return new HttpWawpClient(
                vertx,
                endpoint,
                Style.Body,
                Duration.ofSeconds(30),
                16,
                InstantSource.system(),
                InstantSource.system());
    }

    private static ProxyOptions through(ConnectProxy proxy) {
        return new ProxyOptions().setHost("127.0.0.1").setPort(proxy.port());
    }

    private List<X509Certificate> certificates() throws IOException, CertificateException {
        try (InputStream pem = Files.newInputStream(tls.certificate())) {
            return List.of(
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
    }

    private static WawpResponse poll(WawpClient client) {
        return join(client.send(WawpRequest.info(CREDENTIALS, Priority.Routine, () -> true)));
    }

    private static WawpResponse join(CompletionStage<WawpResponse> response) {
        return response.toCompletableFuture().join();
    }

    private static SessionState stateOf(WawpResponse response) {
        assertThat(response).isInstanceOf(WawpResponse.Success.class);
        return ((WawpResponse.Success) response).info().state();
    }
}
