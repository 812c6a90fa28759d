package net.wawp.operator.command;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Outcome;
import net.wawp.operator.session.CommandReport.Pending;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.time.Backoff;
import net.wawp.operator.wawp.WawpResponse;

/** The memory of the calls to one instance, and the pauses after its failures. Not thread-safe. */
final class InstanceLane {

    private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(1), 2, Duration.ofMinutes(5));

    private SentCommand last;
    private int failures;

    /** Takes a command into the empty lane. */
    InstanceLane(Command command, Instant now) {
        take(command, now);
    }

    void take(Command command, Instant now) {
        LastAction intent = command.intent();
        CommandReport report = new CommandReport(intent.id(), intent.type(), new Pending());
        last = new SentCommand(command.uid(), intent, now, report);
    }

    SentCommand last() {
        return last;
    }

    boolean isBusy() {
        return last.report().isPending();
    }

    boolean isIdleSince(Instant time) {
        return last.report().settledAt().filter(time::isAfter).isPresent();
    }

    void settle(Outcome outcome) {
        last = last.settled(outcome);
    }

    /** The outcome that this response means. */
    Outcome outcome(WawpResponse response, Instant now, RandomGenerator random) {
        if (!(response instanceof WawpResponse.Refused refused)) {
            failures = 0;
            return new CommandReport.Accepted(now);
        }
        Failure failure = refused.failure();
        int row = failures + 1;
        // what a limit of this operator held back did not fail at Wawp
        if (failure.delivery() != Failure.Delivery.Withheld) {
            failures = row;
        }
        Instant retryAt =
                switch (failure.kind()) {
                    case GatewayUnavailable, RateLimited ->
                        failure.notBefore()
                                // a limit of this operator has given it a time of its own
                                .filter(at -> failure.delivery() == Failure.Delivery.Withheld)
                                .orElseGet(() -> failure.notBefore().orElse(now).plus(PAUSES.withJitter(row, random)));
                    case RequestRejected, Unauthorized, QuotaExceeded, InstanceNotFound ->
                        now.plus(SessionPolicy.TERMINAL_RETRY);
                };
        return new CommandReport.Failed(failure, now, retryAt);
    }
}
