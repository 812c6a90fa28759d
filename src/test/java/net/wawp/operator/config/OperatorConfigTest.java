package net.wawp.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorConfigTest {

    private static final Optional<String> POD_NAMESPACE = Optional.of("wawp-system");

    @Test
    void anEmptyEnvironmentInAPodGivesTheDocumentedDefaults() {
        OperatorConfig config = OperatorConfig.from(Map.of(), POD_NAMESPACE);

        assertThat(config.wawp().baseUrl()).isEqualTo(URI.create("https://api.wawp.net"));
        assertThat(config.wawp().credentialsStyle()).isEqualTo(CredentialsStyle.Body);
        assertThat(config.wawp().requestTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.pollInterval()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.watchNamespaces()).isEmpty();
        assertThat(config.lease())
                .contains(new LeaseSettings(
                        "wawp-system",
                        "wawp-operator",
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2)));
        assertThat(config.httpPort()).isEqualTo(8080);
        assertThat(config.log().format()).isEqualTo(LogFormat.json);
        assertThat(config.log().level()).isEqualTo(LogLevel.info);
    }

    @Test
    void aBlankVariableCountsAsAbsent() {
        assertThat(OperatorConfig.from(Map.of("WAWP_POLL_INTERVAL", " ", "WAWP_HTTP_PORT", ""), POD_NAMESPACE))
                .isEqualTo(OperatorConfig.from(Map.of(), POD_NAMESPACE));
    }

    @Test
    void whiteSpaceAroundAValueIsIgnoredAndWordsAreKnownInAnyCase() {
        OperatorConfig config = OperatorConfig.from(
                Map.of("WAWP_LOG_LEVEL", " DEBUG ", "WAWP_CREDENTIALS_STYLE", "query", "WAWP_LEADER_ELECTION", "False"),
                Optional.empty());

        assertThat(config.log().level()).isEqualTo(LogLevel.debug);
        assertThat(config.wawp().credentialsStyle()).isEqualTo(CredentialsStyle.Query);
        assertThat(config.lease()).isEmpty();
    }

    @Test
    void namespacesAreSortedAndCountOnce() {
        assertThat(OperatorConfig.from(Map.of("WAWP_WATCH_NAMESPACES", "sales, crm,,sales"), POD_NAMESPACE)
                        .watchNamespaces())
                .containsExactly("crm", "sales");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", " , ,"})
    void aListOfNamespacesWithoutANameIsRefused(String text) {
        assertRejected(
                Map.of("WAWP_WATCH_NAMESPACES", text),
                "WAWP_WATCH_NAMESPACES must name at least one namespace, or be empty to watch all, but is \""
                        + text.trim() + "\"");
    }

    @Test
    void withoutAShardItServesTheResourcesThatLackTheLabel() {
        OperatorConfig config = OperatorConfig.from(Map.of(), POD_NAMESPACE);

        assertThat(config.shard()).isEmpty();
        assertThat(config.watchSelector()).isEqualTo("!wawp.net/shard");
    }

    @Test
    void aShardHasItsOwnResourcesAndItsOwnLease() {
        OperatorConfig config = OperatorConfig.from(Map.of("WAWP_SHARD", "eu-1"), POD_NAMESPACE);

        assertThat(config.shard()).contains("eu-1");
        assertThat(config.watchSelector()).isEqualTo("wawp.net/shard=eu-1");
        assertThat(config.lease())
                .hasValueSatisfying(lease -> assertThat(lease.name()).isEqualTo("wawp-operator-eu-1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    tier=gold                                    | wawp.net/shard=a,tier=gold
                    tier == gold , env!=test                     | wawp.net/shard=a,tier=gold,env!=test
                    region in (eu, us),tier notin (gold)         | wawp.net/shard=a,region in (eu,us),tier notin (gold)
                    example.com/paid,! legacy                    | wawp.net/shard=a,example.com/paid,!legacy
                    tier=                                        | wawp.net/shard=a,tier=
                    wawp.net/shard=a,tier=gold                   | wawp.net/shard=a,tier=gold
                    """)
    void aSelectorNarrowsWhatTheShardServes(String text, String selector) {
        assertThat(OperatorConfig.from(Map.of("WAWP_SHARD", "a", "WAWP_WATCH_SELECTOR", text), POD_NAMESPACE)
                        .watchSelector())
                .isEqualTo(selector);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tier=gold,",
                ",",
                "tier>1",
                "tier=a b",
                "tier in ()x",
                "tier in gold",
                "region in (eu,us",
                "tier=-gold",
                "Example.com/tier=gold",
                "a/b/c=d",
                "tier=gold env=test"
            })
    void whatIsNoSelectorIsRefusedAndQuoted(String text) {
        assertRejected(
                Map.of("WAWP_WATCH_SELECTOR", text),
                "WAWP_WATCH_SELECTOR must be a label selector such as tier=gold,env!=test,region in (eu,us),!legacy, with names and"
                        + " values that labels can have, but is \"" + text + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wawp.net/shard=b", "wawp.net/shard", "!wawp.net/shard", "wawp.net/shard in (a,b)"})
    void aSelectorCannotReachIntoAnotherShard(String text) {
        assertRejected(
                Map.of("WAWP_SHARD", "a", "WAWP_WATCH_SELECTOR", text),
                "WAWP_WATCH_SELECTOR must not contradict WAWP_SHARD, which selects wawp.net/shard=a: name the shard there, since it"
                        + " names the Lease too, but is \"" + text + "\"");
    }

    @Test
    void aSelectorAloneNamesNoShard() {
        assertRejected(
                Map.of("WAWP_WATCH_SELECTOR", "wawp.net/shard=a"),
                "WAWP_WATCH_SELECTOR must not contradict WAWP_SHARD, which selects !wawp.net/shard: name the shard there, since it"
                        + " names the Lease too, but is \"wawp.net/shard=a\"");
    }

    @Test
    void aShardThatIsRequiredAndLostStopsTheStart() {
        Map<String, String> variables = new HashMap<>(Map.of("WAWP_SHARD_REQUIRED", "true", "WAWP_SHARD", " "));

        assertRejected(
                variables,
                "WAWP_SHARD must name a shard, since WAWP_SHARD_REQUIRED is true; without one this operator would serve the"
                        + " resources without the label wawp.net/shard");

        variables.put("WAWP_SHARD", "a");
        assertThat(OperatorConfig.from(variables, POD_NAMESPACE).shard()).contains("a");
    }

    @Test
    void theLeasesOfInstancesAreWhereTheOperatorsOwnIs() {
        assertThat(OperatorConfig.from(Map.of(), POD_NAMESPACE).claimNamespace())
                .isEmpty();
        assertThat(OperatorConfig.from(Map.of("WAWP_INSTANCE_CLAIMS", "true"), POD_NAMESPACE)
                        .claimNamespace())
                .contains("wawp-system");
        assertThatThrownBy(() -> OperatorConfig.from(
                        Map.of("WAWP_INSTANCE_CLAIMS", "true", "WAWP_LEADER_ELECTION", "false"), Optional.empty()))
                .hasMessage(
                        "WAWP_INSTANCE_CLAIMS must be false outside a cluster, unless WAWP_LEASE_NAMESPACE names a namespace for the"
                                + " Leases, but is \"true\"");
    }

    @Test
    void theLeaseNamespaceThatIsNamedWinsOverThePods() {
        assertThat(OperatorConfig.from(Map.of("WAWP_LEASE_NAMESPACE", "elsewhere"), POD_NAMESPACE)
                        .lease())
                .hasValueSatisfying(lease -> assertThat(lease.namespace()).isEqualTo("elsewhere"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://gateway.example:8443, https://gateway.example:8443",
        "https://gateway.example/, https://gateway.example",
        "HTTPS://gateway.example, https://gateway.example",
        "http://localhost:8081, http://localhost:8081",
        "http://127.0.0.1:8081, http://127.0.0.1:8081",
        "http://[::1]:8081, http://[::1]:8081"
    })
    void theBaseAddressIsAnOrigin(String text, URI expected) {
        assertThat(OperatorConfig.from(Map.of("WAWP_BASE_URL", text), POD_NAMESPACE)
                        .wawp()
                        .baseUrl())
                .isEqualTo(expected);
    }

    @Test
    void plainHttpToAnotherMachineHasToBeAllowed() {
        Map<String, String> variables = new HashMap<>(Map.of("WAWP_BASE_URL", "http://gateway.example"));

        assertRejected(
                variables,
                "WAWP_BASE_URL must be https, or http to a loopback address; to send access tokens unencrypted, set"
                        + " WAWP_ALLOW_HTTP=true, but is \"http://gateway.example\"");

        variables.put("WAWP_ALLOW_HTTP", "true");
        assertThat(OperatorConfig.from(variables, POD_NAMESPACE).wawp().baseUrl())
                .isEqualTo(URI.create("http://gateway.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"})
    void plainHttpToThisMachineThroughAProxyHasToBeAllowed(String text) {
        Map<String, String> variables =
                new HashMap<>(Map.of("WAWP_BASE_URL", text, "WAWP_PROXY_URL", "http://me:s3cret@proxy.example:3128"));

        assertRejected(
                variables,
                "WAWP_BASE_URL must be https while WAWP_PROXY_URL is set; unset WAWP_PROXY_URL, or set WAWP_ALLOW_HTTP=true to send"
                        + " access tokens unencrypted to the proxy, but is \"" + text + "\"");

        variables.put("WAWP_ALLOW_HTTP", "true");
        assertThat(OperatorConfig.from(variables, POD_NAMESPACE).wawp().baseUrl())
                .isEqualTo(URI.create(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api.wawp.net",
                "//api.wawp.net",
                "ftp://api.wawp.net",
                "https://",
                "https://api.wawp.net/v2",
                "https://api.wawp.net:0",
                "https://api.wawp.net:70000",
                "http://127.0.0.1.evil.example",
                "mailto:someone"
            })
    void whatIsNoOriginIsRefusedAndQuoted(String text) {
        assertThatThrownBy(() -> OperatorConfig.from(Map.of("WAWP_BASE_URL", text), POD_NAMESPACE))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageStartingWith("WAWP_BASE_URL must be ")
                .hasMessageEndingWith(", but is \"" + text + "\"")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://me:s3cret@api.wawp.net",
                "https://me:s3cret@",
                "https://api.wawp.net?access_token=s3cret",
                "https://api.wawp.net/#s3cret",
                "ht tp://me:s3cret@api.wawp.net"
            })
    void aPartOfAnAddressThatMayBeSecretIsNotQuoted(String text) {
        assertThatThrownBy(() -> OperatorConfig.from(Map.of("WAWP_BASE_URL", text), POD_NAMESPACE))
                .hasMessage(
                        "WAWP_BASE_URL must be an origin such as https://api.wawp.net: scheme http or https, host, optionally a"
                                + " port, and nothing else")
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    WAWP_ALLOW_HTTP           | yes      | must be true or false, but is "yes"
                    WAWP_CREDENTIALS_STYLE    | Header   | must be one of Body, Query, but is "Header"
                    WAWP_REQUEST_TIMEOUT      | 10       | must be a duration such as 30s, 1m30s or 500ms, but is "10"
                    WAWP_REQUEST_TIMEOUT      | 45s      | must be from 100ms to 25s, but is "45s"
                    WAWP_POLL_INTERVAL        | 1s       | must be from 5s to 24h, but is "1s"
                    WAWP_MAX_CALLS_PER_SECOND | 0        | must be a whole number from 1 to 100000, but is "0"
                    WAWP_MAX_CONCURRENT_POLLS  | many     | must be a whole number from 1 to 10000, but is "many"
                    WAWP_WATCH_NAMESPACES     | crm,Ops  | must name namespaces: lower-case letters, digits and hyphens, at most 63 characters, separated by commas, but is "crm,Ops"
                    WAWP_SHARD                | EU       | must name a shard, which is a label's value and part of the Lease's name: lower-case letters, digits and hyphens, at most 63 characters, but is "EU"
                    WAWP_SHARD_REQUIRED       | yes      | must be true or false, but is "yes"
                    WAWP_LEADER_ELECTION      | on       | must be true or false, but is "on"
                    WAWP_LEASE_NAMESPACE      | a_b      | must name a namespace: lower-case letters, digits and hyphens, at most 63 characters, but is "a_b"
                    WAWP_LEASE_DURATION       | 15500ms  | must be whole seconds, as a Lease has them, but is "15500ms"
                    WAWP_LEASE_RENEW_DEADLINE | 15s      | must be shorter than WAWP_LEASE_DURATION, 15s, by 1s or more, but is "15s"
                    WAWP_LEASE_RETRY_PERIOD   | 6s       | must be at most half of WAWP_LEASE_RENEW_DEADLINE, 10s, but is "6s"
                    WAWP_HTTP_PORT            | 65536    | must be a whole number from 0 to 65535, but is "65536"
                    WAWP_HTTP_PORT            | -1       | must be a whole number from 0 to 65535, but is "-1"
                    WAWP_LOG_FORMAT           | xml      | must be one of json, text, but is "xml"
                    WAWP_LOG_LEVEL            | verbose  | must be one of error, warn, info, debug, trace, but is "verbose"
                    """)
    void aBadValueIsNamedWithWhatIsRight(String variable, String text, String message) {
        assertRejected(Map.of(variable, text), variable + " " + message);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
                    http://proxy.example:3128,                  proxy.example, 3128, -,        -
                    HTTP://10.0.0.7:8080/,                      10.0.0.7,      8080, -,        -
                    http://[fd00::7]:3128,                      [fd00::7],     3128, -,        -
                    http://robot@proxy.example:3128,         proxy.example, 3128, robot, ''
                    http://robot:p%40ss:%2F@proxy.example:1, proxy.example, 1,    robot, p@ss:/
                    """)
    void aProxyMayWantAPassword(String text, String host, int port, String user, String password) {
        OperatorConfig config = OperatorConfig.from(Map.of("WAWP_PROXY_URL", text), POD_NAMESPACE);

        assertThat(config.wawp().proxy())
                .contains(new ProxyAddress(
                        host, port, Optional.ofNullable(user).map(name -> new ProxyAddress.Login(name, password))));
        if (user != null) {
            assertThat(config.toString()).doesNotContain(user, "ss:");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    https://me:s3cret@proxy.example:443   | must begin with http://: the operator reaches the proxy without TLS, and Wawp through it with TLS
                    socks5://proxy.example:1080           | must begin with http://: the operator reaches the proxy without TLS, and Wawp through it with TLS
                    s3cret                                | must begin with http://: the operator reaches the proxy without TLS, and Wawp through it with TLS
                    http://me:s3cret@proxy.example        | must name a host and a port
                    http://me:s3cret@proxy.example:70000  | must name a host and a port
                    http://me:s3/cret@proxy.example:3128  | must name a host and a port
                    http://proxy.example:3128/s3cret      | must have nothing after host and port
                    http://proxy.example:3128?s3cret      | must have nothing after host and port
                    http://me:s3 cret@proxy.example:3128  | must be a URL
                    """)
    void aBadProxyIsNeverQuoted(String text, String whatIsRight) {
        assertRejected(
                Map.of("WAWP_PROXY_URL", text),
                "WAWP_PROXY_URL " + whatIsRight
                        + ": http://host:port or http://user:password@host:port, special characters of user and password"
                        + " percent-encoded");
    }

    @Test
    void aFileMayHaveSeveralCertificatesAndTextBetweenThem(@TempDir Path directory) throws IOException {
        SelfSignedCertificate one = SelfSignedCertificate.create("one.example");
        SelfSignedCertificate other = SelfSignedCertificate.create("other.example");
        Path bundle = Files.writeString(
                directory.resolve("ca.crt"),
                "# ours\n" + Files.readString(Path.of(one.certificatePath())) + "\n# and theirs\n"
                        + Files.readString(Path.of(other.certificatePath())));

        assertThat(OperatorConfig.from(Map.of("WAWP_CA_FILE", bundle.toString()), POD_NAMESPACE)
                        .wawp()
                        .extraRoots())
                .extracting(certificate -> certificate.getSubjectX500Principal().getName())
                .containsExactly("CN=one.example", "CN=other.example");
    }

    @Test
    void aFileThatIsNotOfCertificatesStopsTheStart(@TempDir Path directory) throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));
        Path text = Files.writeString(directory.resolve("text"), "no certificate\n");
        Path damaged = Files.writeString(
                directory.resolve("damaged"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Path key = Path.of(SelfSignedCertificate.create("one.example").privateKeyPath());

        assertCertificatesRejected(
                directory.resolve("none"), "this one does not exist: mount the ConfigMap or Secret, with this key");
        assertCertificatesRejected(directory, "this one cannot be read");
        assertCertificatesRejected(empty, "this one holds no certificate");
        assertCertificatesRejected(text, "this one is damaged, or holds something other than certificates");
        assertCertificatesRejected(damaged, "this one is damaged, or holds something other than certificates");
        assertCertificatesRejected(key, "this one is damaged, or holds something other than certificates");
    }

    private static void assertCertificatesRejected(Path file, String problem) {
        assertThatThrownBy(() -> OperatorConfig.from(Map.of("WAWP_CA_FILE", file.toString()), POD_NAMESPACE))
                .isInstanceOf(InvalidConfigurationException.class)
                .message()
                .startsWith("WAWP_CA_FILE must name a file of PEM certificates; " + problem);
    }

    @Test
    void aPortThatKubernetesInjectedIsExplained() {
        assertRejected(
                Map.of("WAWP_HTTP_PORT", "tcp://10.0.0.7:80"),
                "WAWP_HTTP_PORT must be a whole number from 0 to 65535; Kubernetes seems to have set this variable for a"
                        + " Service of that name: set enableServiceLinks: false in the pod, but is \"tcp://10.0.0.7:80\"");
    }

    @Test
    void outsideAClusterLeaderElectionNeedsANamespace() {
        assertThatThrownBy(() -> OperatorConfig.from(Map.of(), Optional.empty()))
                .hasMessage(
                        "WAWP_LEASE_NAMESPACE must name a namespace for the Lease outside a cluster; for a process that runs alone, set"
                                + " WAWP_LEADER_ELECTION=false instead");
    }

    @Test
    void everyBadValueIsToldOfOneALine() {
        assertThatThrownBy(() -> OperatorConfig.from(
                        Map.of("WAWP_LOG_LEVEL", "loud", "WAWP_HTTP_PORT", "web", "WAWP_BASE_URL", "nowhere"),
                        POD_NAMESPACE))
                .message()
                .satisfies(message -> assertThat(message.lines())
                        .satisfiesExactly(
                                line -> assertThat(line).startsWith("WAWP_BASE_URL "),
                                line -> assertThat(line).startsWith("WAWP_HTTP_PORT "),
                                line -> assertThat(line).startsWith("WAWP_LOG_LEVEL ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    WAWP_LEASE_DURATION=30 WAWP_LEASE_RENEW_DEADLINE=20s                             | WAWP_LEASE_DURATION
                    WAWP_LEASE_DURATION=15s WAWP_LEASE_RENEW_DEADLINE=20s WAWP_LEASE_RETRY_PERIOD=12s | WAWP_LEASE_RENEW_DEADLINE
                    WAWP_LEASE_DURATION=30s WAWP_LEASE_RENEW_DEADLINE=20 WAWP_LEASE_RETRY_PERIOD=8s  | WAWP_LEASE_RENEW_DEADLINE
                    WAWP_LEADER_ELECTION=no WAWP_LEASE_RENEW_DEADLINE=20s                            | WAWP_LEADER_ELECTION
                    WAWP_LEADER_ELECTION=no WAWP_LEASE_RETRY_PERIOD=8s                               | WAWP_LEADER_ELECTION
                    WAWP_LEASE_NAMESPACE=a_b WAWP_INSTANCE_CLAIMS=true                               | WAWP_LEASE_NAMESPACE
                    WAWP_SHARD=EU WAWP_SHARD_REQUIRED=true                                           | WAWP_SHARD
                    WAWP_SHARD=EU WAWP_WATCH_SELECTOR=wawp.net/shard=eu                              | WAWP_SHARD
                    WAWP_ALLOW_HTTP=yes WAWP_BASE_URL=http://gateway.example                         | WAWP_ALLOW_HTTP
                    """)
    void aBadValueIsReportedInOneLineAndBlamesNoOther(String settings, String bad) {
        assertOneLine(POD_NAMESPACE, variables(settings), bad);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    WAWP_LEADER_ELECTION=no                            | WAWP_LEADER_ELECTION
                    WAWP_LEASE_NAMESPACE=a_b                           | WAWP_LEASE_NAMESPACE
                    WAWP_LEASE_NAMESPACE=a_b WAWP_INSTANCE_CLAIMS=true | WAWP_LEASE_NAMESPACE
                    """)
    void outsideAClusterABadValueBlamesNoOtherEither(String settings, String bad) {
        assertOneLine(Optional.empty(), variables(settings), bad);
    }

    private static Map<String, String> variables(String settings) {
        return Stream.of(settings.split(" "))
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
    }

    private static void assertOneLine(Optional<String> podNamespace, Map<String, String> variables, String bad) {
        assertThatThrownBy(() -> OperatorConfig.from(variables, podNamespace))
                .message()
                .satisfies(message ->
                        assertThat(message.lines()).singleElement().asString().startsWith(bad + " must "));
    }

    @Test
    void aLongOrMultiLineValueIsNotQuotedSoThatTheLineStaysALine() {
        assertRejected(Map.of("WAWP_LOG_FORMAT", "json\ntext"), "WAWP_LOG_FORMAT must be one of json, text");
        assertRejected(Map.of("WAWP_LOG_FORMAT", "x".repeat(61)), "WAWP_LOG_FORMAT must be one of json, text");
    }

    private static void assertRejected(Map<String, String> variables, String message) {
        assertThatThrownBy(() -> OperatorConfig.from(variables, POD_NAMESPACE))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessage(message);
    }
}
