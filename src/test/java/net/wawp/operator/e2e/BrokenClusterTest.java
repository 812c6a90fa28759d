package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.OperatorRuntime.Pace;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.testing.FaultyApiServer;
import net.wawp.operator.time.SteadyClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** What the operator does and says where a cluster refuses something or holds something strange. */
@Isolated("listens to all that is logged in this process")
class BrokenClusterTest {

    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final String TOKEN = "wawp-token-0123456789abcdef";
    private static final int UNREADABLE = 13;

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger writes = (Logger) LoggerFactory.getLogger(WriteHealth.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final WawpSimulator wawp = WawpSimulator.start();
    private final FaultyApiServer api = new FaultyApiServer();
    private final KubernetesClient client = api.client();
    private Optional<OperatorRuntime> operator = Optional.empty();

    @BeforeEach
    void aSession() {
        log.list = Collections.synchronizedList(new ArrayList<>());
        log.start();
        root.addAppender(log);
        wawp.add(INSTANCE, TOKEN).put(EngineState.WORKING);
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("crm")
                        .withName("wawp-credentials")
                        .endMetadata()
                        .addToData("access_token", Base64.getEncoder().encodeToString(TOKEN.getBytes()))
                        .build())
                .create();
        create("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {namespace: crm, name: support-line, generation: 1}
                spec: {desiredState: Running, instanceId: %s, credentialsSecretRef: {name: wawp-credentials}}
                """.formatted(INSTANCE));
    }

    @AfterEach
    void stop() {
        api.recover();
        operator.ifPresent(OperatorRuntime::close);
        root.detachAppender(log);
        writes.setLevel(null);
        client.close();
        api.close();
        wawp.close();
    }

    @Test
    void withoutTheRightToWriteAStatusOneLineSaysWhatToGrantAndTheOperatorIsNotReady() {
        api.refuse(
                request -> request.getPath().endsWith("/status"),
                403,
                "whatsappsessions.wawp.net \\\"support-line\\\" is forbidden: User"
                        + " \\\"system:serviceaccount:wawp-system:wawp-operator\\\" cannot update resource"
                        + " \\\"whatsappsessions/status\\\" in API group \\\"wawp.net\\\" in the namespace \\\"crm\\\"");
        start(Map.of());

        String grant =
                "The operator cannot write to resources in namespace crm: grant update on whatsappsessions/status to"
                        + " system:serviceaccount:wawp-system:wawp-operator. It tries again.";
        await().untilAsserted(() -> assertThat(readyz()).startsWith("503 " + grant));
        assertThat(warnings()).containsExactly(grant);
        assertThat(logged()).allMatch(line -> line.getThrowableProxy() == null);
    }

    @Test
    void aStatusThatTheApiServerCannotTakeForNowIsReportedOnceAndWrittenLater() {
        api.refuse(request -> request.getPath().endsWith("/status"), 503, "the API server is busy");
        start(Map.of());

        await().until(() ->
                api.paths().stream().filter(path -> path.endsWith("/status")).count() > 2);
        assertThat(warnings())
                .containsExactly("The operator cannot write to resources in namespace crm. It tries again."
                        + " support-line: the API server is busy");
        assertThat(logged()).allMatch(line -> line.getThrowableProxy() == null);

        api.recover();
        await().untilAsserted(() -> assertThat(reason("support-line")).contains("Working"));
    }

    @Test
    void aWriteThatArrivedThoughItsAnswerWasLostHidesNoLaterFailure() {
        writes.setLevel(Level.INFO);
        api.loseAnswers(request -> request.getPath().endsWith("/status"));
        start(Map.of());

        await().untilAsserted(() -> assertThat(logged())
                .extracting(ILoggingEvent::getFormattedMessage)
                .contains("No write to resources in namespace crm is failing any more"));
        assertThat(reason("support-line")).contains("Working");
        assertThat(warnings()).hasSize(1);

        api.refuse(request -> request.getPath().endsWith("/status"), 503, "the API server is busy");
        wawp.session(INSTANCE).put(EngineState.FAILED);
        await().untilAsserted(() -> assertThat(warnings()).hasSize(2));
    }

    @Test
    void aNumberBeyondItsTypeInOneStatusKeepsNoSessionFromBeingServed() {
        create("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {namespace: crm, name: strange, generation: 1}
                spec: {desiredState: Running, instanceId: A1B2C3, credentialsSecretRef: {name: wawp-credentials}}
                status:
                  observedGeneration: 99999999999999999999
                  restarts: 2147483648
                  lastAction: {type: Start, id: 7f3c, phase: Confirmed, attempt: 1.5, time: "2026-01-01T00:00:00Z"}
                """);
        start(Map.of());

        await().untilAsserted(() -> assertThat(reason("support-line")).contains("Working"));
        await().untilAsserted(() -> assertThat(reason("strange")).contains("InstanceNotFound"));
    }

    /** As after the loss of a key that Secrets are encrypted with. */
    @Test
    void manySecretsThatTheApiServerCannotReadKeepNoNewSessionFromBeingServed() {
        api.refuse(request -> request.getPath().contains("/secrets/unreadable"), 500, "Internal error occurred");
        for (int number = 0; number < UNREADABLE; number++) {
            create("""
                    apiVersion: wawp.net/v1alpha1
                    kind: WhatsAppSession
                    metadata: {namespace: crm, name: broken-%1$d, generation: 1}
                    spec: {desiredState: Running, instanceId: BROKEN%1$d, credentialsSecretRef: {name: unreadable-%1$d}}
                    """.formatted(number));
        }
        start(Map.of());
        for (int number = 0; number < UNREADABLE; number++) {
            String name = "broken-" + number;
            await().untilAsserted(() -> assertThat(reason(name)).contains("SecretNotFound"));
        }

        wawp.add("A1B2C3D4E5F6", TOKEN).put(EngineState.WORKING);
        create("""
                apiVersion: wawp.net/v1alpha1
                kind: WhatsAppSession
                metadata: {namespace: crm, name: new-line, generation: 1}
                spec: {desiredState: Running, instanceId: A1B2C3D4E5F6, credentialsSecretRef: {name: wawp-credentials}}
                """);

        await().untilAsserted(() -> assertThat(reason("new-line")).contains("Working"));
        assertThat(message("broken-0"))
                .isEqualTo("Secret unreadable-0 cannot be read: the API server answered 500. It is read again within a"
                        + " minute.");
        assertThat(warnings())
                .as("one line for each")
                .hasSize(UNREADABLE)
                .allMatch(line -> line.startsWith("Secret unreadable-"));
        assertThat(readyz()).startsWith("200 ");
    }

    @Test
    void withoutTheRightToWriteEventsOneLineSaysWhatToGrantAndSessionsAreServed() {
        api.refuse(
                request -> request.getPath().contains("/events"),
                403,
                "events is forbidden: User \\\"system:serviceaccount:wawp-system:wawp-operator\\\" cannot create resource"
                        + " \\\"events\\\" in API group \\\"\\\" in the namespace \\\"crm\\\"");
        start(Map.of());
        await().untilAsserted(() -> assertThat(reason("support-line")).contains("Working"));

        wawp.session(INSTANCE).fail();
        await().untilAsserted(() -> assertThat(reason("support-line")).contains("Recovering"));
        String grant = "No Events are written: grant create on events to"
                + " system:serviceaccount:wawp-system:wawp-operator. The operator works without.";
        await().untilAsserted(() -> assertThat(warnings()).contains(grant));
        assertThat(warnings()).containsOnlyOnce(grant);
        assertThat(logged()).allMatch(line -> line.getThrowableProxy() == null);
        assertThat(readyz()).startsWith("200 ");
    }

    @Test
    void aNamespaceThatMayNotBeListedKeepsNoOtherFromBeingServed() {
        api.refuse(request -> request.getPath().contains("/namespaces/sales/"), 403, "forbidden");
        start(Map.of("WAWP_WATCH_NAMESPACES", "crm,sales"));

        await().untilAsserted(() -> assertThat(reason("support-line")).contains("Working"));
        assertThat(readyz()).startsWith("200 ");
        assertThat(warnings())
                .containsExactly(
                        "The operator may not list whatsappsessions.wawp.net in namespace sales: grant it to its service"
                                + " account. The operator serves the other namespaces and tries again. forbidden");
    }

    @Test
    void aCrdThatIsDeletedWhileTheOperatorRunsMakesOneLineAndTheOperatorIsNotReadyUntilItIsBack() {
        start(Map.of());
        await().untilAsserted(() -> assertThat(reason("support-line")).contains("Working"));

        api.refuse(request -> request.getPath().contains("whatsappsessions"), 404, "404 page not found");
        String missing = "The API server does not know whatsappsessions.wawp.net: install"
                + " crds/whatsappsessions.wawp.net.yaml. The operator tries again. 404 page not found";
        await().untilAsserted(() -> assertThat(readyz()).isEqualTo("503 " + missing + "\n"));
        assertThat(warnings()).containsExactly(missing);

        api.recover();
        await().untilAsserted(() -> assertThat(readyz()).isEqualTo("200 leading\n"));
    }

    private void start(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(Map.of(
                "WAWP_BASE_URL", wawp.baseUrl().toString(),
                "WAWP_LEADER_ELECTION", "false",
                "WAWP_HTTP_PORT", "0",
                // what a test changes at Wawp is seen at the next poll, which must come before it gives up
                "WAWP_POLL_INTERVAL", "5s"));
        all.putAll(variables);
        operator = Optional.of(OperatorRuntime.create(
                OperatorConfig.from(all, Optional.empty()),
                client,
                new SteadyClock(),
                UnaryOperator.identity(),
                new Pace(Pace.PRODUCTION.drain(), Duration.ofMillis(200))));
        operator.get().start();
    }

    private void create(String yaml) {
        client.genericKubernetesResources(ResourceDefinitionContext.fromResourceType(WhatsAppSession.class))
                .inNamespace("crm")
                .resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
                .create();
    }

    private Optional<String> reason(String name) {
        return ready(name).map(Condition::reason);
    }

    private String message(String name) {
        return ready(name).orElseThrow().message();
    }

    private Optional<Condition> ready(String name) {
        return Optional.ofNullable(client.resources(WhatsAppSession.class)
                        .inNamespace("crm")
                        .withName(name)
                        .get()
                        .getStatus())
                .map(WhatsAppSessionStatus::conditions)
                .flatMap(conditions -> conditions.stream().findFirst());
    }

    /** What the operator and its libraries warn of, the notice about the version of the resource aside. */
    private List<String> warnings() {
        return logged().stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .filter(line -> !line.getLoggerName().endsWith("VersionUsageUtils"))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** All but what Vert.x says of a machine that is too busy, and what the operator's own configuration leaves out. */
    private List<ILoggingEvent> logged() {
        return List.copyOf(log.list).stream()
                .filter(line -> !line.getLoggerName().endsWith(".BlockedThreadChecker"))
                .filter(line -> !line.getLoggerName().endsWith(".EventProcessor"))
                .toList();
    }

    private String readyz() {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + operator.orElseThrow().httpPort() + "/readyz"))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .join();
        return response.statusCode() + " " + response.body();
    }
}
