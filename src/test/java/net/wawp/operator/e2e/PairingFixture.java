package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.NoSuchElementException;
import java.util.Optional;
import javax.imageio.ImageIO;
import net.wawp.operator.api.v1alpha1.PairingRequest;
import net.wawp.operator.simulator.Timing;
import net.wawp.operator.testing.QrReader;

/** A session that a person links by way of its resource: asks, looks at the Secret, scans what is in it. */
final class PairingFixture {

    static final String NAME = "support-line";

    private static final Duration TIMEOUT = Duration.ofSeconds(150);

    private final OperatedCluster cluster;
    private final SessionFixture session;

    PairingFixture(OperatedCluster cluster, SessionFixture session) {
        this.cluster = cluster;
        this.session = session;
    }

    /** One whose resource hands out QR codes. */
    static PairingFixture start(OperatedCluster cluster) {
        return start(cluster, "mode: QR");
    }

    static PairingFixture start(OperatedCluster cluster, String pairing) {
        SessionFixture session = cluster.newFixture();
        session.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running\npairing: {" + pairing + "}");
        return new PairingFixture(cluster, session);
    }

    SessionFixture session() {
        return session;
    }

    PairingFixture ask(String token) {
        session.kubectl("annotate", "--overwrite", "was/" + NAME, "wawp.net/pair=" + token);
        return this;
    }

    PairingFixture awaitPhase(String token, String phase) {
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(request())
                .as("request of %s, %s", session.namespace(), session.status(NAME))
                .isPresent()
                .get()
                .extracting(PairingRequest::token, PairingRequest::phase)
                .containsExactly(token, phase));
        return this;
    }

    Optional<PairingRequest> request() {
        return Optional.ofNullable(session.status(NAME)).map(status -> status.pairingRequest());
    }

    Optional<Secret> secret() {
        return Optional.ofNullable(cluster.kubernetes()
                .client()
                .secrets()
                .inNamespace(session.namespace())
                .withName(NAME + "-pairing")
                .get());
    }

    /**
     * What the Secret holds under this key.
     *
     * @throws NoSuchElementException if there is none, or nothing under this key
     */
    String held(String key) {
        return new String(bytes(key), StandardCharsets.UTF_8);
    }

    private byte[] bytes(String key) {
        return Base64.getDecoder()
                .decode(secret().map(secret -> secret.getData().get(key)).orElseThrow());
    }

    /** What a phone reads from the picture. */
    String scanned() {
        try {
            return QrReader.read(ImageIO.read(new ByteArrayInputStream(bytes("qr.png"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has Wawp show a new code every few seconds, for longer than anybody waits for one. */
    PairingFixture showManyCodes() {
        session.session().conduct().timing(Timing.DEFAULT.withQrCodes(100, 8_000));
        return this;
    }

    /** Waits until the Secret holds the code after the one of now. */
    PairingFixture awaitNextCode() {
        String first = held("payload");
        await().atMost(TIMEOUT)
                .ignoreExceptionsInstanceOf(NoSuchElementException.class)
                .until(() -> !held("payload").equals(first));
        return this;
    }

    /** The code of now was the last one. */
    PairingFixture endCodes() {
        session.session().conduct().timing(Timing.DEFAULT.withQrCodes(1, 1));
        return this;
    }

    /** A person scans what the Secret holds, and again where Wawp shows another code by then. */
    void scan() {
        await().atMost(TIMEOUT).until(() -> session.session().scan(scanned()));
    }

    /** Nothing is left of the way to pair: neither at Wawp nor in the cluster. */
    void awaitNothingLeft() {
        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(session.session().link())
                    .as("link of %s", session.namespace())
                    .isEmpty();
            assertThat(secret()).as("Secret in %s", session.namespace()).isEmpty();
        });
    }
}
