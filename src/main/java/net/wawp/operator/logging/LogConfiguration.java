package net.wawp.operator.logging;

import java.util.Map;
import net.wawp.operator.config.LogFormat;
import net.wawp.operator.config.LogLevel;

/** Hands the settings to {@code logback.xml}. */
public final class LogConfiguration {

    /** On the root of the class path. */
    static final String FILE = "logback.xml";

    private LogConfiguration() {}

    /** Takes effect only before the first logger is made: Logback configures itself then. */
    public static void set(LogFormat format, LogLevel level) {
        // this file alone, whatever else is on the class path
        System.setProperty("logback.configurationFile", FILE);
        properties(format, level).forEach(System::setProperty);
    }

    /** The variables of the file. */
    static Map<String, String> properties(LogFormat format, LogLevel level) {
        return Map.of(
                "wawp.log.format", format.name(),
                "wawp.log.level", level.name(),
                "wawp.log.libraries", ofLibraries(level).name());
    }

    private static LogLevel ofLibraries(LogLevel level) {
        return switch (level) {
            case error -> LogLevel.error;
            case warn, info -> LogLevel.warn;
            case debug -> LogLevel.info;
            case trace -> LogLevel.debug;
        };
    }
}
