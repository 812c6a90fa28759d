package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Reads a whole number, and anything else as absent: one resource with a number that does not fit must not make the whole list
 * unreadable.
 */
final class OptionalNumber {

    private static final int INTEGER_BITS = 31;
    private static final int LONG_BITS = 63;

    private OptionalNumber() {}

    static final class OfInteger extends JsonDeserializer<Integer> {
        @Override
        public Integer deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return read(parser, INTEGER_BITS).map(BigInteger::intValue).orElse(null);
        }
    }

    static final class OfLong extends JsonDeserializer<Long> {
        @Override
        public Long deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return read(parser, LONG_BITS).map(BigInteger::longValue).orElse(null);
        }
    }

    private static Optional<BigInteger> read(JsonParser parser, int bits) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            parser.skipChildren();
            return Optional.empty();
        }
        return Optional.of(parser.getBigIntegerValue()).filter(number -> number.bitLength() <= bits);
    }
}
