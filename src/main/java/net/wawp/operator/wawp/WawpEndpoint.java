package net.wawp.operator.wawp;

import io.vertx.core.net.ProxyOptions;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * How Wawp is reached.
 *
 * @param baseUrl scheme, host and perhaps port; the only address that is ever called
 * @param proxy an HTTP proxy that all calls go through; it alone resolves the name of an https address and sees nothing of the calls to it
 * @param extraRoots certificates that are trusted beside those of the Java runtime
 */
public record WawpEndpoint(URI baseUrl, Optional<ProxyOptions> proxy, List<X509Certificate> extraRoots) {

    /** Without a proxy, trusting what the Java runtime trusts. */
    public static WawpEndpoint direct(URI baseUrl) {
        return new WawpEndpoint(baseUrl, Optional.empty(), List.of());
    }
}
