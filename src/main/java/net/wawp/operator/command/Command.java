package net.wawp.operator.command;

import net.wawp.operator.session.LastAction;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.SendGuard;

/**
 * A changing call that was announced in the status of a resource, and is to be sent.
 *
 * @param uid of the resource
 * @param intent as it stands in the status
 * @param guard decides whether the call may still be sent: before the confirmation, while it is awaited, and in the last moment
 * @param confirmation asked before the call
 */
public record Command(
        String uid, Credentials credentials, LastAction intent, SendGuard guard, Confirmation confirmation) {

    /** Without the credentials, whose instance id may come from a Secret. */
    @Override
    public String toString() {
        return intent.type() + " " + intent.id() + " for resource " + uid;
    }
}
