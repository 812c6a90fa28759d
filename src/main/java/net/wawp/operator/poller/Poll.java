package net.wawp.operator.poller;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;

/**
 * A poll in flight.
 *
 * @param request the request that it serves; empty for a routine poll
 * @param begun a time before the request was sent: the answer was true then or later
 */
record Poll(PolledSession session, Credentials credentials, Optional<PollRequest> request, Instant begun) {

    Priority priority() {
        return request.map(PollRequest::priority).orElse(Priority.Routine);
    }

    boolean isPromised() {
        return request.filter(PollRequest::promised).isPresent();
    }
}
