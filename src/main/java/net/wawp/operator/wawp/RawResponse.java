package net.wawp.operator.wawp;

import java.time.Instant;
import java.util.Optional;

/**
 * An HTTP answer as it came in. The content type is not part of it, as it cannot be trusted.
 *
 * @param retryAfter the header of that name
 * @param body the whole of it; absent if it was cut short, came too slowly or was too long
 * @param received when it was there
 */
record RawResponse(int status, Optional<String> retryAfter, Optional<byte[]> body, Instant received) {}
