package net.wawp.operator.config;

import static net.wawp.operator.config.Parsers.duration;
import static net.wawp.operator.config.Parsers.wholeNumber;
import static net.wawp.operator.config.Parsers.word;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Every environment variable that the operator reads. {@code --help} and the documents show this list. */
public final class Settings {

    static final Setting<URI> BASE_URL = Setting.of(
            "WAWP_BASE_URL",
            "https://api.wawp.net",
            Parsers::origin,
            "Origin of the API: scheme, host and optional port; plain http only to a loopback address without a proxy, or with"
                    + " WAWP_ALLOW_HTTP");
    static final Setting<Boolean> ALLOW_HTTP = Setting.of(
            "WAWP_ALLOW_HTTP",
            "false",
            Parsers::flag,
            "true allows plain http to any host in WAWP_BASE_URL, also through WAWP_PROXY_URL; access tokens then cross the network"
                    + " unencrypted");
    static final Setting<CredentialsStyle> CREDENTIALS_STYLE = Setting.of(
            "WAWP_CREDENTIALS_STYLE",
            "Body",
            word(CredentialsStyle.class),
            "Where a call carries instance id and access token: Body (JSON) or Query (for gateways that require it; tokens end up in"
                    + " their access logs)");
    // always below SessionPolicy.MAX_OBSERVATION_AGE: a poll that takes longer is too old to act on when it ends
    static final Setting<Duration> REQUEST_TIMEOUT = Setting.of(
            "WAWP_REQUEST_TIMEOUT",
            "10s",
            duration(Duration.ofMillis(100), Duration.ofSeconds(25)),
            "Timeout of one call to Wawp, connection included; 100ms to 25s");
    static final Setting<Optional<ProxyAddress>> PROXY_URL = Setting.ofSecret(
            "WAWP_PROXY_URL",
            "no proxy",
            Parsers::proxy,
            "HTTP proxy for the calls to Wawp alone: http://host:port or http://user:password@host:port; user and password are never"
                    + " logged");
    static final Setting<List<X509Certificate>> CA_FILE = Setting.ofAbsent(
            "WAWP_CA_FILE",
            "none",
            Parsers::certificates,
            "File of PEM certificates that the operator trusts for Wawp, beside those of the Java runtime; read once, at the start");
    static final Setting<Duration> POLL_INTERVAL = Setting.of(
            "WAWP_POLL_INTERVAL",
            "60s",
            duration(Duration.ofSeconds(5), Duration.ofHours(24)),
            "Time between two polls of a session that is as desired, for resources without spec.pollInterval; 5s to 24h");
    static final Setting<Integer> MAX_CALLS_PER_SECOND = Setting.of(
            "WAWP_MAX_CALLS_PER_SECOND",
            "500",
            wholeNumber(1, 100_000),
            "Limit of calls to Wawp per second and access token; commands, first polls and polls after an edit count but"
                    + " never wait for it; 1 to 100000");
    static final Setting<Integer> MAX_CONCURRENT_POLLS = Setting.of(
            "WAWP_MAX_CONCURRENT_POLLS",
            "512",
            wholeNumber(1, 10_000),
            "Limit of routine polls in flight together, and of requested ones beside them; 1 to 10000");
    static final Setting<List<String>> WATCH_NAMESPACES = Setting.ofAbsent(
            "WAWP_WATCH_NAMESPACES",
            "empty: all",
            Parsers::namespaces,
            "Namespaces that the operator watches, separated by commas");
    static final Setting<Optional<String>> SHARD = Setting.ofAbsent(
            "WAWP_SHARD",
            "no shard",
            Parsers::optionalShard,
            "Name of this operator's shard: it serves the resources whose label wawp.net/shard is this name, and its Lease is"
                    + " wawp-operator-NAME; without a shard it serves those that lack the label");
    static final Setting<Boolean> SHARD_REQUIRED = Setting.of(
            "WAWP_SHARD_REQUIRED",
            "false",
            Parsers::flag,
            "true stops the start where WAWP_SHARD is missing, so that a lost name does not make it the operator without a shard");
    static final Setting<LabelSelector> WATCH_SELECTOR = Setting.ofAbsent(
            "WAWP_WATCH_SELECTOR",
            "by the shard alone",
            LabelSelector::parse,
            "Label selector of the resources that the operator serves, such as tier=gold,!legacy; what WAWP_SHARD selects is narrowed by"
                    + " it");
    static final Setting<Boolean> INSTANCE_CLAIMS = Setting.of(
            "WAWP_INSTANCE_CLAIMS",
            "false",
            Parsers::flag,
            "true claims an instance by a Lease before each call that changes it, so that resources of two shards do not both act on it");
    static final Setting<Boolean> LEADER_ELECTION = Setting.of(
            "WAWP_LEADER_ELECTION",
            "true",
            Parsers::flag,
            "Replicas elect the one that acts; false only for a process that runs alone");
    static final Setting<Optional<String>> LEASE_NAMESPACE = Setting.ofAbsent(
            "WAWP_LEASE_NAMESPACE",
            "the pod's namespace",
            Parsers::optionalNamespace,
            "Namespace of the Lease; required outside a cluster, unless leader election is off");
    static final Setting<Duration> LEASE_DURATION = Setting.of(
            "WAWP_LEASE_DURATION",
            "15s",
            Parsers::wholeSeconds,
            "Time after its last renewal in which no other replica may take the Lease; whole seconds, 2s to 10m");
    static final Setting<Duration> LEASE_RENEW_DEADLINE = Setting.of(
            "WAWP_LEASE_RENEW_DEADLINE",
            "10s",
            duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
            "Time after its last renewal in which the leader still acts; shorter than WAWP_LEASE_DURATION by 1s or more");
    static final Setting<Duration> LEASE_RETRY_PERIOD = Setting.of(
            "WAWP_LEASE_RETRY_PERIOD",
            "2s",
            duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            "Time between two attempts to renew or take the Lease; at most half of WAWP_LEASE_RENEW_DEADLINE");
    static final Setting<Integer> HTTP_PORT = Setting.of(
            "WAWP_HTTP_PORT",
            "8080",
            Parsers::port,
            "Port of /livez, /readyz and /metrics; 0 takes a free one and logs it");
    static final Setting<Boolean> SESSION_METRICS = Setting.of(
            "WAWP_SESSION_METRICS",
            "true",
            Parsers::flag,
            "true serves metrics for each resource; false serves only sums, which suits very many resources");
    static final Setting<LogFormat> LOG_FORMAT = Setting.of(
            "WAWP_LOG_FORMAT",
            "json",
            word(LogFormat.class),
            "Form of the log lines: json for machines, text for people");
    static final Setting<LogLevel> LOG_LEVEL = Setting.of(
            "WAWP_LOG_LEVEL",
            "info",
            word(LogLevel.class),
            "error, warn, info, debug or trace; no level logs headers or bodies of requests");

    /** All settings, in the order of the documents. */
    public static final List<Setting<?>> ALL = List.of(
            BASE_URL,
            ALLOW_HTTP,
            CREDENTIALS_STYLE,
            REQUEST_TIMEOUT,
            PROXY_URL,
            CA_FILE,
            POLL_INTERVAL,
            MAX_CALLS_PER_SECOND,
            MAX_CONCURRENT_POLLS,
            WATCH_NAMESPACES,
            SHARD,
            SHARD_REQUIRED,
            WATCH_SELECTOR,
            INSTANCE_CLAIMS,
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
