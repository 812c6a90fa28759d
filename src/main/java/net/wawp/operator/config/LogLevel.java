package net.wawp.operator.config;

/** How much the operator logs, from least to most. The constants are the words of the setting. */
public enum LogLevel {
    error,
    warn,
    info,
    debug,
    trace
}
