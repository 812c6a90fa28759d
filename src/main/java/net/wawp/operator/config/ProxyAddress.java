package net.wawp.operator.config;

import java.util.Optional;

/**
 * An HTTP proxy.
 *
 * @param login empty where the proxy asks for none
 */
public record ProxyAddress(String host, int port, Optional<Login> login) {

    /** User and password for the proxy (Basic authentication). Its text form holds neither. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[redacted]";
        }
    }
}
