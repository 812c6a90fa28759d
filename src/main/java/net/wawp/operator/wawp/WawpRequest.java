package net.wawp.operator.wawp;

import net.wawp.operator.session.Action;

/**
 * One call to Wawp.
 *
 * @param priority who waits for the answer, which decides what a limit does with the call
 * @param guard asked once, after the connection is open and before the first byte is written
 */
public record WawpRequest(Operation operation, Credentials credentials, Priority priority, SendGuard guard) {

    /** A poll: it reads the state of the session and changes nothing. */
    public static WawpRequest info(Credentials credentials, Priority priority, SendGuard guard) {
        return new WawpRequest(Operation.Info, credentials, priority, guard);
    }

    /** A call for a way to pair: it does not change the session, but must not be made by a process that does not lead. */
    public static WawpRequest pairing(Operation operation, Credentials credentials, SendGuard guard) {
        return new WawpRequest(operation, credentials, Priority.Prompt, guard);
    }

    /** A call that changes the session. */
    public static WawpRequest change(Action action, Credentials credentials, SendGuard guard) {
        return new WawpRequest(Operation.of(action), credentials, Priority.Command, guard);
    }
}
