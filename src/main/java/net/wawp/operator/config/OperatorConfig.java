package net.wawp.operator.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import net.wawp.operator.config.LabelSelector.Requirement;
import net.wawp.operator.time.GoDuration;

/**
 * All settings of the operator, validated. {@link Settings} says what each means.
 *
 * @param pollInterval for resources that name none
 * @param watchNamespaces sorted; empty for all
 * @param shard empty for the operator without a shard
 * @param watchSelector selects the resources by their labels, as the API server takes it; those of two shards have none in common
 * @param claimNamespace of the Leases by which instances are claimed; empty where they are not
 * @param lease empty where leader election is off
 */
public record OperatorConfig(
        WawpSettings wawp,
        Duration pollInterval,
        List<String> watchNamespaces,
        Optional<String> shard,
        String watchSelector,
        Optional<String> claimNamespace,
        Optional<LeaseSettings> lease,
        int httpPort,
        boolean sessionMetrics,
        LogSettings log) {

    // a name is not resolved here: its address may change between this check and the call
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1\\]");
    private static final Duration LEAST_LEASE_MARGIN = Duration.ofSeconds(1);

    private static final String LEASE = "wawp-operator";

    /** The label of a resource that names the shard which serves it. */
    public static final String SHARD_LABEL = "wawp.net/shard";

    /**
     * Reads the settings from environment variables.
     *
     * @param podNamespace the namespace that this process runs in; empty outside a cluster
     * @throws InvalidConfigurationException if any setting is bad; it names every one of them
     */
    public static OperatorConfig from(Map<String, String> variables, Optional<String> podNamespace) {
        Environment environment = new Environment(variables);
        Optional<String> shard = shard(environment);
        Optional<String> leaseNamespace =
                environment.read(Settings.LEASE_NAMESPACE).or(() -> podNamespace);
        OperatorConfig config = new OperatorConfig(
                wawp(environment),
                environment.read(Settings.POLL_INTERVAL),
                environment.read(Settings.WATCH_NAMESPACES),
                shard,
                watchSelector(environment, shard),
                claimNamespace(environment, leaseNamespace),
                lease(environment, leaseNamespace, shard),
                environment.read(Settings.HTTP_PORT),
                environment.read(Settings.SESSION_METRICS),
                new LogSettings(environment.read(Settings.LOG_FORMAT), environment.read(Settings.LOG_LEVEL)));
        environment.requireNoProblems();
        return config;
    }

    private static WawpSettings wawp(Environment environment) {
        Optional<ProxyAddress> proxy = environment.read(Settings.PROXY_URL);
        return new WawpSettings(
                baseUrl(environment, proxy),
                environment.read(Settings.CREDENTIALS_STYLE),
                environment.read(Settings.REQUEST_TIMEOUT),
                proxy,
                environment.read(Settings.CA_FILE),
                environment.read(Settings.MAX_CALLS_PER_SECOND),
                environment.read(Settings.MAX_CONCURRENT_POLLS));
    }

    private static URI baseUrl(Environment environment, Optional<ProxyAddress> proxy) {
        URI baseUrl = environment.read(Settings.BASE_URL);
        boolean isAllowed =
                environment.read(Settings.ALLOW_HTTP) || baseUrl.getScheme().equals("https");
        boolean isLoopback =
                LOOPBACK.matcher(baseUrl.getHost().toLowerCase(Locale.ROOT)).matches();
        if (!isAllowed && !isLoopback) {
            environment.reject(
                    Settings.BASE_URL,
                    "must be https, or http to a loopback address; to send access tokens unencrypted, set "
                            + Settings.ALLOW_HTTP.variable() + "=true",
                    Settings.ALLOW_HTTP);
        } else if (!isAllowed && proxy.isPresent()) {
            // the proxy gets the calls to every address, those to a loopback address too
            environment.reject(
                    Settings.BASE_URL,
                    "must be https while %1$s is set; unset %1$s, or set %2$s=true to send access tokens unencrypted to the proxy"
                            .formatted(Settings.PROXY_URL.variable(), Settings.ALLOW_HTTP.variable()),
                    Settings.ALLOW_HTTP);
        }
        return baseUrl;
    }

    private static Optional<String> shard(Environment environment) {
        Optional<String> shard = environment.read(Settings.SHARD);
        if (environment.read(Settings.SHARD_REQUIRED) && shard.isEmpty()) {
            environment.reject(
                    Settings.SHARD,
                    "must name a shard, since %s is true; without one this operator would serve the resources without the label %s"
                            .formatted(Settings.SHARD_REQUIRED.variable(), SHARD_LABEL),
                    Settings.SHARD_REQUIRED);
        }
        return shard;
    }

    /** Selects the resources that belong to other shards. */
    public String otherShards() {
        return shard.map(name -> SHARD_LABEL + "!=" + name).orElse(SHARD_LABEL);
    }

    /** The label of the shard is always part of it: operators of different shards have no resource in common, whatever else they select. */
    private static String watchSelector(Environment environment, Optional<String> shard) {
        LabelSelector wanted = environment.read(Settings.WATCH_SELECTOR);
        Requirement own = shard.map(name -> Requirement.hasValue(SHARD_LABEL, name))
                .orElseGet(() -> Requirement.isAbsent(SHARD_LABEL));
        boolean namesAnother =
                wanted.requirements().stream().anyMatch(other -> other.key().equals(SHARD_LABEL) && !other.equals(own));
        if (namesAnother) {
            environment.reject(
                    Settings.WATCH_SELECTOR,
                    "must not contradict %s, which selects %s: name the shard there, since it names the Lease too"
                            .formatted(Settings.SHARD.variable(), own.text()),
                    Settings.SHARD);
        }
        return wanted.and(own).toString();
    }

    private static Optional<String> claimNamespace(Environment environment, Optional<String> leaseNamespace) {
        if (!environment.read(Settings.INSTANCE_CLAIMS)) {
            return Optional.empty();
        }
        if (leaseNamespace.isEmpty()) {
            environment.reject(
                    Settings.INSTANCE_CLAIMS,
                    "must be false outside a cluster, unless %s names a namespace for the Leases"
                            .formatted(Settings.LEASE_NAMESPACE.variable()),
                    Settings.LEASE_NAMESPACE);
        }
        return leaseNamespace;
    }

    private static Optional<LeaseSettings> lease(
            Environment environment, Optional<String> leaseNamespace, Optional<String> shard) {
        boolean isElected = environment.read(Settings.LEADER_ELECTION);
        Duration duration = environment.read(Settings.LEASE_DURATION);
        Duration renewDeadline = environment.read(Settings.LEASE_RENEW_DEADLINE);
        Duration retryPeriod = environment.read(Settings.LEASE_RETRY_PERIOD);
        if (!isElected) {
            return Optional.empty();
        }
        if (leaseNamespace.isEmpty()) {
            environment.reject(
                    Settings.LEASE_NAMESPACE,
                    "must name a namespace for the Lease outside a cluster; for a process that runs alone, set "
                            + Settings.LEADER_ELECTION.variable() + "=false instead",
                    Settings.LEADER_ELECTION);
        }
        if (renewDeadline.plus(LEAST_LEASE_MARGIN).compareTo(duration) > 0) {
            environment.reject(
                    Settings.LEASE_RENEW_DEADLINE,
                    "must be shorter than %s, %s, by %s or more"
                            .formatted(
                                    Settings.LEASE_DURATION.variable(),
                                    GoDuration.format(duration),
                                    GoDuration.format(LEAST_LEASE_MARGIN)),
                    Settings.LEASE_DURATION,
                    Settings.LEADER_ELECTION);
        }
        if (retryPeriod.multipliedBy(2).compareTo(renewDeadline) > 0) {
            environment.reject(
                    Settings.LEASE_RETRY_PERIOD,
                    "must be at most half of %s, %s"
                            .formatted(Settings.LEASE_RENEW_DEADLINE.variable(), GoDuration.format(renewDeadline)),
                    Settings.LEASE_RENEW_DEADLINE,
                    Settings.LEADER_ELECTION);
        }
        String lease = shard.map(name -> LEASE + "-" + name).orElse(LEASE);
        return leaseNamespace.map(name -> new LeaseSettings(name, lease, duration, renewDeadline, retryPeriod));
    }
}
