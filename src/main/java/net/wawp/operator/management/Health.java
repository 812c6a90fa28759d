package net.wawp.operator.management;

/**
 * The answer to a probe.
 *
 * @param reason one line for the person who reads the probe's answer
 */
public record Health(boolean isGood, String reason) {

    public static Health good(String reason) {
        return new Health(true, reason);
    }

    public static Health bad(String reason) {
        return new Health(false, reason);
    }

    /** This one when it is bad, the other otherwise: the first failureStreak is the one that is told of. */
    public Health and(Health other) {
        return isGood ? other : this;
    }
}
