package net.wawp.operator.config;

import static net.wawp.operator.config.Parsers.duration;
import static net.wawp.operator.config.Parsers.wholeNumber;
import static net.wawp.operator.config.Parsers.word;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Every environment variable that the operator reads. Documents and {@code --help} are held to this list. */
public final class Settings {

    static final Setting<URI> BASE_URL = Setting.of(
            "WAWP_BASE_URL",
            "https://api.wawp.net",
            Parsers::origin,
            "Origin of the API, without path or user info; plain http only to a loopback address, or with WAWP_ALLOW_HTTP");
    static final Setting<Boolean> ALLOW_HTTP = Setting.of(
            "WAWP_ALLOW_HTTP",
            "false",
            Parsers::flag,
            "true lets WAWP_BASE_URL be plain http to any host: access tokens then cross the network unencrypted");
    static final Setting<CredentialsStyle> CREDENTIALS_STYLE = Setting.of(
            "WAWP_CREDENTIALS_STYLE",
            "Body",
            word(CredentialsStyle.class),
            "Where instance id and access token travel: Body (JSON) or Query (for gateways that want it; tokens end up in their access"
                    + " logs)");
    static final Setting<Duration> REQUEST_TIMEOUT = Setting.of(
            "WAWP_REQUEST_TIMEOUT",
            "10s",
            duration(Duration.ofMillis(100), Duration.ofSeconds(60)),
            "How long one call to Wawp may take, connection included; 100ms to 1m");
    static final Setting<Optional<ProxyAddress>> PROXY_URL = Setting.ofSecret(
            "WAWP_PROXY_URL",
            "no proxy",
            Parsers::proxy,
            "HTTP proxy for the calls to Wawp and no others, as http://host:port or http://user:password@host:port; never quoted or"
                    + " logged with its user and password");
    static final Setting<List<X509Certificate>> CA_FILE = Setting.ofAbsent(
            "WAWP_CA_FILE",
            "none",
            Parsers::certificates,
            "File of PEM certificates that are trusted for Wawp beside those of the Java runtime; read once, at the start");
    static final Setting<Duration> POLL_INTERVAL = Setting.of(
            "WAWP_POLL_INTERVAL",
            "60s",
            duration(Duration.ofSeconds(5), Duration.ofHours(24)),
            "How often a settled session is polled, for resources that name no spec.pollInterval; 5s to 24h");
    static final Setting<Integer> MAX_CALLS_PER_SECOND = Setting.of(
            "WAWP_MAX_CALLS_PER_SECOND",
            "500",
            wholeNumber(1, 100_000),
            "Most calls to Wawp in a second with one access token; 1 to 100000");
    static final Setting<Integer> MAX_LOOKS_IN_FLIGHT = Setting.of(
            "WAWP_MAX_CONCURRENT_POLLS",
            "256",
            wholeNumber(1, 10_000),
            "Most polls sessions that wait for their answer at a time; 1 to 10000");
    static final Setting<List<String>> WATCH_NAMESPACES = Setting.ofAbsent(
            "WAWP_WATCH_NAMESPACES",
            "empty: all",
            Parsers::namespaces,
            "Namespaces whose resources are served, parted by commas");
    static final Setting<Boolean> LEADER_ELECTION = Setting.of(
            "WAWP_LEADER_ELECTION",
            "true",
            Parsers::flag,
            "Replicas agree on the one that acts; false is for one process on a desk");
    static final Setting<Optional<String>> LEASE_NAMESPACE = Setting.ofAbsent(
            "WAWP_LEASE_NAMESPACE",
            "the pod's namespace",
            Parsers::optionalNamespace,
            "Where the Lease wawp-operator lives; required outside a cluster unless leader election is off");
    static final Setting<Duration> LEASE_DURATION = Setting.of(
            "WAWP_LEASE_DURATION",
            "15s",
            Parsers::wholeSeconds,
            "How long after its last renewal nobody else may take the Lease; whole seconds, 2s to 10m");
    static final Setting<Duration> LEASE_RENEW_DEADLINE = Setting.of(
            "WAWP_LEASE_RENEW_DEADLINE",
            "10s",
            duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
            "How long after its last renewal the leader still acts; shorter than WAWP_LEASE_DURATION by 1s or more");
    static final Setting<Duration> LEASE_RETRY_PERIOD = Setting.of(
            "WAWP_LEASE_RETRY_PERIOD",
            "1s",
            duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            "Pause between two attempts to renew or take the Lease; at most half of WAWP_LEASE_RENEW_DEADLINE");
    static final Setting<Integer> HTTP_PORT = Setting.of(
            "WAWP_HTTP_PORT",
            "8080",
            Parsers::port,
            "Port of /livez, /readyz and /metrics; 0 takes a free one and logs it");
    static final Setting<Boolean> SESSION_METRICS = Setting.of(
            "WAWP_SESSION_METRICS",
            "true",
            Parsers::flag,
            "Each resource has metrics of its own (see metrics.md); false for very many resources, only sums are left then");
    static final Setting<LogFormat> LOG_FORMAT =
            Setting.of("WAWP_LOG_FORMAT", "json", word(LogFormat.class), "json for machines or text for people");
    static final Setting<LogLevel> LOG_LEVEL = Setting.of(
            "WAWP_LOG_LEVEL",
            "info",
            word(LogLevel.class),
            "error, warn, info, debug or trace; bodies and headers of requests are not logged at any of them");

    /** All of them, in the order in which they are documented. */
    public static final List<Setting<?>> ALL = List.of(
            BASE_URL,
            ALLOW_HTTP,
            CREDENTIALS_STYLE,
            REQUEST_TIMEOUT,
            PROXY_URL,
            CA_FILE,
            POLL_INTERVAL,
            MAX_CALLS_PER_SECOND,
            MAX_LOOKS_IN_FLIGHT,
            WATCH_NAMESPACES,
            LEADER_ELECTION,
            LEASE_NAMESPACE,
            LEASE_DURATION,
            LEASE_RENEW_DEADLINE,
            LEASE_RETRY_PERIOD,
            HTTP_PORT,
            SESSION_METRICS,
            LOG_FORMAT,
            LOG_LEVEL);

    private Settings() {}
}
