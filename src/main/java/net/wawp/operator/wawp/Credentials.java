package net.wawp.operator.wawp;

/**
 * Names a session to Wawp and gives access to it. Neither part is ever printed: the token is a secret, and an id from a Secret may be shown
 * only after Wawp has confirmed it.
 *
 * @param accessToken belongs to an account and may serve many instances
 */
public record Credentials(String instanceId, String accessToken) {

    @Override
    public String toString() {
        return "Credentials[redacted]";
    }
}
