package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import io.fabric8.kubernetes.api.model.Secret;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.imageio.ImageIO;
import net.wawp.operator.api.v1alpha1.PairingRequest;

/** A session that a person links by way of its resource: asks, looks at the Secret, scans what is in it. */
final class PairingFixture {

    static final String NAME = "support-line";

    private static final Duration PATIENCE = Duration.ofSeconds(150);

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
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(request())
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

    /** What the Secret holds under this key. */
    String held(String key) {
        return new String(bytes(key), StandardCharsets.UTF_8);
    }

    private byte[] bytes(String key) {
        return Base64.getDecoder().decode(secret().orElseThrow().getData().get(key));
    }

    /** What a phone reads from the picture. */
    String scanned() {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes("qr.png")));
            int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
            RGBLuminanceSource source = new RGBLuminanceSource(image.getWidth(), image.getHeight(), pixels);
            return new QRCodeReader()
                    .decode(new BinaryBitmap(new HybridBinarizer(source)))
                    .getText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReaderException e) {
            throw new AssertionError("The picture is no QR code", e);
        }
    }

    /** Nothing is left of the way to pair: neither at Wawp nor in the cluster. */
    void awaitNothingLeft() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(session.session().link())
                    .as("link of %s", session.namespace())
                    .isEmpty();
            assertThat(secret()).as("Secret in %s", session.namespace()).isEmpty();
        });
    }
}
