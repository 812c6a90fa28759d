package net.wawp.operator.command;

import java.time.Instant;
import net.wawp.operator.session.CommandReport;

/**
 * The last command in the lane of an instance.
 *
 * @param uid of the resource that announced it
 * @param sentAt when the lane took it
 */
public record SentCommand(String uid, Instant sentAt, CommandReport report) {}
