package net.wawp.operator.wawp;

import net.wawp.operator.session.Failure;
import net.wawp.operator.session.SessionInfo;

/** The outcome of a call to Wawp. */
public sealed interface WawpResponse {

    /** A 2xx answer with a session state. */
    record Success(SessionInfo info) implements WawpResponse {}

    /**
     * A 2xx answer with the address of a page that shows the QR code. Whoever has it can link any phone: it is never printed.
     */
    record PairingLink(String url) implements WawpResponse {
        @Override
        public String toString() {
            return "PairingLink[redacted]";
        }
    }

    /** A 2xx answer with what the QR code holds. Whoever has it can link any phone: it is never printed. */
    record QrCode(String payload) implements WawpResponse {
        @Override
        public String toString() {
            return "QrCode[redacted]";
        }
    }

    /** A 2xx answer to a call that asks for nothing. */
    record Done() implements WawpResponse {}

    /**
     * Anything else. A failure whose delivery is {@code Withheld} was answered by the operator itself, before a byte was sent: it says nothing
     * about Wawp.
     */
    record Refused(Failure failure) implements WawpResponse {}
}
