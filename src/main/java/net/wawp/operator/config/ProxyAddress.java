package net.wawp.operator.config;

import java.util.Optional;

/**
 * An HTTP proxy.
 *
 * @param login empty where the proxy serves everybody
 */
public record ProxyAddress(String host, int port, Optional<Login> login) {

    /** By what the proxy knows its users (Basic authentication); does not print itself. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[redacted]";
        }
    }
}
