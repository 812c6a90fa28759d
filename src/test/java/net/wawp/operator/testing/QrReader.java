package net.wawp.operator.testing;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/** A phone's camera. */
public final class QrReader {

    private static final int WHITE = 0xffffff;
    private static final int PIXELS_PER_MODULE = 4;

    private QrReader() {}

    /** @throws AssertionError if the picture shows no QR code */
    public static String read(BufferedImage image) {
        return read(
                image.getWidth(),
                image.getHeight(),
                image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()));
    }

    /**
     * Reads what is drawn with half blocks, two rows of modules a line.
     *
     * @param blocksAreLight whether a block is lighter than what it stands on, as in a dark terminal
     * @throws AssertionError if the lines show no QR code
     */
    public static String read(List<String> lines, boolean blocksAreLight) {
        int columns = lines.stream().mapToInt(String::length).max().orElse(0);
        int width = columns * PIXELS_PER_MODULE;
        int height = lines.size() * 2 * PIXELS_PER_MODULE;
        int[] pixels = new int[width * height];
        for (int y = 0; y < height; y++) {
            String line = lines.get(y / PIXELS_PER_MODULE / 2);
            boolean isUpper = y / PIXELS_PER_MODULE % 2 == 0;
            for (int x = 0; x < width; x++) {
                int column = x / PIXELS_PER_MODULE;
                char block = column < line.length() ? line.charAt(column) : ' ';
                boolean isBlock = block == '█' || block == (isUpper ? '▀' : '▄');
                pixels[y * width + x] = isBlock == blocksAreLight ? WHITE : 0;
            }
        }
        return read(width, height, pixels);
    }

    private static String read(int width, int height, int[] pixels) {
        RGBLuminanceSource source = new RGBLuminanceSource(width, height, pixels);
        try {
            return read(source, Map.of());
        } catch (ReaderException camera) {
            // the library cannot measure two of a thousand faultless pictures, unless told that there is nothing else
            try {
                return read(source, Map.of(DecodeHintType.PURE_BARCODE, true));
            } catch (ReaderException e) {
                throw new AssertionError("This is no QR code", e);
            }
        }
    }

    private static String read(RGBLuminanceSource source, Map<DecodeHintType, ?> hints) throws ReaderException {
        return new QRCodeReader()
                .decode(new BinaryBitmap(new HybridBinarizer(source)), hints)
                .getText();
    }
}
