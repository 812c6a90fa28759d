package net.wawp.operator.simulator;

/**
 * How long things take, in milliseconds.
 *
 * @param latency from the arrival of a call, which is when it takes effect, to its answer
 * @param boot how long an engine is STARTING
 * @param stop from a stop to STOPPED
 * @param logout from a logout to its end
 * @param firstQrCode how long the first QR code is shown
 * @param qrCode how long each further one is
 * @param qrCodes how many are shown before an unscanned session ends in FAILED
 */
public record Timing(long latency, long boot, long stop, long logout, long firstQrCode, long qrCode, int qrCodes) {

    /** Answers and changes at once, a short boot, QR codes as long as the real ones. */
    public static final Timing DEFAULT = new Timing(0, 300, 0, 0, 60_000, 20_000, 6);

    public Timing withLatency(long millis) {
        return new Timing(millis, boot, stop, logout, firstQrCode, qrCode, qrCodes);
    }

    public Timing withBoot(long millis) {
        return new Timing(latency, millis, stop, logout, firstQrCode, qrCode, qrCodes);
    }

    public Timing withStop(long millis) {
        return new Timing(latency, boot, millis, logout, firstQrCode, qrCode, qrCodes);
    }

    public Timing withLogout(long millis) {
        return new Timing(latency, boot, stop, millis, firstQrCode, qrCode, qrCodes);
    }

    /** How long a session waits for a scan in all. */
    long scan() {
        return firstQrCode + qrCode * (qrCodes - 1);
    }

    /** Shows {@code codes} QR codes of {@code millis} each. */
    public Timing withQrCodes(int codes, long millis) {
        return new Timing(latency, boot, stop, logout, millis, millis, codes);
    }
}
