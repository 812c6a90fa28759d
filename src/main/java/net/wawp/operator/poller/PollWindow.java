package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;

/**
 * How many requested polls may be in flight together: few at first, and more while Wawp answers all of them well and about as soon as the
 * first. Halved by a refusal or a failure. Confined to the event loop.
 *
 * <p>So thousands of first polls, as after a start, come as fast as Wawp takes them. The window of a token grows by a tenth in the time of an
 * answer, so that a Wawp that allows a token only few calls a second refuses few of them before that is known. That of all tokens together
 * doubles in that time, until Wawp answers late or badly once.
 */
final class PollWindow {

    static final int FIRST = 25;

    /** However often Wawp refuses. */
    static final int LEAST = 10;

    /** For each good answer: ten full windows make the window 2.6 times as large. A thousand polls take 17 answer times. */
    private static final double GROWTH = 0.1;

    /** For each good answer, in the window of all tokens at first. */
    private static final double DOUBLING = 1;

    /** They show how fast Wawp answers when it is not busy. */
    private static final int FIRST_ANSWERS = 10;

    /** So much later than the first answers came means that Wawp is busy. */
    private static final int LATE = 3;

    /** What was known of Wawp is forgotten when no poll had to wait for so long. */
    private static final Duration MEMORY = Duration.ofSeconds(30);

    private final int most;
    private final double firstGrowth;
    private double growth;
    private double size = FIRST;
    private int firstAnswers;
    private long firstTookNanos;
    private Instant fullAt = Instant.MIN;
    private Instant shrunkAt = Instant.MIN;

    private PollWindow(int most, double firstGrowth) {
        this.most = most;
        this.firstGrowth = firstGrowth;
        this.growth = firstGrowth;
    }

    /** @param most the largest window */
    static PollWindow ofToken(int most) {
        return new PollWindow(most, GROWTH);
    }

    /** @param most the largest window */
    static PollWindow ofAll(int most) {
        return new PollWindow(most, DOUBLING);
    }

    /** Whether one more may begin. */
    boolean hasRoom(int inFlight, Instant now) {
        if (isBeginning(inFlight) && fullAt.isBefore(now.minus(MEMORY))) {
            size = FIRST;
            growth = firstGrowth;
            firstAnswers = 0;
            firstTookNanos = 0;
        }
        boolean hasRoom = inFlight < Math.min(most, (int) size);
        if (!hasRoom) {
            fullAt = now;
        }
        return hasRoom;
    }

    /** Whether so few are in flight that the window matters, and no more than the first window has room for. */
    private static boolean isBeginning(int inFlight) {
        return inFlight >= LEAST && inFlight <= FIRST;
    }

    /** Wawp answered well. */
    void answered(Instant begun, Instant now) {
        long tookNanos = Duration.between(begun, now).toNanos();
        if (firstAnswers < FIRST_ANSWERS) {
            firstAnswers++;
            firstTookNanos += tookNanos;
        }
        boolean isInTime = tookNanos <= firstTookNanos / firstAnswers * LATE;
        if (!isInTime) {
            growth = GROWTH;
        } else if (wasFullSince(begun)) {
            size = Math.min(most, size + growth);
        }
    }

    /**
     * Wawp refused for a time, or gave no answer: polls that were in flight together count as one. While none has to wait it says nothing of
     * how many Wawp takes: a few sessions that always fail must not keep the window small.
     */
    void failed(Instant begun, Instant now) {
        if (wasFullSince(begun) && !begun.isBefore(shrunkAt)) {
            shrunkAt = now;
            growth = GROWTH;
            size = Math.max(LEAST, size / 2);
        }
    }

    private boolean wasFullSince(Instant begun) {
        return !fullAt.isBefore(begun);
    }
}
