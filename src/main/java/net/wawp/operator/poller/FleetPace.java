package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;

/**
 * Keeps all calls together at no more than 1.2 times the normal rate, one poll per session and interval, by making turns wait. Confined to
 * the event loop.
 *
 * <p>What somebody waits for never waits here. It is counted, and the turns after it pay: routine polls, and the fast ones of sessions that
 * start. They keep a share of the rate meanwhile, so that each session is still polled.
 */
final class FleetPace {

    /** Calls a second that are always allowed: few sessions are no load. */
    static final double FLOOR = 100;

    private static final double MOST = 1.2;
    /** The share of turns while others are paid for. */
    private static final double KEPT_SHARE = 0.42;

    /** A requested poll mostly follows a command, which followed the session's first poll. */
    private static final int CALLS_OF_REQUEST = 3;

    /** Rates vary from second to second. */
    private static final double SAVED_SECONDS = 3;

    /** So much of what was not paid for is remembered, in seconds of the rate: nobody's flood slows the turns for longer after its end. */
    private static final double OWED_SECONDS = 120;

    private Instant countedAt;
    private double rate = FLOOR;
    private double balance;
    private double kept;

    FleetPace(Instant now) {
        this.countedAt = now;
    }

    /**
     * Counts a turn, unless it must wait.
     *
     * @param normal calls a second
     * @return false when it must wait
     */
    boolean takesTurn(double normal, Instant now) {
        count(normal, now);
        if (balance < 1 && kept < 1) {
            return false;
        }
        kept = Math.max(0, kept - 1);
        balance--;
        return true;
    }

    /** A turn called nothing, since a limit held it back or another poll serves for it: it does not count. */
    void turnCalledNothing() {
        kept++;
        balance++;
    }

    /** Counts a requested poll, and the command before it. The first poll of a session is counted only with these. */
    void requested() {
        balance = Math.max(balance - CALLS_OF_REQUEST, -rate * OWED_SECONDS);
    }

    private void count(double normal, Instant now) {
        double elapsed = Duration.between(countedAt, now).toNanos() / 1e9;
        countedAt = now;
        rate = Math.max(FLOOR, normal * MOST);
        double keptRate = Math.max(FLOOR, normal * KEPT_SHARE);
        balance = Math.min(rate * SAVED_SECONDS, balance + rate * elapsed);
        kept = Math.min(keptRate, kept + keptRate * elapsed);
    }
}
