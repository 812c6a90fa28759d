package net.wawp.operator.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import net.wawp.operator.time.GoDuration;

/**
 * All settings of the operator, validated. {@link Settings} says what each means.
 *
 * @param pollInterval for resources that name none
 * @param watchNamespaces sorted; empty for all
 * @param lease empty where leader election is off
 */
public record OperatorConfig(
        WawpSettings wawp,
        Duration pollInterval,
        List<String> watchNamespaces,
        Optional<LeaseSettings> lease,
        int httpPort,
        boolean sessionMetrics,
        LogSettings log) {

    // a name is not resolved here: its address may change between this check and the call
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1\\]");
    private static final Duration LEAST_LEASE_MARGIN = Duration.ofSeconds(1);

    /**
     * Reads the settings from environment variables.
     *
     * @param podNamespace the namespace that this process runs in; empty outside a cluster
     * @throws InvalidConfigurationException if any setting is bad; it names every one of them
     */
    public static OperatorConfig from(Map<String, String> variables, Optional<String> podNamespace) {
        Environment environment = new Environment(variables);
        OperatorConfig config = new OperatorConfig(
                wawp(environment),
                environment.read(Settings.POLL_INTERVAL),
                environment.read(Settings.WATCH_NAMESPACES),
                lease(environment, podNamespace),
                environment.read(Settings.HTTP_PORT),
                environment.read(Settings.SESSION_METRICS),
                new LogSettings(environment.read(Settings.LOG_FORMAT), environment.read(Settings.LOG_LEVEL)));
        environment.requireNoProblems();
        return config;
    }

    private static WawpSettings wawp(Environment environment) {
        return new WawpSettings(
                baseUrl(environment),
                environment.read(Settings.CREDENTIALS_STYLE),
                environment.read(Settings.REQUEST_TIMEOUT),
                environment.read(Settings.PROXY_URL),
                environment.read(Settings.CA_FILE),
                environment.read(Settings.MAX_CALLS_PER_SECOND),
                environment.read(Settings.MAX_CONCURRENT_POLLS));
    }

    private static URI baseUrl(Environment environment) {
        URI baseUrl = environment.read(Settings.BASE_URL);
        boolean isAllowed = environment.read(Settings.ALLOW_HTTP)
                || baseUrl.getScheme().equals("https")
                || LOOPBACK.matcher(baseUrl.getHost().toLowerCase(Locale.ROOT)).matches();
        if (!isAllowed) {
            environment.reject(
                    Settings.BASE_URL,
                    "must be https, or http to a loopback address; to send access tokens unencrypted, set "
                            + Settings.ALLOW_HTTP.variable() + "=true");
        }
        return baseUrl;
    }

    private static Optional<LeaseSettings> lease(Environment environment, Optional<String> podNamespace) {
        boolean isElected = environment.read(Settings.LEADER_ELECTION);
        Optional<String> namespace = environment.read(Settings.LEASE_NAMESPACE).or(() -> podNamespace);
        Duration duration = environment.read(Settings.LEASE_DURATION);
        Duration renewDeadline = environment.read(Settings.LEASE_RENEW_DEADLINE);
        Duration retryPeriod = environment.read(Settings.LEASE_RETRY_PERIOD);
        if (!isElected) {
            return Optional.empty();
        }
        if (namespace.isEmpty()) {
            environment.reject(
                    Settings.LEASE_NAMESPACE,
                    "must name a namespace for the Lease outside a cluster; for a process that runs alone, set "
                            + Settings.LEADER_ELECTION.variable() + "=false instead");
        }
        if (renewDeadline.plus(LEAST_LEASE_MARGIN).compareTo(duration) > 0) {
            environment.reject(
                    Settings.LEASE_RENEW_DEADLINE,
                    "must be shorter than %s, %s, by %s or more"
                            .formatted(
                                    Settings.LEASE_DURATION.variable(),
                                    GoDuration.format(duration),
                                    GoDuration.format(LEAST_LEASE_MARGIN)));
        }
        if (retryPeriod.multipliedBy(2).compareTo(renewDeadline) > 0) {
            environment.reject(
                    Settings.LEASE_RETRY_PERIOD,
                    "must be at most half of %s, %s"
                            .formatted(Settings.LEASE_RENEW_DEADLINE.variable(), GoDuration.format(renewDeadline)));
        }
        return namespace.map(name -> new LeaseSettings(name, duration, renewDeadline, retryPeriod));
    }
}
