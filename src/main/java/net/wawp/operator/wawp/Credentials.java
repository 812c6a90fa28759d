package net.wawp.operator.wawp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names a session to Wawp and gives access to it. Neither part is ever printed: the token is a secret, and an id from a Secret may be shown
 * only after Wawp has confirmed it.
 *
 * @param accessToken belongs to an account and may serve many instances
 */
public record Credentials(String instanceId, String accessToken) {

    /** Equal for equal tokens: the key of the limits of a token. It never leaves the process. */
    public String tokenFingerprint() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(accessToken.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "Credentials[redacted]";
    }
}
