package net.wawp.operator.config;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How Wawp is called.
 *
 * @param baseUrl scheme, host and, where one is given, port
 * @param requestTimeout of one call, connection included
 * @param proxy empty where the operator calls Wawp directly
 * @param extraRoots certificates that the operator trusts for Wawp, beside those of the Java runtime
 * @param maxCallsPerSecond for each access token
 * @param maxConcurrentPolls for all tokens together
 */
public record WawpSettings(
        URI baseUrl,
        CredentialsStyle credentialsStyle,
        Duration requestTimeout,
        Optional<ProxyAddress> proxy,
        List<X509Certificate> extraRoots,
        int maxCallsPerSecond,
        int maxConcurrentPolls) {}
