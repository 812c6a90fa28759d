package net.wawp.operator.wawp;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The certificates that a chain may end in. */
final class TrustedRoots {

    private TrustedRoots() {}

    /** Trusts the certificates of the Java runtime and the extra ones. */
    static X509TrustManager with(List<X509Certificate> extra) {
        try {
            KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
            roots.load(null, null);
            // null stands for the store of the runtime
            for (X509Certificate root : Stream.concat(
                            Arrays.stream(trusting(null).getAcceptedIssuers()), extra.stream())
                    .toList()) {
                roots.setCertificateEntry(Integer.toString(roots.size()), root);
            }
            return trusting(roots);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("The trusted certificates of the Java runtime cannot be read", e);
        }
    }

    private static X509TrustManager trusting(KeyStore roots) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(roots);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
