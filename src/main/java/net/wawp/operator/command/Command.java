package net.wawp.operator.command;

import net.wawp.operator.session.Action;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.SendGuard;

/**
 * A changing call that was announced in the status of a resource, and is to be sent.
 *
 * @param uid of the resource
 * @param id of the intent in the status
 * @param guard decides whether the call may still be sent: before the confirmation, while it is awaited, and in the last moment
 * @param confirmation asked before the call
 */
public record Command(
        String uid, Credentials credentials, Action action, String id, SendGuard guard, Confirmation confirmation) {

    @Override
    public String toString() {
        return action + " " + id + " for resource " + uid;
    }
}
