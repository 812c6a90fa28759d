package net.wawp.operator.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.time.GoDuration;

/** The parsers of the settings. */
final class Parsers {

    // RFC 1123 label: the form of a namespace's name
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private static final String NAMESPACE_FORM = "lower-case letters, digits and hyphens, at most 63 characters";

    // nine digits fit into an int
    private static final Pattern WHOLE_NUMBER = Pattern.compile("\\d{1,9}");

    private static final Pattern SCHEME = Pattern.compile("https?", Pattern.CASE_INSENSITIVE);

    private static final int MAX_PORT = 65_535;

    private static final String PROXY_FORM =
            "http://host:port or http://user:password@host:port, special characters of user and password percent-encoded";

    private static final String CERTIFICATES_FORM = "must name a file of PEM certificates";

    private Parsers() {}

    static boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    static Setting.Parser<Integer> wholeNumber(int least, int most) {
        return text -> {
            int number = WHOLE_NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
            if (number < least || number > most) {
                throw new IllegalArgumentException("must be a whole number from %d to %d".formatted(least, most));
            }
            return number;
        };
    }

    static int port(String text) {
        if (text.contains("://")) {
            throw new IllegalArgumentException(
                    "must be a whole number from 0 to 65535; Kubernetes seems to have set this variable for a Service of that name: set"
                            + " enableServiceLinks: false in the pod");
        }
        return wholeNumber(0, MAX_PORT).parse(text);
    }

    static Setting.Parser<Duration> duration(Duration least, Duration most) {
        return text -> {
            Duration duration = GoDuration.parse(text);
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        "must be from %s to %s".formatted(GoDuration.format(least), GoDuration.format(most)));
            }
            return duration;
        };
    }

    static Duration wholeSeconds(String text) {
        Duration duration =
                duration(Duration.ofSeconds(2), Duration.ofMinutes(10)).parse(text);
        if (duration.getNano() != 0) {
            throw new IllegalArgumentException("must be whole seconds, as a Lease has them");
        }
        return duration;
    }

    static <E extends Enum<E>> Setting.Parser<E> word(Class<E> words) {
        return text -> Stream.of(words.getEnumConstants())
                .filter(word -> word.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of "
                        + Stream.of(words.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "))));
    }

    static List<String> namespaces(String text) {
        List<String> names = Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .map(name -> namespace(name, "must name namespaces: " + NAMESPACE_FORM + ", separated by commas"))
                .distinct()
                .sorted()
                .toList();
        // a template makes it of names that are missing: to watch all would be more than was meant
        if (names.isEmpty() && !text.isEmpty()) {
            throw new IllegalArgumentException("must name at least one namespace, or be empty to watch all");
        }
        return names;
    }

    static Optional<String> optionalNamespace(String text) {
        return Optional.of(text)
                .filter(name -> !name.isEmpty())
                .map(name -> namespace(name, "must name a namespace: " + NAMESPACE_FORM));
    }

    static Optional<String> optionalShard(String text) {
        if (!text.isEmpty() && !NAMESPACE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must name a shard, which is a label's value and part of the Lease's name: " + NAMESPACE_FORM);
        }
        return Optional.of(text).filter(name -> !name.isEmpty());
    }

    private static String namespace(String name, String whatIsRight) {
        if (!NAMESPACE.matcher(name).matches()) {
            throw new IllegalArgumentException(whatIsRight);
        }
        return name;
    }

    static URI origin(String text) {
        try {
            URI uri = new URI(text);
            if (isOrigin(uri)) {
                String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
                return new URI(scheme, null, uri.getHost(), uri.getPort(), null, null, null);
            }
        } catch (URISyntaxException e) {
            // reported below; this exception quotes the text, which may hold a password
        }
        throw new IllegalArgumentException(
                "must be an origin such as https://api.wawp.net: scheme http or https, host, optionally a port, and nothing else");
    }

    static Optional<ProxyAddress> proxy(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // this exception quotes the text, which may hold a password
            throw new IllegalArgumentException("must be a URL: " + PROXY_FORM);
        }
        if (!"http".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "must begin with http://: the operator reaches the proxy without TLS, and Wawp through it with TLS: "
                            + PROXY_FORM);
        }
        if (uri.getHost() == null || uri.getPort() < 1 || uri.getPort() > MAX_PORT) {
            throw new IllegalArgumentException("must name a host and a port: " + PROXY_FORM);
        }
        if (!hasNothingBehindItsPort(uri)) {
            throw new IllegalArgumentException("must have nothing after host and port: " + PROXY_FORM);
        }
        Optional<ProxyAddress.Login> login = Optional.ofNullable(uri.getUserInfo())
                .map(userInfo -> {
                    int colon = userInfo.indexOf(':');
                    return colon < 0
                            ? new ProxyAddress.Login(userInfo, "")
                            : new ProxyAddress.Login(userInfo.substring(0, colon), userInfo.substring(colon + 1));
                });
        return Optional.of(new ProxyAddress(uri.getHost(), uri.getPort(), login));
    }

    static List<X509Certificate> certificates(String file) {
        if (file.isEmpty()) {
            return List.of();
        }
        try {
            InputStream pem = new ByteArrayInputStream(Files.readAllBytes(Path.of(file)));
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException(CERTIFICATES_FORM + "; this one holds no certificate");
            }
            return certificates;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    CERTIFICATES_FORM + "; this one does not exist: mount the ConfigMap or Secret, with this key");
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(CERTIFICATES_FORM + "; this one cannot be read");
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    CERTIFICATES_FORM + "; this one is damaged, or holds something other than certificates");
        }
    }

    private static boolean hasNothingBehindItsPort(URI uri) {
        return List.of("", "/").contains(uri.getRawPath()) && uri.getRawQuery() == null && uri.getRawFragment() == null;
    }

    private static boolean isOrigin(URI uri) {
        return uri.isAbsolute()
                && uri.getHost() != null
                && SCHEME.matcher(uri.getScheme()).matches()
                && uri.getRawUserInfo() == null
                && uri.getPort() != 0
                && uri.getPort() <= MAX_PORT
                && hasNothingBehindItsPort(uri);
    }
}
