package net.wawp.operator.pairing;

import java.time.Instant;
import java.util.Optional;

/**
 * What a person needs to link a phone. Whoever has it can link any phone, so it is never printed.
 *
 * @param link the page that shows the QR code
 * @param linkExpiresAt when that page is gone
 * @param payload what the QR code of now holds, where the mode asks for it
 */
public record PairingMaterial(String link, Instant linkExpiresAt, Optional<String> payload) {

    @Override
    public String toString() {
        return "PairingMaterial[redacted]";
    }
}
