package net.wawp.operator.management;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import net.wawp.operator.testing.RecordedLog;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.SAME_THREAD)
class ManagementServerTest {

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicReference<Health> liveness = new AtomicReference<>(Health.good("all loops turn"));
    private final AtomicReference<Health> readiness =
            new AtomicReference<>(Health.bad("the list of resources is not there yet"));
    private final ManagementServer server = new ManagementServer(vertx, liveness::get, readiness::get, registry);
    private int port;

    @BeforeEach
    void start() {
        port = await(server.start(0));
    }

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    @Test
    void aProbeAnswersWithItsReason() throws Exception {
        assertThat(get("/livez"))
                .extracting(HttpResponse::statusCode, HttpResponse::body)
                .containsExactly(200, "all loops turn\n");
        assertThat(get("/readyz"))
                .extracting(HttpResponse::statusCode, HttpResponse::body)
                .containsExactly(503, "the list of resources is not there yet\n");
    }

    @Test
    void aClientThatOffersHttp2IsAnsweredByTheVersionThatProbesAndScrapersSpeak() throws Exception {
        assertThat(http.version()).isEqualTo(HttpClient.Version.HTTP_2);

        assertThat(get("/livez").version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void everyRequestAsksAnew() throws Exception {
        readiness.set(Health.good("leading"));
        assertThat(get("/readyz").statusCode()).isEqualTo(200);

        readiness.set(Health.bad("stopping"));
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
    }

    @Test
    void metricsComeInTheTextFormatOfPrometheus() throws Exception {
        registry.counter("wawp.operator.actions").increment();

        HttpResponse<String> scrape = get("/metrics");

        assertThat(scrape.statusCode()).isEqualTo(200);
        assertThat(scrape.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(scrape.body()).contains("wawp_operator_actions_total 1.0");
    }

    @Test
    void aCheckThatThrowsFailsTheProbeAndNotTheServer() throws Exception {
        ManagementServer broken = new ManagementServer(
                vertx,
                () -> {
                    throw new IllegalStateException("secret detail");
                },
                readiness::get,
                registry);
        port = await(broken.start(0));

        assertThat(get("/livez"))
                .extracting(HttpResponse::statusCode, HttpResponse::body)
                .containsExactly(500, "the answer could not be made\n");
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void anAnswerThatCannotBeMadeIsLoggedOnceUntilItCanWithoutTheMessageOfItsCause() throws Exception {
        AtomicReference<Supplier<Health>> check = new AtomicReference<>();
        ManagementServer failing = new ManagementServer(vertx, () -> check.get().get(), readiness::get, registry);
        port = await(failing.start(0));
        RecordedLog log = new RecordedLog(ManagementServer.class);
        try (log) {
            check.set(() -> {
                throw new IllegalStateException("secret detail");
            });
            get("/livez");
            get("/readyz");
            get("/livez");
            check.set(liveness::get);
            get("/livez");
        }

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("The answer to /livez could not be made", "/livez is answered again");
        assertThat(log.list.get(0).getThrowableProxy()).satisfies(cause -> {
            assertThat(cause.getMessage()).isEqualTo("java.lang.IllegalStateException");
            assertThat(cause.getStackTraceElementProxyArray()[0].getSTEAsString())
                    .contains("ManagementServerTest");
            assertThat(cause.getCause()).isNull();
        });
    }

    @Test
    void whatIsNotServedIsRefused() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        HttpRequest post = HttpRequest.newBuilder(uri("/livez"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> refused = http.send(post, HttpResponse.BodyHandlers.ofString());
        assertThat(refused)
                .extracting(HttpResponse::statusCode, HttpResponse::body)
                .containsExactly(405, "only GET is served here\n");
        assertThat(refused.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @Test
    void aPortThatIsTakenFailsTheStart() {
        ManagementServer second = new ManagementServer(vertx, liveness::get, readiness::get, registry);

        Assertions.assertThatThrownBy(() -> await(second.start(port)))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(BindException.class);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(2, TimeUnit.MINUTES)
                .join();
    }
}
