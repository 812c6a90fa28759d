package net.wawp.operator.wawp.limits;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.wawp.operator.time.Backoff;
import net.wawp.operator.wawp.Priority;

/**
 * The rate of calls that Wawp allows a token, learnt from its 429s: multiplicative decrease, additive increase. No limit before the first
 * 429. Not thread-safe.
 *
 * <p>A 429 sets the rate a little below what Wawp took lately, and nothing passes before the time that Wawp names. Calls then come at the
 * rate, commands first. The rate grows only while calls wait for it, slowly near the last limit and faster the longer no 429 comes.
 */
final class LearntRate {

    /** Of what Wawp took. */
    private static final double DECREASE = 0.95;

    /** A 429 does not take more than this share of the rate, however little was called before it. */
    private static final double MOST_DECREASE = 0.5;
    /** Calls a second, after each second. */
    private static final double INCREASE = 0.1;

    private static final double INCREASE_SHARE = 0.001;
    /** Until the second 429: a first may come before much was called, so that it says little. */
    private static final double FIRST_INCREASE_SHARE = 0.05;
    /** After so many seconds without a 429 the increase is twice as fast, then three times, and so on. */
    private static final double ACCELERATION_SECONDS = 10;

    /** Calls a second. */
    private static final double SLOWEST = 1;

    /** Wawp's answers over so many seconds tell what it takes; its own bursts are smoothed out. */
    private static final int MEASURED_SECONDS = 5;

    /** Calls that were not needed are saved up for so many seconds. */
    private static final double BURST_SECONDS = 0.2;

    private static final double SMALLEST_BURST = 3;
    private static final double KEPT_FOR_PEOPLE = 1;

    /** Commands may be ahead of the rate by what so many seconds allow; polls wait for them. */
    private static final double DEBT_SECONDS = 0.5;

    /** Calls that were held back are told to return a little faster than the rate, so that none of it is left unused. */
    private static final double RETURN_FACTOR = 1.25;

    private static final Duration RETURN_WITHIN = Duration.ofSeconds(30);

    /** Where Wawp names no time. */
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), 2, Duration.ofMinutes(5));

    /** Good answers that came within one second. */
    private record Passed(Instant second, int count) {}

    private final double configured;
    private final RandomGenerator random;

    private double rate = Double.POSITIVE_INFINITY;
    /** Calls that may go out now; below 0 where commands are ahead of the rate. */
    private double free;

    private Instant countedAt;
    private int decreases;
    private double growingSeconds;
    private boolean isWaitedFor;

    private Instant opensAt = Instant.MIN;
    private final Returns commands = new Returns();
    private final Returns polls = new Returns();
    private Instant limitedAt = Instant.MIN;
    private int limitsInARow;
    private final Deque<Passed> passed = new ArrayDeque<>();

    /** @param configured the rate that is set for the token, in calls a second: held back calls return no faster than it allows */
    LearntRate(double configured, RandomGenerator random, Instant now) {
        this.configured = configured;
        this.random = random;
        this.countedAt = now;
    }

    /** In calls a second; infinite while no limit is known. */
    double rate() {
        return rate;
    }

    /** If the call must be held back: when it may be tried again. Each such call gets a time of its own. */
    Optional<Instant> heldBackUntil(Priority priority, Instant now) {
        if (!isLimited() && !now.isBefore(opensAt)) {
            return Optional.empty();
        }
        count(now);
        if (!now.isBefore(opensAt) && free >= needed(priority)) {
            return Optional.empty();
        }
        isWaitedFor = true;
        Instant first = opensAt.isAfter(now) ? opensAt : now;
        return Optional.of(next(priority, first));
    }

    private Instant next(Priority priority, Instant first) {
        return switch (priority) {
            case Command -> commands.next(first);
            case Requested, Prompt, Routine -> polls.next(first);
        };
    }

    /** A call goes out. */
    void sent(Instant now) {
        if (isLimited()) {
            count(now);
            free--;
        }
    }

    /**
     * Takes in a 429.
     *
     * @param priority of the call that it answers
     * @param named the time that the answer names
     * @param sent when the call was sent: calls that were in flight together count as one
     * @return when this call may be tried again
     */
    Instant limited(Priority priority, Optional<Instant> named, Instant sent, Instant now) {
        if (sent.isAfter(limitedAt)) {
            limitsInARow++;
            limitedAt = now;
            decrease(now);
        }
        Instant until = named.orElseGet(() -> now.plus(BACKOFF.withJitter(limitsInARow, random)));
        if (until.isAfter(opensAt)) {
            opensAt = until;
        }
        return next(priority, opensAt);
    }

    /** Wawp took a call. */
    void passed(Instant now) {
        limitsInARow = 0;
        Passed last = passed.peekLast();
        if (last != null && now.isBefore(last.second().plusSeconds(1))) {
            passed.removeLast();
            passed.add(new Passed(last.second(), last.count() + 1));
        } else {
            passed.add(new Passed(now, 1));
        }
        forgetPassedBefore(now.minusSeconds(MEASURED_SECONDS));
    }

    /** When a poll that is held back may be tried again: a time of its own, at {@code first} or later. */
    Instant nextPoll(Instant first) {
        return polls.next(first);
    }

    /** The times at which calls that were held back may be tried again, one after the other. No command waits behind polls. */
    private final class Returns {

        private Instant next = Instant.MIN;

        Instant next(Instant first) {
            Instant mine = next.isBefore(first) || next.isAfter(first.plus(RETURN_WITHIN)) ? first : next;
            next = mine.plusNanos((long) (1e9 / (Math.min(rate, configured) * RETURN_FACTOR)));
            return mine;
        }
    }

    private boolean isLimited() {
        return Double.isFinite(rate);
    }

    private void decrease(Instant now) {
        count(now);
        forgetPassedBefore(now.minusSeconds(MEASURED_SECONDS));
        double taken = isLimited() ? Math.min(rate, Math.max(rate * MOST_DECREASE, taken(now))) : mostTakenInASecond();
        rate = Math.max(SLOWEST, taken * DECREASE);
        free = 0;
        decreases++;
        growingSeconds = 0;
        isWaitedFor = false;
    }

    /** How many calls a second Wawp took lately. */
    private double taken(Instant now) {
        double measured =
                passed.isEmpty() ? 1 : Math.max(1, seconds(passed.peek().second(), now));
        return passed.stream().mapToInt(Passed::count).sum() / measured;
    }

    /** The load may have come just now, so that a mean would say little. */
    private int mostTakenInASecond() {
        return passed.stream().mapToInt(Passed::count).max().orElse(0);
    }

    private void forgetPassedBefore(Instant oldest) {
        while (!passed.isEmpty() && passed.peek().second().isBefore(oldest)) {
            passed.remove();
        }
    }

    /** Counts what may go out by now. */
    private void count(Instant now) {
        Instant from = countedAt.isAfter(opensAt) ? countedAt : opensAt;
        if (!from.isBefore(now)) {
            return;
        }
        double elapsed = seconds(from, now);
        countedAt = now;
        if (!isLimited()) {
            return;
        }
        if (isWaitedFor) {
            grow(Math.min(1, elapsed));
            isWaitedFor = false;
        }
        free = Math.min(burst(), free + elapsed * rate);
    }

    private void grow(double seconds) {
        growingSeconds += seconds;
        double acceleration = 1 + growingSeconds / ACCELERATION_SECONDS;
        double step = Math.max(INCREASE, rate * INCREASE_SHARE) * acceleration;
        rate += (decreases > 1 ? step : Math.max(step, rate * FIRST_INCREASE_SHARE)) * seconds;
    }

    private double needed(Priority priority) {
        return switch (priority) {
            case Command -> 1 - DEBT_SECONDS * rate;
            case Requested -> 1;
            case Prompt -> 1 + KEPT_FOR_PEOPLE;
            case Routine -> 1 + burst() / 2;
        };
    }

    private double burst() {
        return Math.max(SMALLEST_BURST, BURST_SECONDS * rate);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
