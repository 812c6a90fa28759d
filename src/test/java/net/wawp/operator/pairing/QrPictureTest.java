package net.wawp.operator.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.List;
import javax.imageio.ImageIO;
import net.wawp.operator.testing.QrReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QrPictureTest {

    private static final int COLUMNS = 80;

    @ParameterizedTest
    @ValueSource(ints = {1, 60, 237, 450})
    void thePictureIsReadAsThePayload(int length) throws Exception {
        String payload = payload(length);

        assertThat(QrReader.read(ImageIO.read(
                        new ByteArrayInputStream(QrPicture.of(payload).png()))))
                .isEqualTo(payload);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 60, 237, 450})
    void theTextOnADarkTerminalIsReadAsThePayloadAndFitsIntoEightyColumns(int length) {
        String payload = payload(length);
        List<String> lines = QrPicture.of(payload).text().lines().toList();

        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(COLUMNS));
        assertThat(QrReader.read(lines, true)).isEqualTo(payload);
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
}
