package net.wawp.operator.wawp;

import net.wawp.operator.session.Failure;
import net.wawp.operator.session.SessionInfo;

/** The outcome of a call to Wawp. */
public sealed interface WawpResponse {

    /** A 2xx answer with a session state. */
    record Success(SessionInfo info) implements WawpResponse {}

    /**
     * Anything else. A failure whose delivery is {@code Withheld} was answered by the operator itself, before a byte was sent: it says nothing
     * about Wawp.
     */
    record Refused(Failure failure) implements WawpResponse {}
}
