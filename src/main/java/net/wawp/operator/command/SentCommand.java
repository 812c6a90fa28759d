package net.wawp.operator.command;

import java.time.Instant;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.policy.SessionPolicy;

/**
 * The last command in the lane of an instance.
 *
 * @param uid of the resource that announced it
 * @param intent as it was announced
 * @param sentAt when the lane took it
 */
public record SentCommand(String uid, LastAction intent, Instant sentAt, CommandReport report) {

    /** Whether the command is in flight, or ended so recently that its effect may not show yet, whichever resource asks. */
    public boolean isRecent(Instant now) {
        return report.isPending()
                || report.settledAt()
                        .filter(at -> now.isBefore(at.plus(SessionPolicy.EFFECT_WINDOW)))
                        .isPresent();
    }

    SentCommand settled(CommandReport.Outcome outcome) {
        return new SentCommand(uid, intent, sentAt, new CommandReport(report.id(), report.action(), outcome));
    }
}
