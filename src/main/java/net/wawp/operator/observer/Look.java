package net.wawp.operator.observer;

import java.time.Instant;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Urgency;

/**
 * A look under way.
 *
 * @param begun before the request was sent: what the answer says was true then or later
 * @param awaited whether somebody asked for it, and is told when it has ended even if nothing changed
 */
record Look(WatchedSession session, Credentials credentials, Urgency urgency, Instant begun, boolean awaited) {}
