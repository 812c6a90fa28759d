package net.wawp.operator.simulator;

/**
 * How long things take, in milliseconds.
 *
 * @param latency from the arrival of a call, which is when it takes effect, to its answer
 * @param boot how long an engine is STARTING
 * @param stop from a stop to STOPPED
 * @param logout from a logout to its end
 * @param qrCode how long one QR code is shown
 * @param qrCodes how many are shown before an unscanned session ends in FAILED
 */
public record Timing(long latency, long boot, long stop, long logout, long qrCode, int qrCodes) {

    /** Answers and changes at once, a short boot, QR codes as long as the real ones. */
    public static final Timing DEFAULT = new Timing(0, 300, 0, 0, 20_000, 6);

    public Timing withLatency(long millis) {
        return new Timing(millis, boot, stop, logout, qrCode, qrCodes);
    }

    public Timing withBoot(long millis) {
        return new Timing(latency, millis, stop, logout, qrCode, qrCodes);
    }

    public Timing withStop(long millis) {
        return new Timing(latency, boot, millis, logout, qrCode, qrCodes);
    }

    public Timing withLogout(long millis) {
        return new Timing(latency, boot, stop, millis, qrCode, qrCodes);
    }

    /** Shows {@code codes} QR codes of {@code millis} each. */
    public Timing withQrCodes(int codes, long millis) {
        return new Timing(latency, boot, stop, logout, millis, codes);
    }
}
