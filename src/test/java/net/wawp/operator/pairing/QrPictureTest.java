package net.wawp.operator.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QrPictureTest {

    private static final int COLUMNS = 80;
    private static final int SCALE = 4;

    @ParameterizedTest
    @ValueSource(ints = {1, 60, 237, 450})
    void thePictureIsReadAsThePayload(int length) throws Exception {
        String payload = payload(length);
        BufferedImage image =
                ImageIO.read(new ByteArrayInputStream(QrPicture.of(payload).png()));

        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());

        assertThat(read(image.getWidth(), image.getHeight(), pixels)).isEqualTo(payload);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 60, 237, 450})
    void theTextOnADarkTerminalIsReadAsThePayloadAndFitsIntoEightyColumns(int length) throws Exception {
        String payload = payload(length);
        List<String> lines = QrPicture.of(payload).text().lines().toList();

        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(COLUMNS));
        int width = lines.get(0).length() * SCALE;
        int height = lines.size() * 2 * SCALE;
        int[] pixels = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                char block = lines.get(y / SCALE / 2).charAt(x / SCALE);
                boolean isUpper = y / SCALE % 2 == 0;
                boolean isLit = block == '█' || block == (isUpper ? '▀' : '▄');
                pixels[y * width + x] = isLit ? 0xffffff : 0;
            }
        }
        assertThat(read(width, height, pixels)).isEqualTo(payload);
    }

    @Test
    void aPayloadThatFitsIntoNoCodeIsRefusedWithoutBeingQuoted() {
        assertThatThrownBy(() -> QrPicture.of("2@secret".repeat(1_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }

    private static String payload(int length) {
        char[] payload = new char[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (char) ('!' + i * 7 % 90);
        }
        return new String(payload);
    }

    private static String read(int width, int height, int[] pixels) throws Exception {
        RGBLuminanceSource source = new RGBLuminanceSource(width, height, pixels);
        return new QRCodeReader()
                .decode(new BinaryBitmap(new HybridBinarizer(source)))
                .getText();
    }
}
