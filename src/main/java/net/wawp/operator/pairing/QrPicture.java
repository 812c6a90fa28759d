package net.wawp.operator.pairing;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** A QR code as text for a terminal, or as a picture. */
final class QrPicture {

    /** The blank frame that the standard asks for, in modules. */
    private static final int FRAME = 4;

    /** What a terminal has at least. A code that does not fit with the whole frame gets a smaller one, which readers bear. */
    private static final int COLUMNS = 80;

    private static final int SMALL_FRAME = 3;

    private static final int PIXELS_PER_MODULE = 6;
    private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private final BitMatrix modules;

    private QrPicture(BitMatrix modules) {
        this.modules = modules;
    }

    /** @throws IllegalArgumentException if no QR code holds that much */
    static QrPicture of(String payload) {
        try {
            BitMatrix whole = encode(payload, FRAME);
            return new QrPicture(whole.getWidth() <= COLUMNS ? whole : encode(payload, SMALL_FRAME));
        } catch (WriterException e) {
            // its text may quote the payload
            throw new IllegalArgumentException("The payload does not fit into a QR code");
        }
    }

    private static BitMatrix encode(String payload, int frame) throws WriterException {
        // without a size, one pixel is one module
        return new QRCodeWriter()
                .encode(
                        payload,
                        BarcodeFormat.QR_CODE,
                        0,
                        0,
                        Map.of(
                                EncodeHintType.ERROR_CORRECTION,
                                ErrorCorrectionLevel.L,
                                EncodeHintType.CHARACTER_SET,
                                StandardCharsets.UTF_8.name(),
                                EncodeHintType.MARGIN,
                                frame));
    }

    /**
     * Half blocks: a line of text is two rows of modules. A block is a light module, since terminals are mostly dark, and a QR code is dark on
     * light.
     */
    String text() {
        StringBuilder text = new StringBuilder();
        for (int y = 0; y < modules.getHeight(); y += 2) {
            for (int x = 0; x < modules.getWidth(); x++) {
                text.append(block(isLight(x, y), isLight(x, y + 1)));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static char block(boolean upper, boolean lower) {
        if (upper) {
            return lower ? '█' : '▀';
        }
        return lower ? '▄' : ' ';
    }

    /** What is below an odd last row is frame too. */
    private boolean isLight(int x, int y) {
        return y >= modules.getHeight() || !modules.get(x, y);
    }

    /** A picture of one bit per pixel. The runtime of the image has no drawing library, and needs none for this. */
    byte[] png() {
        int side = modules.getWidth() * PIXELS_PER_MODULE;
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(png)) {
            out.write(PNG_SIGNATURE);
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            DataOutputStream fields = new DataOutputStream(header);
            fields.writeInt(side);
            fields.writeInt(side);
            // bit depth 1, greyscale, deflate, the one filter method, not interlaced
            fields.write(new byte[] {1, 0, 0, 0, 0});
            chunk(out, "IHDR", header.toByteArray());
            chunk(out, "IDAT", deflated(side));
            chunk(out, "IEND", new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory is always writable", e);
        }
        return png.toByteArray();
    }

    private byte[] deflated(int side) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(bytes)) {
            for (int y = 0; y < side; y++) {
                // the first byte of a row names its filter: none
                byte[] row = new byte[1 + (side + 7) / 8];
                for (int x = 0; x < side; x++) {
                    if (isLight(x / PIXELS_PER_MODULE, y / PIXELS_PER_MODULE)) {
                        row[1 + x / 8] |= (byte) (0x80 >> x % 8);
                    }
                }
                deflater.write(row);
            }
        }
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }
}
