package net.wawp.operator.poller;

import java.time.Instant;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;

/**
 * A poll under way.
 *
 * @param begun before the request was sent: what the answer says was true then or later
 * @param awaited whether somebody asked for it, and is told when it has ended even if nothing changed
 */
record Poll(PolledSession session, Credentials credentials, Priority urgency, Instant begun, boolean awaited) {}
