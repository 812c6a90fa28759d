package net.wawp.operator.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.wawp.operator.config.LogFormat;
import net.wawp.operator.config.LogLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

class LogConfigurationTest {

    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void keysOfAnEventAreFieldsAtTheTopOfItsJsonObject() throws Exception {
        Logger log =
                configured(LogFormat.json, LogLevel.info).getLogger("net.wawp.operator.controller.SessionReconciler");

        log.atInfo()
                .addKeyValue("namespace", "crm")
                .addKeyValue("name", "support-line")
                .addKeyValue("generation", 4)
                .log("Sent Stop");

        JsonNode line = new ObjectMapper().readTree(text());
        assertThat(line.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "time", "level", "logger", "thread", "message", "namespace", "name", "generation");
        assertThat(line.get("namespace").asText()).isEqualTo("crm");
        assertThat(line.get("generation").asInt()).isEqualTo(4);
        assertThat(line.get("time").asText()).endsWith("Z");
    }

    @Test
    void aKeyThatALibraryHasSetForItsThreadTooIsOnTheLineOnce() throws Exception {
        Logger log = configured(LogFormat.json, LogLevel.info).getLogger("net.wawp.operator");
        MDC.put("namespace", "crm");
        try {
            log.atInfo().addKeyValue("namespace", "crm").log("Sent Stop");
        } finally {
            MDC.remove("namespace");
        }

        ObjectMapper strict = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        assertThat(strict.readTree(text()).get("namespace").asText()).isEqualTo("crm");
    }

    @Test
    void anExceptionStaysOnTheLineOfItsEvent() {
        configured(LogFormat.json, LogLevel.info)
                .getLogger("net.wawp.operator")
                .error("It failed", new IllegalStateException("out of luck"));

        assertThat(text().lines()).singleElement().asString().contains("\"stack_trace\"", "out of luck");
    }

    @Test
    void textIsForPeople() {
        configured(LogFormat.text, LogLevel.info)
                .getLogger("net.wawp.operator.controller.SessionReconciler")
                .atInfo()
                .addKeyValue("namespace", "crm")
                .log("Sent Stop");

        assertThat(text())
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  SessionReconciler: Sent Stop namespace=\"crm\"\\R");
    }

    @ParameterizedTest
    @CsvSource({
        "error, ERROR, ERROR",
        "warn,  WARN,  WARN",
        "info,  INFO,  WARN",
        "debug, DEBUG, INFO",
        "trace, TRACE, DEBUG"
    })
    void librariesAreQuieterThanTheOperatorItself(LogLevel level, String own, String libraries) {
        configured(LogFormat.json, level);

        assertThat(context.getLogger("net.wawp.operator.wawp.HttpWawpClient").getEffectiveLevel())
                .isEqualTo(Level.valueOf(own));
        assertThat(context.getLogger("io.javaoperatorsdk.operator.Operator").getEffectiveLevel())
                .isEqualTo(Level.valueOf(libraries));
        assertThat(context.getLogger("io.fabric8.kubernetes.client.informers.impl.cache.Reflector")
                        .getEffectiveLevel())
                .isEqualTo(Level.valueOf(libraries));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLoggedAtEachAttemptAtTheLeaseOrAWriteIsLeftOut(LogLevel level) {
        configured(LogFormat.json, level);

        context.getLogger("io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector")
                .warn("Exception occurred while acquiring lock");
        context.getLogger("io.javaoperatorsdk.operator.processing.event.EventProcessor")
                .warn(
                        "Uncaught error during event processing {}",
                        "support-line",
                        new KubernetesClientException("away"));
        context.getLogger("io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils")
                .warn("The client is using resource type");

        assertThat(text()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aWatchThatTheApiServerEndsIsNoError(LogLevel level) {
        configured(LogFormat.json, level);

        context.getLogger("io.fabric8.kubernetes.client.vertx.VertxWebSocket")
                .error("Queued close did not succeed", new IOException("closed"));

        assertThat(text()).isEmpty();
    }

    @Test
    void whatElseBreaksAReconciliationOffIsLogged() {
        configured(LogFormat.text, LogLevel.info);

        context.getLogger("io.javaoperatorsdk.operator.processing.event.EventProcessor")
                .warn("Uncaught error during event processing {}", "support-line", new IllegalStateException("a flaw"));

        assertThat(text()).contains("Uncaught error during event processing support-line", "a flaw");
    }

    @ParameterizedTest
    @EnumSource
    void headersAndBodiesAreLoggedAtNoLevel(LogLevel level) {
        configured(LogFormat.json, level);

        context.getLogger("io.fabric8.kubernetes.client.http.HttpLoggingInterceptor")
                .error("> Authorization: Bearer s3cret");
        context.getLogger("io.netty.handler.logging.LoggingHandler").error("s3cret");
        context.getLogger("io.netty.handler.codec.http2.Http2FrameLogger").error("s3cret");
        // the bytes of an answer that is no HTTP
        context.getLogger("io.vertx.core.net.impl.ConnectionBase").error("s3cret");
        context.getLogger("io.vertx.core.http.impl.HttpClientRequestImpl").error("s3cret");

        assertThat(text()).isEmpty();
    }

    private LoggerContext configured(LogFormat format, LogLevel level) {
        context.setMDCAdapter(MDC.getMDCAdapter());
        LogConfiguration.configure(context, format, level);
        // Logback prints all it has found as soon as there is a warning, between the lines of the log
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .filteredOn(status -> status.getEffectiveLevel() > Status.INFO)
                .isEmpty();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        assertThat(root.iteratorForAppenders())
                .toIterable()
                .singleElement()
                .satisfies(appender -> ((OutputStreamAppender<?>) appender).setOutputStream(output));
        return context;
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
