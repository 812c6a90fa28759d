package net.wawp.operator.management;

/**
 * The answer to a probe.
 *
 * @param reason one line for people
 */
public record Health(boolean isGood, String reason) {

    public static Health good(String reason) {
        return new Health(true, reason);
    }

    public static Health bad(String reason) {
        return new Health(false, reason);
    }

    /** This one where it is bad, else the other: the first problem is the one that is reported. */
    public Health and(Health other) {
        return isGood ? other : this;
    }
}
