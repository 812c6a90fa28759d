package net.wawp.operator.wawp;

import java.time.Instant;
import java.util.Optional;

/**
 * An HTTP answer before it is parsed. It has no content type, since Wawp's cannot be trusted.
 *
 * @param retryAfter the header of that name
 * @param body the whole body; empty if it was cut short, too slow or too long
 * @param received when the call ended
 */
record RawResponse(int status, Optional<String> retryAfter, Optional<byte[]> body, Instant received) {}
