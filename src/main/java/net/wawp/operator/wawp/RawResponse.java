package net.wawp.operator.wawp;

import java.time.Instant;
import java.util.Optional;

/**
 * An HTTP answer before it is parsed. It has no content type, since Wawp's cannot be trusted.
 *
 * @param notBefore the earliest time of the next call, where the header {@code Retry-After} names one
 * @param body the whole body; empty if it was cut short, too slow or too long
 */
record RawResponse(int status, Optional<Instant> notBefore, Optional<byte[]> body) {}
