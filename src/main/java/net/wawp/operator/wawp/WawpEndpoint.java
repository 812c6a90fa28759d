package net.wawp.operator.wawp;

import io.vertx.core.net.ProxyOptions;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * The address of Wawp and the way to it.
 *
 * @param baseUrl scheme, host and optional port; the only address that is called
 * @param proxy an HTTP proxy for all calls; it resolves the name of an https address and cannot read the calls to it
 * @param extraRoots certificates that are trusted in addition to those of the Java runtime
 */
public record WawpEndpoint(URI baseUrl, Optional<ProxyOptions> proxy, List<X509Certificate> extraRoots) {

    /** No proxy and no extra certificates. */
    public static WawpEndpoint direct(URI baseUrl) {
        return new WawpEndpoint(baseUrl, Optional.empty(), List.of());
    }
}
