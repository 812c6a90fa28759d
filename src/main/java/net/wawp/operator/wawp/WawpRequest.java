package net.wawp.operator.wawp;

import net.wawp.operator.session.Action;

/**
 * One call to Wawp.
 *
 * @param priority who waits for the answer, which decides what a limit does with the call
 * @param guard asked once, after the connection is open and before the first byte is written
 */
public record WawpRequest(Operation operation, Credentials credentials, Priority priority, SendGuard guard) {

    /** A poll: it reads the state of the session and changes nothing, so nobody has to be asked again. */
    public static WawpRequest info(Credentials credentials, Priority priority) {
        return new WawpRequest(Operation.Info, credentials, priority, () -> true);
    }

    /** A call that changes the session. */
    public static WawpRequest change(Action action, Credentials credentials, SendGuard guard) {
        return new WawpRequest(Operation.of(action), credentials, Priority.Command, guard);
    }
}
