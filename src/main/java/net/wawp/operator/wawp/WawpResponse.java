package net.wawp.operator.wawp;

import net.wawp.operator.session.Failure;
import net.wawp.operator.session.SessionInfo;

/** What came of a call to Wawp. */
public sealed interface WawpResponse {

    /** A 2xx answer that names a state. */
    record Success(SessionInfo info) implements WawpResponse {}

    /** Anything else, calls that were never sent included. */
    record Refused(Failure failure) implements WawpResponse {}
}
