package net.wawp.operator.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import net.logstash.logback.stacktrace.ShortenedThrowableConverter;
import net.wawp.operator.config.LogFormat;
import net.wawp.operator.config.LogLevel;
import org.slf4j.Logger;

/**
 * What is logged, and in which form. Logback finds this as a service, before any file, when the first logger is made. A file would cost 350
 * classes that read XML.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class LogConfiguration extends ContextAwareBase implements Configurator {

    /** These log headers, bodies or bytes that hold tokens and QR codes. */
    private static final List<String> SECRET = List.of(
            "io.fabric8.kubernetes.client.http.HttpLoggingInterceptor",
            "io.netty.handler.codec.http2.Http2FrameLogger",
            "io.netty.handler.logging",
            "io.vertx.core.net.impl.ConnectionBase",
            "io.vertx.core.http.impl.HttpClientRequestImpl");

    private static final List<String> NOISY = List.of(
            // the stack of each failed attempt at the Lease, which FencedLeaseLock logs once
            "io.fabric8.kubernetes.client.extended.leaderelection",
            // each resource of a version other than v1
            "io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils");

    /** Answers the end of a watch, and calls it an error where the API server has closed the connection by then. */
    private static final String END_OF_WATCH = "io.fabric8.kubernetes.client.vertx.VertxWebSocket";

    /** The stack of each reconciliation that fails since the API server does not take a write: WriteHealth reports those. */
    private static final class FailedWrites extends Filter<ILoggingEvent> {
        @Override
        public FilterReply decide(ILoggingEvent event) {
            boolean isRepeated =
                    event.getLoggerName().equals("io.javaoperatorsdk.operator.processing.event.EventProcessor")
                            && event.getThrowableProxy() != null
                            && event.getThrowableProxy()
                                    .getClassName()
                                    .equals("io.fabric8.kubernetes.client.KubernetesClientException");
            return isRepeated ? FilterReply.DENY : FilterReply.NEUTRAL;
        }
    }

    // of the system, since Logback makes the object that reads them
    private static final String FORMAT = "wawp.log.format";
    private static final String LEVEL = "wawp.log.level";

    /** Takes effect only before the first logger is made. */
    public static void set(LogFormat format, LogLevel level) {
        System.setProperty(FORMAT, format.name());
        System.setProperty(LEVEL, level.name());
    }

    /** Leaves it to a file where nothing was set, as in tests. */
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(FORMAT) == null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        configure(context, LogFormat.valueOf(System.getProperty(FORMAT)), LogLevel.valueOf(System.getProperty(LEVEL)));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static void configure(LoggerContext context, LogFormat format, LogLevel level) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(
                switch (format) {
                    case json -> json(context);
                    case text -> text(context);
                });
        console.addFilter(new FailedWrites());
        console.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(ofLibraries(level));
        context.getLogger("net.wawp").setLevel(Level.valueOf(level.name()));
        SECRET.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        NOISY.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
        context.getLogger(END_OF_WATCH).setLevel(Level.OFF);
    }

    /**
     * Fields of an event stand at the top level of its JSON object. Those that Logback and the libraries add are left out: they would repeat
     * some.
     */
    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        LogstashFieldNames names = new LogstashFieldNames();
        names.setTimestamp("time");
        names.setLogger("logger");
        names.setThread("thread");
        names.setVersion(LogstashFieldNames.IGNORE_FIELD_INDICATOR);
        names.setLevelValue(LogstashFieldNames.IGNORE_FIELD_INDICATOR);
        // the root cause first, and few frames of each cause: most of a stack is the framework's
        ShortenedThrowableConverter stack = new ShortenedThrowableConverter();
        stack.setRootCauseFirst(true);
        stack.setMaxDepthPerThrowable(10);
        LogstashEncoder encoder = new LogstashEncoder();
        encoder.setContext(context);
        encoder.setTimeZone("UTC");
        encoder.setIncludeContext(false);
        encoder.setIncludeMdc(false);
        encoder.setFieldNames(names);
        encoder.setThrowableConverter(stack);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg %kvp%n%rEx{10}");
        encoder.start();
        return encoder;
    }

    private static Level ofLibraries(LogLevel level) {
        return switch (level) {
            case error -> Level.ERROR;
            case warn, info -> Level.WARN;
            case debug -> Level.INFO;
            case trace -> Level.DEBUG;
        };
    }
}
