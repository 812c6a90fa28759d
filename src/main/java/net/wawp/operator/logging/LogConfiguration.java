package net.wawp.operator.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.List;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import net.logstash.logback.stacktrace.ShortenedThrowableConverter;
import net.wawp.operator.config.LogFormat;
import net.wawp.operator.config.LogLevel;

/** What is logged, and how it polls. */
public final class LogConfiguration {

    /** These print headers and bodies of requests, where tokens are. */
    private static final List<String> NEVER_LOGGED = List.of(
            "io.fabric8.kubernetes.client.http.HttpLoggingInterceptor",
            "io.netty.handler.logging",
            "io.netty.handler.codec.http2.Http2FrameLogger");

    /** Every failed attempt at the Lease with its stack, which the lock logs once; every version that is not v1. */
    private static final List<String> CHATTY = List.of(
            "io.fabric8.kubernetes.client.extended.leaderelection",
            "io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils");

    private static final String LEFT_OUT = "[ignore]";
    /** The frames of each cause that are shown, the root cause first: most of a stack is the framework's. */
    private static final int STACK_FRAMES = 10;

    private static final String TEXT_PATTERN =
            "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg %kvp%n%rEx{" + STACK_FRAMES + "}";

    private LogConfiguration() {}

    /** Replaces what the context was set up for. Key-value pairs of an event become fields at the top level of its JSON object. */
    public static void configure(
            LoggerContext context, OutputStreamAppender<ILoggingEvent> appender, LogFormat format, LogLevel level) {
        context.reset();
        Encoder<ILoggingEvent> encoder =
                switch (format) {
                    case json -> json();
                    case text -> text();
                };
        encoder.setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();

        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(ofLibraries(level));
        context.getLogger("net.wawp").setLevel(Level.valueOf(level.name()));
        CHATTY.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
        NEVER_LOGGED.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
    }

    private static Level ofLibraries(LogLevel level) {
        return switch (level) {
            case error -> Level.ERROR;
            case warn, info -> Level.WARN;
            case debug -> Level.INFO;
            case trace -> Level.DEBUG;
        };
    }

    private static Encoder<ILoggingEvent> json() {
        LogstashFieldNames names = new LogstashFieldNames();
        names.setTimestamp("time");
        names.setLogger("logger");
        names.setThread("thread");
        names.setVersion(LEFT_OUT);
        names.setLevelValue(LEFT_OUT);
        ShortenedThrowableConverter stack = new ShortenedThrowableConverter();
        stack.setRootCauseFirst(true);
        stack.setMaxDepthPerThrowable(STACK_FRAMES);
        LogstashEncoder encoder = new LogstashEncoder();
        encoder.setFieldNames(names);
        encoder.setTimeZone("UTC");
        encoder.setThrowableConverter(stack);
        return encoder;
    }

    private static Encoder<ILoggingEvent> text() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern(TEXT_PATTERN);
        return encoder;
    }
}
