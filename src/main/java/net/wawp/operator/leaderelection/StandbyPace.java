package net.wawp.operator.leaderelection;

import java.time.Duration;

/**
 * When a replica that stands by reads the Lease again: just after the leader should have renewed it, so that it sees each renewal early and
 * waits no longer than it must after the last one, and in the moment in which the Lease ends. Of two that take the Lease then, the API server
 * refuses one.
 */
final class StandbyPace {

    /** The share of the retry period that a renewal may take. */
    private static final int MARGIN_SHARE = 20;

    private StandbyPace() {}

    /**
     * @param retryPeriod of the leader and of this replica
     * @param left until the Lease ends, by the clock of this process
     * @param age since the renewal, by the wall clocks of both; where these differ, the moment is no better than another
     * @return more than zero, and at most the retry period
     */
    static Duration untilNextRead(Duration retryPeriod, Duration left, Duration age) {
        Duration margin = retryPeriod.dividedBy(MARGIN_SHARE);
        // first without whole periods: a foreign Lease may name any year
        Duration sincePeriod = age.minus(retryPeriod.multipliedBy(age.dividedBy(retryPeriod)));
        long untilRenewed = Math.floorMod(margin.minus(sincePeriod).toNanos(), retryPeriod.toNanos());
        Duration renewed = untilRenewed == 0 ? retryPeriod : Duration.ofNanos(untilRenewed);
        // it has ended when less than nothing is left
        Duration ended = left.plusNanos(1);
        return ended.compareTo(renewed) < 0 ? ended : renewed;
    }
}
